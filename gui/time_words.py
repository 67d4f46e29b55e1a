"""Spans of time as people say them: 40 s, 2 min, 10 s to 1 min."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

_MINUTE, _HOUR = 60, 3_600


def span(seconds: float) -> str:
    """Rounded to what a plan of minutes needs: 7.5 s, 40 s, 2 min, 1 h 10 min."""
    if seconds < 10:
        return _seconds(f"{round(seconds, 1):g}")
    if seconds < 2 * _MINUTE and seconds % _MINUTE:
        return _seconds(f"{seconds:.0f}")
    minutes = round(seconds / _MINUTE)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return QCoreApplication.translate("TimeWords", "{n} min").format(n=minutes)
    whole = QCoreApplication.translate("TimeWords", "{n} h").format(n=hours)
    return f"{whole} {QCoreApplication.translate('TimeWords', '{n} min').format(n=rest)}" if rest else whole


def between(least: float, most: float) -> str:
    """A span from `least` to `most` seconds; the unit once where both have the same."""
    first, last = span(least), span(most)
    if first == last:
        return last
    number, _, unit = first.partition(" ")
    is_one_unit = last.count(" ") == 1 and first.count(" ") == 1 and last.endswith(f" {unit}")
    text = QCoreApplication.translate("TimeWords", "{least} to {most}")
    return text.format(least=number if is_one_unit else first, most=last)


def _seconds(number: str) -> str:
    return QCoreApplication.translate("TimeWords", "{n} s").format(n=number)

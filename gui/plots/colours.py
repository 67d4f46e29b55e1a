"""The colours of charts for a palette: the Okabe-Ito series that keeps 3:1 contrast on its background.

Source of the series and their contrast: Okabe and Ito 2008; WCAG 2.2, 1.4.11.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtGui import QColor, QPalette


class Colours(NamedTuple):
    """What a chart is drawn with; every colour but `shade` stands off the background by at least 3:1."""

    background: QColor
    text: QColor
    quiet: QColor
    grid: QColor
    series: QColor
    fill: QColor
    accent: QColor
    shade: QColor


def is_dark(palette: QPalette) -> bool:
    return palette.base().color().lightness() < 128


def mixed(front: QColor, back: QColor, share: float) -> QColor:
    """`share` of `front` over `back`, opaque."""
    pairs = ((front.red(), back.red()), (front.green(), back.green()), (front.blue(), back.blue()))
    return QColor(*(round(share * over + (1 - share) * under) for over, under in pairs))


def quiet_text(palette: QPalette) -> QColor:
    """Text of lesser weight, still above 4.5:1."""
    return mixed(palette.text().color(), palette.base().color(), 0.68)


def colours(palette: QPalette) -> Colours:
    base, text = palette.base().color(), palette.text().color()
    series, accent = ("#56B4E9", "#E69F00") if is_dark(palette) else ("#0072B2", "#D55E00")
    return Colours(
        background=base,
        text=text,
        quiet=quiet_text(palette),
        grid=mixed(text, base, 0.12),
        series=QColor(series),
        fill=mixed(QColor(series), base, 0.45),
        accent=QColor(accent),
        shade=mixed(text, base, 0.10),
    )

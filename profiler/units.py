"""Numbers as text: three significant digits and a unit, the same in both languages."""

from __future__ import annotations

import math

DASH = "–"


def significant(value: float, digits: int = 3) -> str:
    """`value` rounded to that many significant digits, without an exponent: 4.10, 12.3, 1235 -> 1240."""
    if value == 0:
        return "0"
    if not math.isfinite(value):
        return DASH
    magnitude = math.floor(math.log10(abs(value)))
    rounded = round(value, digits - 1 - magnitude)
    magnitude = math.floor(math.log10(abs(rounded)))
    return f"{rounded:,.{max(0, digits - 1 - magnitude)}f}"


def _scaled(value: float | None, steps: tuple[tuple[float, str], ...], digits: int = 3) -> str:
    if value is None or not math.isfinite(value):
        return DASH
    for factor, unit in steps:
        scaled = value / factor
        if abs(float(f"{scaled:.{digits}g}")) >= 1:
            whole = factor == 1 and scaled == round(scaled)
            return f"{f'{scaled:,.0f}' if whole else significant(scaled, digits)} {unit}".rstrip()
    factor, unit = steps[-1]
    return f"{significant(value / factor, digits)} {unit}".rstrip()


_TIME = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns"))
_BYTES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B"))
_FLOPS = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""))


def duration(nanoseconds: float | None) -> str:
    """4100000 -> 4.10 ms."""
    return _scaled(nanoseconds, _TIME)


def size(count_bytes: float | None) -> str:
    """Decimal units (1 MB = 10^6 bytes), as on datasheets: 96000000 -> 96.0 MB."""
    return _scaled(count_bytes, _BYTES)


def flops(count: float | None) -> str:
    """A count of floating-point operations: 8.18e9 -> 8.18 GFLOPs."""
    text = _scaled(count, _FLOPS)
    return text if text == DASH else _joined(text, "FLOPs")


def flop_rate(per_second: float | None) -> str:
    """A speed: 3.1e11 -> 310 GFLOP/s."""
    text = _scaled(per_second, _FLOPS)
    return text if text == DASH else _joined(text, "FLOP/s")


def quantity(count: float | None) -> str:
    """A plain count with a metric prefix: 25557032 -> 25.6 M."""
    return _scaled(count, _FLOPS)


def rate(per_second: float | None) -> str:
    """Answers per second, without the unit: 243."""
    return DASH if per_second is None else significant(per_second)


def percent(share: float | None) -> str:
    """0.0123 -> 1.23 %."""
    return DASH if share is None else f"{significant(share * 100)} %"


def _joined(text: str, unit: str) -> str:
    number, _, prefix = text.partition(" ")
    return f"{number} {prefix}{unit}"

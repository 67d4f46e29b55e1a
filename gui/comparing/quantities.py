"""How the figure of a run is written that a comparison's ratios are made of."""

from __future__ import annotations

from profiler import limits as limit_units
from profiler import units

TIMES = ("p50", "p99", "mean", "load")


def text_of(code: str, value: float | None) -> str:
    """A figure of this quantity with its unit."""
    if value is None:
        return units.DASH
    if code == "throughput":
        return f"{units.rate(value)}/s"
    if code == "top1":
        return units.percent(value)
    if code in TIMES:
        return units.duration(value)
    # What is below zero is better than the reference.
    return f"−{limit_units.text_of(code, -value)}" if value < 0 else limit_units.text_of(code, value)

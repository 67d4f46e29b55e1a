"""What of a difference is beyond a tolerance, each as a reason; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Optional

from profiler.blocks import Reason
from profiler.checks_plan import Tolerance
from profiler.correctness.channels import Channels
from profiler.correctness.difference import Figures

# No rounding of any precision takes away half of the direction, or makes noise as loud as the signal.
UNLIKE_COSINE = 0.5
UNLIKE_SNR_DB = 0.0
# Tolerances from here on are for arithmetic that has no small numbers beside large ones.
COARSE = 0.1


def beyond(figures: Figures, tolerance: Tolerance) -> tuple[Reason, ...]:
    """Empty where the output agrees. A reference that is zero throughout allows nothing but zero."""
    found = []
    if figures.unlike:
        found.append(Reason("parity_not_finite", {"count": str(figures.unlike)}))
    if figures.count:
        found += _most(figures, tolerance.max_relative)
        found += _least("parity_cosine", figures.cosine, tolerance.min_cosine, "{:.6f}")
        found += _least("parity_snr", figures.snr_db, tolerance.min_snr_db, "{:.1f}")
    return tuple(found)


def _most(figures: Figures, most: Optional[float]) -> list[Reason]:
    value = figures.max_relative
    if most is None or (value is not None and value <= most):
        return []
    if value is None:
        return [Reason("parity_reference_zero", {"value": f"{figures.max_absolute:.3g}"})]
    return [Reason("parity_relative", {"percent": f"{100 * value:.3g}", "limit": f"{100 * most:.3g}"})]


def _least(code: str, value: Optional[float], least: Optional[float], form: str) -> list[Reason]:
    if value is None or least is None or value >= least:
        return []
    return [Reason(code, {"value": form.format(value), "limit": f"{least:g}"})]


def top1(agreement: Optional[float], least: Optional[float]) -> tuple[Reason, ...]:
    """Rows whose first answer is another one, near ties apart."""
    if agreement is None or least is None or agreement >= least:
        return ()
    return (Reason("parity_top1", {"percent": f"{100 * agreement:.1f}", "limit": f"{100 * least:g}"}),)


def drowned(channels: Iterable[Channels], tolerance: Tolerance) -> tuple[Reason, ...]:
    """Small channels that are lost; not in whole numbers, which have one step for a whole output."""
    if tolerance.max_relative is None or tolerance.max_relative >= COARSE:
        return ()
    for found in (one.drowned() for one in channels):
        if found is not None:
            told = {
                "count": str(found.small),
                "channels": str(found.channels),
                "value": f"{found.snr_db:.1f}",
            }
            return (Reason("parity_drowned", told),)
    return ()


def is_unlike(figures: Figures) -> bool:
    """Whether it is another function altogether, whatever the precision."""
    cosine, snr = figures.cosine, figures.snr_db
    return (cosine is not None and cosine < UNLIKE_COSINE) or (snr is not None and snr < UNLIKE_SNR_DB)

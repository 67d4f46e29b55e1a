"""When a model is warm, when enough was measured, and whether the run was steady after the fact."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from profiler.metrics import change_point, latency
from profiler.pairs import paired
from profiler.plan import Stopping
from profiler.result import Steadiness

Samples = npt.NDArray[np.int64]

# MEASURING.md, 1.1
WINDOW_NS = 250_000_000
WINDOW_RUNS = 3
WINDOWS_COMPARED = 5
WARM_AFTER_NS = 1_000_000_000
WARM_AFTER_RUNS = 30
WARM_LATEST_NS = 10_000_000_000
WARMUP_CAP_NS = 30_000_000_000
# The Quick preset does not practise longer than it measures at most, but for calls that are few by then.
QUICK_CAP_NS = 6_000_000_000
TOLERANCE, TOLERANCE_CAP, RANGE_FACTOR = 0.05, 0.15, 4.9

# MEASURING.md, 1.4
SEGMENTS = 10
DRIFT_SPREAD = 0.05
DRIFT_P = 0.001
MODE_GAP = 0.20
MODE_SHARE = 0.05
_MOST_RANKED = 100_000


def is_warm(windows: Sequence[Samples], elapsed_ns: int, count: int) -> bool:
    """Whether the last five windows agree; each window holds its samples in ns."""
    if len(windows) < WINDOWS_COMPARED or elapsed_ns < WARM_AFTER_NS:
        return False
    if count < WARM_AFTER_RUNS and elapsed_ns < WARM_LATEST_NS:
        return False
    last = windows[-WINDOWS_COMPARED:]
    medians = np.array([np.median(window) for window in last])
    return float(medians.max() / max(1.0, medians.min()) - 1) <= _tolerance(last, medians)


def _tolerance(windows: Sequence[Samples], medians: npt.NDArray[np.float64]) -> float:
    residuals = np.concatenate([window - median for window, median in paired(windows, medians)])
    centre = max(1.0, float(np.median(medians)))
    spread = 1.4826 * float(np.median(np.abs(residuals))) / centre
    runs = min(len(window) for window in windows)
    return max(TOLERANCE, min(TOLERANCE_CAP, RANGE_FACTOR * spread / math.sqrt(runs)))


def is_enough(rule: Stopping, samples: Samples, block_p50_ns: Sequence[float], elapsed_ns: int) -> bool:
    """Whether the stopping rule holds: minimum time and count, and the precision asked for."""
    if elapsed_ns < rule.minimum_s * 1e9 or len(samples) < rule.minimum_count:
        return False
    if rule.p50_tolerance is not None and not _p50_settled(block_p50_ns, rule.p50_tolerance):
        return False
    return rule.p99_bound is None or _p99_settled(samples, rule.p99_bound)


def _p50_settled(block_p50_ns: Sequence[float], tolerance: float) -> bool:
    """Interval of the mean of block medians (normal, 95 %), as a share of it."""
    if len(block_p50_ns) < latency.MINIMUM_BLOCKS:
        return False
    medians = np.asarray(block_p50_ns)
    half = 1.96 * float(medians.std(ddof=1)) / math.sqrt(len(medians))
    return half <= tolerance * float(np.median(medians))


def _p99_settled(samples: Samples, bound: float) -> bool:
    rank = latency.upper_bound_rank(len(samples), 0.99)
    if rank is None:
        return False
    at = max(1, math.ceil(0.99 * len(samples)))
    parts = np.partition(samples, (at - 1, rank - 1))
    return float(parts[rank - 1]) <= bound * float(parts[at - 1])


def judge(samples: Samples, warmup_status: str, stop_rule_held: bool, is_open: bool = False) -> Steadiness:
    """The status word of a run (MEASURING.md, 1.4) from its steady samples in ns, in order.

    `is_open`: requests came by themselves, so equal parts of time are equal counts of them.
    """
    if len(samples) < 3 * SEGMENTS:
        return Steadiness("too_few_samples", stop_rule_held=stop_rule_held)
    segments = list(np.array_split(samples, SEGMENTS)) if is_open else _segments(samples)
    medians = [float(np.median(segment)) for segment in segments]
    spread = max(medians) / max(1.0, min(medians)) - 1
    p = kruskal_p(_thinned(segments))
    status = _status(samples, spread, p, warmup_status)
    step = change_point.find(samples) if status == "drifting" else None
    return Steadiness(
        status,
        segment_spread=spread,
        kruskal_p=p,
        segment_p50_ns=tuple(round(median) for median in medians),
        stop_rule_held=stop_rule_held,
        step_at=step.at if step is not None else None,
        step_before_ns=step.before_ns if step is not None else None,
        step_after_ns=step.after_ns if step is not None else None,
    )


def _status(samples: Samples, spread: float, p: float, warmup_status: str) -> str:
    if spread > DRIFT_SPREAD and p < DRIFT_P:
        return "drifting"
    if is_bimodal(samples):
        return "bimodal"
    return "not_stabilised" if warmup_status == "not_stabilised" else "stable"


def _segments(samples: Samples) -> list[Samples]:
    """Ten segments of equal time, none empty."""
    ends = np.cumsum(samples, dtype=np.int64)
    cuts = np.searchsorted(ends, ends[-1] * np.arange(1, SEGMENTS) / SEGMENTS)
    parts = [part for part in np.split(samples, cuts) if len(part)]
    return parts if len(parts) == SEGMENTS else list(np.array_split(samples, SEGMENTS))


def _thinned(segments: list[Samples]) -> list[Samples]:
    step = max(1, sum(map(len, segments)) // _MOST_RANKED)
    return [segment[::step] for segment in segments]


def kruskal_p(groups: Sequence[Samples]) -> float:
    """p of the Kruskal-Wallis test with tie correction (Kruskal and Wallis 1952), chi-square tail."""
    values = np.concatenate(groups)
    total = len(values)
    unique, inverse, ties = np.unique(values, return_inverse=True, return_counts=True)
    if len(unique) < 2:
        return 1.0
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[inverse]
    bounds = np.cumsum([0, *map(len, groups)])
    sums = np.add.reduceat(ranks, bounds[:-1])
    h = 12 / (total * (total + 1)) * float(np.sum(sums**2 / np.diff(bounds))) - 3 * (total + 1)
    correction = 1 - float(np.sum(ties.astype(np.float64) ** 3 - ties)) / (float(total) ** 3 - total)
    return chi_square_tail(h / correction, len(groups) - 1)


def chi_square_tail(x: float, degrees: int) -> float:
    """P(chi-square with `degrees` > x), by the recurrence of the incomplete gamma function.

    Q(a+1, y) = Q(a, y) + y^a e^-y / Gamma(a+1), from Q(1/2, y) = erfc(sqrt y) or Q(1, y) = e^-y
    (Abramowitz and Stegun 6.5.21).
    """
    if x <= 0:
        return 1.0
    y = x / 2
    a, tail = (0.5, math.erfc(math.sqrt(y))) if degrees % 2 else (1.0, math.exp(-y))
    while a < degrees / 2:
        tail += math.exp(a * math.log(y) - y - math.lgamma(a + 1))
        a += 1
    return min(1.0, tail)


def is_bimodal(samples: Samples) -> bool:
    """A gap of over 20 % between neighbours in sorted order with at least 5 % of the samples on each side."""
    ordered = np.sort(samples)
    edge = max(1, math.ceil(MODE_SHARE * len(ordered)))
    middle = ordered[edge - 1 : len(ordered) - edge + 1]
    if len(middle) < 2:
        return False
    # In place: a run may hold 1e7 samples.
    bounds = middle[:-1].astype(np.float64)
    np.maximum(bounds, 1, out=bounds)
    bounds *= 1 + MODE_GAP
    return bool(np.any(middle[1:] > bounds))

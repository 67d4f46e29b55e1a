"""How sure a share of right answers is, and whether two models differ on the same samples."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import Any, Optional

import numpy as np

from profiler.answer_blocks import Labelled, Paired, Share
from profiler.blocks import Reason
from profiler.metrics import binomial

# The 97.5 % point of the normal distribution: both tails of a 95 % interval.
Z = 1.959963984540054
CLEAR_BELOW = 0.05
CHANCE_COUNT = 30
FIRST = 5
# The reason that stands for an error: profiler.wording.
FAILED = "because"

Bits = np.ndarray[Any, np.dtype[np.bool_]]


def wilson(right: int, count: int) -> Share:
    """The 95 % interval of a share, `right` of `count` (at least 1): the score interval without correction.

    E. B. Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; method 3 of R. G. Newcombe (1998), Stat. Med. 17,
    857-872.
    """
    share, z2 = right / count, Z * Z
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = Z * math.sqrt(share * (1 - share) / count + z2 / (4 * count * count)) / (1 + z2 / count)
    low = 0.0 if right == 0 else max(0.0, middle - half)
    return low, 1.0 if right == count else min(1.0, middle + half)


def mcnemar(only_one: int, only_other: int) -> float:
    """p of the exact test: two-sided binomial of the discordant pairs at one half; 1 where there are none.

    Q. McNemar (1947), Psychometrika 12, 153-157; the exact form is that of the sign test.
    """
    discordant = only_one + only_other
    return min(1.0, 2 * binomial.at_most(min(only_one, only_other), discordant, 0.5)) if discordant else 1.0


def paired_interval(both: int, only_one: int, only_other: int, neither: int) -> Share:
    """The 95 % interval of the share that one gets right minus the other's, on the same samples.

    Method 10 of R. G. Newcombe (1998), Stat. Med. 17, 2635-2650: Wilson's intervals of the two shares,
    joined by their correlation, which is corrected for continuity.
    """
    count = both + only_one + only_other + neither
    first, second = both + only_one, both + only_other
    share_1, share_2 = first / count, second / count
    (low_1, high_1), (low_2, high_2) = wilson(first, count), wilson(second, count)
    phi = _correlation(both, only_one, only_other, neither)
    below = _joined(share_1 - low_1, high_2 - share_2, phi)
    above = _joined(high_1 - share_1, share_2 - low_2, phi)
    difference = (only_one - only_other) / count
    return max(-1.0, difference - below), min(1.0, difference + above)


def _joined(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))


def _correlation(both: int, only_one: int, only_other: int, neither: int) -> float:
    margins = (both + only_one) * (only_other + neither) * (both + only_other) * (only_one + neither)
    if not margins:
        return 0.0
    product = both * neither - only_one * only_other
    half = (both + only_one + only_other + neither) / 2
    corrected = product - half if product > half else min(0.0, float(product))
    return corrected / math.sqrt(margins)


def packed(right: Bits) -> str:
    """One bit a sample, as Labelled keeps them."""
    return base64.b64encode(np.packbits(right).tobytes()).decode("ascii")


def unpacked(found: Labelled) -> Optional[Bits]:
    """Whether each of the `count` samples was answered right; None where the bits are not all there."""
    try:
        data = base64.b64decode(found.right_bits, validate=True)
    except ValueError:
        return None
    if not found.count or len(data) != -(-found.count // 8):
        return None
    return np.unpackbits(np.frombuffer(data, dtype=np.uint8), count=found.count).astype(np.bool_)


def paired(own: Labelled, reference: Labelled) -> Optional[Paired]:
    """One model beside the reference; None unless both answered the same samples of the same data."""
    if not own.sha256 or (own.sha256, own.count) != (reference.sha256, reference.count):
        return None
    mine, theirs = unpacked(own), unpacked(reference)
    if mine is None or theirs is None:
        return None
    both, neither = int(np.sum(mine & theirs)), int(np.sum(~mine & ~theirs))
    only_reference, only_own = int(np.sum(theirs & ~mine)), int(np.sum(mine & ~theirs))
    p = mcnemar(only_reference, only_own)
    return Paired(
        loss=(only_reference - only_own) / own.count,
        loss_ci=paired_interval(both, only_reference, only_own, neither),
        only_reference=only_reference,
        only_own=only_own,
        p=p,
        is_clear=p < CLEAR_BELOW,
    )


def keeps(expected: Optional[float], found: Labelled) -> Optional[bool]:
    """Whether an expected figure is kept: lost only where the whole interval of top 1 lies below it.

    Without a top 1 the own metric is held against it, then mean IoU to the three digits that such figures
    are quoted with, neither of which has an interval. None where there is nothing to hold against it.
    """
    if expected is None or not found.count:
        return None
    if found.top1 is not None:
        return found.top1_ci is None or found.top1_ci[1] >= expected
    if found.metric_value is not None:
        return found.metric_value >= expected
    return None if found.mean_iou is None else round(found.mean_iou, 3) >= expected


def concerns(found: Optional[Labelled], unavailable: Mapping[str, Reason]) -> tuple[Reason, ...]:
    """What belongs to the verdict: an expected figure that is lost, and answers no better than guesses.

    Without accuracy, that labelled data were given and could not be judged: `unavailable` has an error then.
    """
    if found is None:
        why = unavailable.get("accuracy.labelled")
        return (Reason("labels_not_judged"),) if why is not None and why.code == FAILED else ()
    told = [note for note in found.notes if note.code in ("labels_shifted", "answers_nan")]
    if found.keeps_expected is False:
        value = _first(found.top1, found.metric_value, found.mean_iou)
        is_share = found.top1 is not None or found.metric_value is None
        figures = {"expected": _figure(found.expected, is_share), "value": _figure(value, is_share)}
        figures["count"] = str(found.count)
        told.append(Reason("accuracy_lost", figures))
    if is_at_chance(found) and not any(note.code == "labels_shifted" for note in told):
        figures = {"value": _figure(found.top1), "chance": _figure(1 / (found.classes or 1))}
        told.append(Reason("accuracy_at_chance", figures))
    return tuple(told)


def gaps(found: Optional[Labelled]) -> dict[str, Reason]:
    """Why figures are missing where labelled data were gone through, by the names of their quantities."""
    if found is None:
        return {}
    if not found.count:
        why = Reason("labelled_stopped")
    elif found.top1 is None:
        why = Reason("labels_no_classes")
    elif found.top5 is None:
        is_few = (found.classes or 0) <= FIRST
        return {"accuracy.top5": Reason("top5_few_classes" if is_few else "top5_no_scores")}
    else:
        return {}
    return dict.fromkeys(("accuracy.top1", "accuracy.top5", "accuracy.beside_reference"), why)


def is_at_chance(found: Labelled) -> bool:
    """Whether one in `classes`, what guessing gets right, lies within or above the interval of top 1."""
    if found.top1_ci is None or found.count < CHANCE_COUNT or (found.classes or 0) < 2:
        return False
    return found.top1_ci[0] <= 1 / (found.classes or 1)


def _first(*values: Optional[float]) -> Optional[float]:
    return next((value for value in values if value is not None), None)


def _figure(value: Optional[float], is_share: bool = True) -> str:
    """A share in percent; the user's own metric as it counts."""
    if value is None:
        return ""
    return f"{value * 100:.3g} %" if is_share else f"{value:.6g}"

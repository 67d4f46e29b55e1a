"""How each run stands: which limits it keeps, whether its answers are right, what speaks against it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from profiler.comparison import figures
from profiler.comparison.ratios import answers_beside
from profiler.comparison.records import Kept, Standing
from profiler.comparison.validity import invalid_timing, wrong_answers
from profiler.metrics import curve
from profiler.result import Paired, Reason, RunResult, Status

_GAPS = {"memory": "memory.peak_rss_bytes", "energy": "energy.per_inference_j"}


def standings(runs: Sequence[RunResult], baseline: int, limits: Mapping[str, float]) -> tuple[Standing, ...]:
    """One a run, in their order; accuracy is held against the reference, or else against the baseline."""
    return tuple(standing(run, runs[baseline], limits) for run in runs)


def standing(run: RunResult, baseline: RunResult, limits: Mapping[str, float]) -> Standing:
    """One run; a limit that cannot be judged is not kept, as nobody knows."""
    paired = accuracy_beside(run, baseline)
    kept = tuple(_kept(run, paired, quantity, most) for quantity, most in limits.items())
    by_limit = "accuracy_loss" in limits and loss_of(run, paired) is not None
    wrong = _wrong(run, paired, by_limit)
    against = (*_not_measured(run), *wrong)
    is_right = False if wrong else _is_right(run, paired)
    return Standing(kept, is_right, not against and all(one.kept for one in kept), against)


def accuracy_beside(run: RunResult, baseline: RunResult) -> Paired | None:
    """On labelled data beside the reference; where there was none, beside the baseline."""
    return run.accuracy.beside_reference or (None if run is baseline else answers_beside(run, baseline))


def losses(runs: Sequence[RunResult], baseline: int) -> dict[int, float]:
    """The accuracy that is lost, a share, by the index of each run where it is known."""
    found = ((index, loss_of(run, accuracy_beside(run, runs[baseline]))) for index, run in enumerate(runs))
    known = {index: loss for index, loss in found if loss is not None}
    labelled = runs[baseline].accuracy.labelled
    if known and baseline not in known and labelled is not None and labelled.top1 is not None:
        known[baseline] = 0.0
    return known


def loss_of(run: RunResult, paired: Paired | None) -> float | None:
    """A share: the reference's top 1 minus the run's own, on the same samples; 0 for the reference."""
    if paired is not None:
        return paired.loss
    labelled, agreement = run.accuracy.labelled, run.accuracy.agreement
    is_reference = agreement is not None and agreement.state == "is_reference"
    return 0.0 if is_reference and labelled is not None and labelled.top1 is not None else None


def _kept(run: RunResult, paired: Paired | None, quantity: str, most: float) -> Kept:
    if quantity == "accuracy_loss":
        return _kept_answers(run, paired, most)
    value = figures.value(run, quantity)
    if value is None:
        return Kept(quantity, most, None, None, reason=_gap(run, quantity))
    return Kept(quantity, most, value, value <= most, _excess(value, most))


def _excess(value: float, most: float) -> float:
    if most > 0:
        return value / most
    return 0.0 if value <= most else math.inf


def _gap(run: RunResult, quantity: str) -> Reason:
    field = f"latency.{quantity}_ns" if quantity in curve.LATENCIES else _GAPS.get(quantity, "")
    return run.unavailable.get(field, Reason("limit_not_measured"))


def _kept_answers(run: RunResult, paired: Paired | None, most: float) -> Kept:
    """By labelled data; without them, whether answers agree with the reference's has to do."""
    loss = loss_of(run, paired)
    if loss is not None:
        is_said = paired is not None and loss > most and not paired.is_clear
        reason = Reason("loss_not_clear") if is_said else None
        return Kept("accuracy_loss", most, loss, loss <= most, _excess(loss, most), reason)
    agreement = run.accuracy.agreement
    state = agreement.state if agreement is not None else "unknown"
    if state == "beyond":
        return Kept("accuracy_loss", most, None, False, reason=Reason("loss_answers_differ"))
    if state in ("exact", "within", "is_reference"):
        return Kept("accuracy_loss", most, None, True, reason=Reason("loss_answers_agree"))
    return Kept("accuracy_loss", most, None, None, reason=Reason("loss_not_looked_at"))


def _not_measured(run: RunResult) -> list[Reason]:
    """What keeps a run from being chosen, however its figures look."""
    if run.status is Status.FAILED:
        return [Reason("run_failed")]
    if run.latency.p50_ns is None:
        return [Reason("run_measured_nothing")]
    return invalid_timing(run)


def _wrong(run: RunResult, paired: Paired | None, by_limit: bool) -> list[Reason]:
    """What shows that answers are not right; a limit on the loss of accuracy stands in for tolerances."""
    found = wrong_answers(run)
    if by_limit:
        return found
    agreement = run.accuracy.agreement
    if agreement is not None and agreement.state == "beyond" and not found:
        found.append(Reason("answers_beyond_tolerance"))
    if paired is not None and paired.is_clear and paired.loss > 0:
        found.append(Reason("accuracy_clearly_lost", {"percent": f"{paired.loss * 100:.3g}"}))
    return found


def _is_right(run: RunResult, paired: Paired | None) -> bool | None:
    """True where answers were looked at; None where nobody did."""
    agreement = run.accuracy.agreement
    looked_at = agreement is not None and agreement.state in ("exact", "within", "is_reference", "beyond")
    return True if looked_at or paired is not None else None

"""What a row of CSV says of the answers: the worst output beside the reference, and the labelled data."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from profiler.result import RunResult

_LABELLED = (
    "dataset", "count", "top1", "top5", "mean_absolute_error", "root_mean_square_error", "r2", "mean_iou",
    "pixel_accuracy", "metric", "metric_value", "expected", "keeps_expected", "is_partial",
)  # fmt: skip
_PAIRED = ("loss", "only_reference", "only_own", "p")
_PLACES = ("alone", "in_batch", "concurrent")
COLUMNS = (
    "accuracy.reference", "accuracy.agreement", "accuracy.max_absolute", "accuracy.max_relative",
    "accuracy.min_cosine", "accuracy.min_snr_db", "accuracy.min_top1_agreement", "accuracy.nan",
    "accuracy.infinite", *(f"accuracy.repeats_{place}" for place in _PLACES), "accuracy.is_random",
    *(f"accuracy.{name}" for name in _LABELLED), "accuracy.top1_ci_low", "accuracy.top1_ci_high",
    *(f"accuracy.{name}" for name in _PAIRED),
)  # fmt: skip


def of(result: RunResult) -> dict[str, object]:
    """A cell for each of COLUMNS; None for what was not looked at."""
    accuracy = result.accuracy
    parity, repeats = accuracy.parity, accuracy.idempotence
    cells: dict[str, object] = {
        "reference": accuracy.reference,
        "agreement": accuracy.agreement.state if accuracy.agreement is not None else None,
        "max_absolute": _worst(max, (one.max_absolute for one in parity)),
        "max_relative": _worst(max, (one.max_relative for one in parity)),
        "min_cosine": _worst(min, (one.cosine for one in parity)),
        "min_snr_db": _worst(min, (one.snr_db for one in parity)),
        "min_top1_agreement": _worst(min, (one.top1_agreement for one in parity)),
        "nan": sum(one.nan for one in parity) if parity else None,
        "infinite": sum(one.infinite for one in parity) if parity else None,
        "is_random": repeats.is_random if repeats is not None else None,
    }
    for place in _PLACES:
        cells[f"repeats_{place}"] = getattr(repeats, place).state if repeats is not None else None
    cells |= {name: getattr(accuracy.labelled, name, None) for name in _LABELLED}
    cells |= {name: getattr(accuracy.beside_reference, name, None) for name in _PAIRED}
    low, high = (accuracy.labelled.top1_ci if accuracy.labelled is not None else None) or (None, None)
    cells |= {"top1_ci_low": low, "top1_ci_high": high}
    return {f"accuracy.{name}": value for name, value in cells.items()}


def _worst(choose: Callable[[list[float]], float], values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return choose(known) if known else None

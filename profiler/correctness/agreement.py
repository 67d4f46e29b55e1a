"""Whether a model that was examined answers what the reference does, and what belongs to the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from profiler.answer_blocks import Agreement, OutputParity
from profiler.blocks import Reason
from profiler.checks_plan import Tolerance
from profiler.correctness import input_hash, tolerances
from profiler.correctness.answer_files import Stored
from profiler.correctness.parity import Parity, beside
from profiler.correctness.shelf import Kept

MOST_NAMED = 5


class Judged(NamedTuple):
    """What a result says, and reasons for the verdict."""

    agreement: Agreement
    rows: tuple[OutputParity, ...] = ()
    reasons: tuple[Reason, ...] = ()


def between(own: Kept, reference: Kept, chosen: Mapping[str, Tolerance] | None = None) -> Judged:
    """By the tolerances of the coarser of both, of which `chosen` are the user's.

    Over the sets of inputs that both were given alike. Raises KnownError(CHILD_GARBAGE) for answers that are
    not as their child said.
    """
    row = tolerances.coarser(own.row, reference.row)
    tolerance = tolerances.of(row, chosen)
    sets = input_hash.sets_alike(own.examined.inputs_sha256, reference.examined.inputs_sha256)
    why = _not_comparable(own, reference, sets)
    if why is not None:
        return Judged(Agreement("unknown", row, tolerance, inputs=own.examined.inputs, reason=why))
    here, there = (Stored(one.folder, one.examined, sets) for one in (own, reference))
    parity = beside(here, there, tolerance)
    state = _state(parity)
    agreement = Agreement(
        state,
        row,
        tolerance,
        sets,
        sets * own.examined.batch,
        own.examined.inputs,
        parity.unmatched,
        _untold(parity) if state == "unknown" else None,
    )
    return Judged(agreement, parity.rows, _reasons(parity, agreement) if state == "beyond" else ())


def _not_comparable(own: Kept, reference: Kept, sets: int) -> Reason | None:
    for one, code in ((own, "parity_random"), (reference, "reference_random")):
        repeated = one.examined.idempotence
        if repeated is not None and repeated.is_random:
            return Reason(code)
        if not one.examined.inputs_sha256 or not one.examined.answers:
            return one.examined.unavailable.get("accuracy.agreement") or Reason("answers_not_kept")
    return None if sets else Reason("inputs_differ")


def _state(parity: Parity) -> str:
    if parity.is_empty:
        return "unknown"
    if parity.is_exact:
        return "exact"
    if parity.is_blind:
        return "unknown"
    return "beyond" if parity.is_beyond else "within"


def _untold(parity: Parity) -> Reason:
    is_number = any(row.reference_nan or row.reference_infinite for row in parity.rows)
    code = "both_not_finite" if is_number else "answers_empty"
    return Reason("reference_not_finite" if parity.is_blind else code)


def _reasons(parity: Parity, agreement: Agreement) -> tuple[Reason, ...]:
    """Another function altogether is worth no speed; a low precision may be known to cost as much as this."""
    names = [*(one.name for one in parity.rows if one.broken), *parity.missing]
    named = ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
    # Whole numbers are scaled to what a model saw when it was calibrated, which is nothing made up.
    is_made = agreement.precision == "int8" and agreement.inputs == "made"
    code = "answers_beyond_made" if is_made else "answers_unlike" if parity.is_unlike else "answers_beyond"
    found = [Reason(code, {"outputs": named, "precision": agreement.precision})]
    if any(one.nan > one.reference_nan or one.infinite > one.reference_infinite for one in parity.rows):
        found.append(Reason("answers_not_finite"))
    return tuple(found)

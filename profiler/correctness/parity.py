"""A model's answers beside the reference's: matched, turned to one layout, counted and judged; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from profiler.answer_blocks import OutputParity
from profiler.blocks import Reason
from profiler.checks_plan import Tolerance
from profiler.correctness import channels, judging, ranking
from profiler.correctness.channels import Channels
from profiler.correctness.difference import Difference, Figures
from profiler.correctness.matching import Match, Turn, matched
from profiler.correctness.ranking import Ranking

Array = np.ndarray[Any, Any]

# Quantised numbers have eight or sixteen bits; class numbers and counts have more.
NARROW_BYTES = 2
# Of wide whole numbers that were rounded, most come out alike.
ROUNDED_ALIKE = 0.5


class Answers(Protocol):
    """Answers to several sets of inputs, a set at a time; `outputs` in order."""

    @property
    def outputs(self) -> Sequence[str]: ...

    @property
    def sets(self) -> int: ...

    def array(self, output: str, at: int) -> Array:
        """Of set number `at`."""


class Parity(NamedTuple):
    """A row for each pair of outputs; `unmatched` are outputs of either side, `missing` those of them that
    only the reference has. `is_unlike` where one is another function altogether, `is_blind` where the
    reference's own numbers are not finite and so tell nothing of a model whose are."""

    rows: tuple[OutputParity, ...]
    unmatched: tuple[str, ...]
    missing: tuple[str, ...]
    is_unlike: bool
    is_blind: bool

    @property
    def is_exact(self) -> bool:
        return bool(self.rows) and all(row.is_exact for row in self.rows) and not self.unmatched

    @property
    def is_empty(self) -> bool:
        """Not one finite number was held against another: alike, yet nothing is known."""
        return not self.is_beyond and not any(row.count for row in self.rows)

    @property
    def is_beyond(self) -> bool:
        return any(row.broken for row in self.rows) or bool(self.missing)


def beside(own: Answers, reference: Answers, tolerance: Tolerance) -> Parity:
    """Over the sets that both have answered: at least one."""
    sets = min(own.sets, reference.sets)
    shapes = [{name: side.array(name, 0).shape for name in side.outputs} for side in (own, reference)]
    pairs, alone = matched(*shapes)
    found = [_output(pair, own, reference, sets, tolerance) for pair in pairs]
    return Parity(
        tuple(one.row for one in found),
        alone,
        tuple(name for name in reference.outputs if name not in {pair.reference for pair in pairs}),
        any(one.is_unlike for one in found),
        any(one.is_blind for one in found) and all(one.is_blind for one in found if one.row.broken),
    )


class _Output(NamedTuple):
    row: OutputParity
    is_unlike: bool = False
    is_blind: bool = False


def _output(pair: Match, own: Answers, reference: Answers, sets: int, tolerance: Tolerance) -> _Output:
    tried = [_turned(pair, turn, own, reference, sets) for turn in pair.turns]
    if not tried:
        first, other = own.array(pair.own, 0), reference.array(pair.reference, 0)
        return _Output(_without_numbers(pair, first, other))
    # Where several layouts fit, the one that agrees better is the one that is meant.
    best = min(tried, key=lambda one: (one.wrong_shape is not None, one.difference.noise))
    figures = best.difference.figures()
    # Half of the range is a tie of no precision: then every row would agree.
    near = min(tolerance.max_relative or 0.0, judging.COARSE) * best.difference.largest
    ranked = best.rows.ranked(near)
    broken = _broken(figures, best, ranked.agreement, tolerance)
    row = OutputParity(
        name=pair.own,
        reference_name=pair.reference,
        matched_by=pair.by,
        transposed=best.turn.label,
        count=figures.count,
        is_exact=figures.is_exact and best.wrong_shape is None,
        max_absolute=figures.max_absolute,
        mean_absolute=figures.mean_absolute,
        max_relative=figures.max_relative,
        mean_relative=figures.mean_relative,
        cosine=figures.cosine,
        snr_db=figures.snr_db,
        top1_agreement=ranked.agreement,
        rows=ranked.rows or None,
        near_ties=ranked.near_ties,
        nan=figures.nan,
        infinite=figures.infinite,
        reference_nan=figures.reference_nan,
        reference_infinite=figures.reference_infinite,
        broken=broken,
    )
    is_blind = bool(figures.unlike) and not figures.nan + figures.infinite
    return _Output(row, bool(broken) and judging.is_unlike(figures), is_blind)


def _broken(
    figures: Figures, one: _Turned, agreement: float | None, tolerance: Tolerance
) -> tuple[Reason, ...]:
    """Whole numbers are class numbers, which have no distance, or quantised ones, which have: narrow ones
    agree where either says so, wide ones where what differs was rounded to the number beside it."""
    by_number = judging.beyond(figures, tolerance)
    by_rank = judging.top1(agreement, tolerance.min_top1)
    shape = () if one.wrong_shape is None else (one.wrong_shape,)
    if one.is_whole and not shape:
        is_near = not by_number and (one.is_narrow or _is_rounded(figures, agreement))
        return () if is_near or not by_rank else (*by_rank, *by_number)
    drowned = judging.drowned(one.channels, tolerance)
    return (*shape, *by_number, *by_rank, *drowned)


def _is_rounded(figures: Figures, agreement: float | None) -> bool:
    return (figures.max_absolute or 0.0) <= 1 and (agreement or 0.0) >= ROUNDED_ALIKE


class _Turned(NamedTuple):
    turn: Turn
    difference: Difference
    rows: Ranking
    channels: list[Channels]
    is_whole: bool
    is_narrow: bool
    wrong_shape: Reason | None


def _turned(pair: Match, turn: Turn, own: Answers, reference: Answers, sets: int) -> _Turned:
    difference, rows = Difference(), Ranking()
    is_whole, is_narrow, wrong_shape = False, False, None
    by_channel: list[Channels] | None = None
    for at in range(sets):
        there = reference.array(pair.reference, at)
        here = own.array(pair.own, at)
        turned = _back(turn, here, there.shape)
        if turned is None:
            wrong_shape = _shape_reason(here, there)
            continue
        difference.add(turned, there)
        by_channel = channels.of(there) if by_channel is None else by_channel
        for one in by_channel if turned.dtype.kind == "f" else ():
            one.add(turned, there)
        is_whole = turned.dtype.kind in "biuUS" and there.dtype.kind in "biuUS"
        is_narrow = is_whole and max(turned.itemsize, there.itemsize) <= NARROW_BYTES
        axis = ranking.class_axis(there.shape, there.dtype)
        if is_whole:
            rows.add_whole(turned, there)
        elif axis is not None and turned.dtype.kind == "f":
            rows.add(turned, there, axis)
    return _Turned(turn, difference, rows, by_channel or [], is_whole, is_narrow, wrong_shape)


def _back(turn: Turn, own: Array, shape: tuple[int, ...]) -> Array | None:
    """In the reference's layout; None where this set's answer has another shape there."""
    if turn.shape is not None:
        return own.reshape(shape) if own.size == int(np.prod(shape)) else None
    if turn.axes is not None and own.ndim != len(turn.axes):
        return None
    turned = turn.back(own)
    return turned if turned.shape == shape else None


def _without_numbers(pair: Match, own: Array, reference: Array) -> OutputParity:
    return OutputParity(
        name=pair.own,
        reference_name=pair.reference,
        matched_by=pair.by,
        count=0,
        broken=(_shape_reason(own, reference),),
    )


def _shape_reason(own: Array, reference: Array) -> Reason:
    written = ["×".join(map(str, one.shape)) or "()" for one in (own, reference)]
    return Reason("parity_shape", {"own": written[0], "reference": written[1]})

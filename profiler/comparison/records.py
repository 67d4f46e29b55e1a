"""What a comparison is made of; profiler.comparison.compare fills it, reports and the window show it."""

from __future__ import annotations

from typing import Literal

import msgspec

from profiler.result import Reason, RunResult

# The quantities that are held against each other; less is better in all but the last two.
Quantity = Literal["p50", "p99", "mean", "memory", "energy", "size", "load", "throughput", "top1"]
Call = Literal["better", "worse", "no_clear_difference", "not_known"]


class Difference(msgspec.Struct, frozen=True):
    """What makes two runs less than comparable.

    `aspect`: one of profiler.comparison.gate.ASPECTS. `values` are codes or plain data, one a run, in the
    order of the runs; profiler.comparison.values puts them into words. `is_asked_for`: it follows from what
    was compared on purpose (files of other precision, measured together in one comparison), and counts
    as accepted. `blocks`: the words faster and slower are withheld until it is accepted.
    """

    aspect: str
    values: tuple[str, ...]
    is_asked_for: bool = False
    is_accepted: bool = False
    blocks: bool = True

    @property
    def is_open(self) -> bool:
        """Whether it still withholds the words faster and slower."""
        return self.blocks and not (self.is_accepted or self.is_asked_for)


class Ratio(msgspec.Struct, frozen=True):
    """How many times the baseline's figure: below 1 is less. `low` and `high` bound it with 95 %.

    `method`: paired_bootstrap of `pairs` alternated pairs of processes, unpaired_bootstrap, or assumed_spread
    where there are too few processes to know their spread; exact for files, stated_uncertainty for energy,
    mcnemar for right answers. Of processes the value is a geometric mean, which with few of them may differ a
    little from the ratio of the figures that the runs show. `detectable`: the smallest ratio above 1 that
    would have been found (95 % of the time), None where it is not known. `call` is in terms of better and
    worse for the quantity.
    """

    value: float
    low: float | None = None
    high: float | None = None
    method: str = ""
    pairs: int = 0
    detectable: float | None = None
    call: Call = "not_known"


class Kept(msgspec.Struct, frozen=True):
    """One limit beside one run: `value` in the limit's unit, None with a `reason` where it is not known.

    `kept` None: cannot be judged. `excess` = value / most.
    """

    quantity: str
    most: float
    value: float | None
    kept: bool | None
    excess: float | None = None
    reason: Reason | None = None


class Standing(msgspec.Struct, frozen=True):
    """How a run stands: its limits, whether its answers are right, and what speaks against it.

    `is_right` False: beyond tolerance, not finite, or accuracy clearly lost; None: not looked at. `qualifies`
    for being the winner.
    """

    kept: tuple[Kept, ...]
    is_right: bool | None
    qualifies: bool
    against: tuple[Reason, ...] = ()


class Winner(msgspec.Struct, frozen=True):
    """The run to ship: `index` into the runs, None where none qualifies; then `nearest` comes nearest.

    `tied`: runs that qualify and are not clearly slower. `decided_by`: speed, memory, size, only_one, or
    nothing where those that are tied are alike in all of these.
    `is_withheld`: the words faster and slower may not be used before differences are accepted.
    """

    index: int | None
    nearest: int | None = None
    tied: tuple[int, ...] = ()
    decided_by: str = ""
    is_withheld: bool = False


class Tradeoff(msgspec.Struct, frozen=True):
    """One run in a scatter of latency against another quantity; dominated: another is better in both."""

    index: int
    p50_ns: float
    other: float
    is_dominated: bool


class Comparison(msgspec.Struct, frozen=True):
    """Any runs beside each other. `names` tell them apart; `baseline` is what ratios are against.

    `ratios` by quantity, one a run, the baseline's own being None. `tradeoffs` by the other quantity:
    accuracy_loss, size, memory or energy; those without figures are left out. `limits` by quantity as in
    profiler.limits.
    """

    runs: tuple[RunResult, ...]
    names: tuple[str, ...]
    baseline: int
    differences: tuple[Difference, ...]
    ratios: dict[str, tuple[Ratio | None, ...]]
    standings: tuple[Standing, ...]
    winner: Winner
    tradeoffs: dict[str, tuple[Tradeoff, ...]]
    limits: dict[str, float] = {}

    @property
    def may_judge(self) -> bool:
        """Whether the words faster and slower may be used: no difference is left that nobody accepted."""
        return not any(one.is_open for one in self.differences)

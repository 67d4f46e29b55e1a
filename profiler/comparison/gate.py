"""What makes runs less than comparable: each aspect is looked at, and what differs is listed.

The words faster and slower are withheld until every difference that blocks is accepted by the user, or
follows from what was compared on purpose. The table from aspect to rule is RULES; only runs that measured
something are held against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from profiler.comparison import conditions
from profiler.comparison.records import Difference
from profiler.result import RunResult

Runs = Sequence[RunResult]


class Rule(NamedTuple):
    """One aspect. `tell`: its value in one run, as `code` or `code=value` joined by "; " (profiler.comparison
    .sentences puts them into words), empty where not known. `differs`: whether these runs do, where that is
    more than unlike values. `blocks`: withholds a judgement; `blocks_in_turns`: also among runs that were
    measured in turns. `is_purpose`: what was compared on purpose, where the runs were measured in turns.
    """

    aspect: str
    tell: Callable[[RunResult], str]
    differs: Callable[[Runs], bool] | None = None
    blocks: bool | Callable[[Runs], bool] = True
    blocks_in_turns: bool = True
    is_purpose: bool = False


RULES = (
    # Figures of another processor, card or memory are another question.
    Rule("machine", conditions.machine),
    Rule("device", conditions.device, is_purpose=True),
    # System and driver.
    Rule("driver", conditions.driver),
    # Other runtimes beside each other are what is compared; one of them in two versions is not.
    Rule("runtime", conditions.runtime, blocks=False, is_purpose=True),
    Rule("runtime_version", conditions.runtime_version, conditions.versions_differ),
    # Measured in turns, each file ran in its own precision, and that is what was compared.
    Rule("precision", conditions.precision, is_purpose=True),
    Rule("threads", conditions.threads),
    Rule("shapes", conditions.shapes, conditions.shapes_differ),
    Rule("inputs", conditions.inputs, conditions.inputs_differ),
    Rule("scenario", conditions.scenario),
    # From when a latency counts, warm-up, and the cost of the loop where that could matter. In turns the
    # machine's state falls on all alike, and what still differs is each model's own doing.
    Rule("boundary", conditions.boundary, conditions.boundaries_differ, blocks_in_turns=False),
    Rule("clocks", conditions.clocks, conditions.clocks_differ, blocks_in_turns=False),
    Rule("temperature", conditions.temperature, conditions.temperatures_differ, blocks_in_turns=False),
    # An invalid timing blocks; trusted beside caution is to be noted, and so are wrong answers, which keep
    # a run from winning but not its clock from being right.
    Rule("verdict", conditions.verdict, conditions.verdicts_differ, conditions.is_some_timing_invalid),
    Rule("status", conditions.status, blocks=False),
    Rule("python", conditions.python),
    # What follows is told for the reader to weigh; intervals take it into account.
    Rule("processes", conditions.processes, blocks=False),
    Rule("group", conditions.group, blocks=False),
    Rule("date", conditions.date, blocks=False),
)
ASPECTS = tuple(rule.aspect for rule in RULES)


def differences(runs: Runs, accepted: Collection[str] = ()) -> tuple[Difference, ...]:
    """Every aspect in which these runs differ, in the order of RULES."""
    measured = [run for run in runs if run.latency.count]
    if len(measured) < 2:
        return ()
    in_turns = len({run.group for run in measured}) == 1 and bool(measured[0].group)
    found = (_difference(rule, runs, measured, in_turns, accepted) for rule in RULES)
    return tuple(one for one in found if one is not None)


def open_aspects(found: Sequence[Difference]) -> list[str]:
    """What withholds the words faster and slower: differences that block and that nobody accepted."""
    return [one.aspect for one in found if one.blocks and not (one.is_accepted or one.is_asked_for)]


def _difference(
    rule: Rule, runs: Runs, measured: Runs, in_turns: bool, accepted: Collection[str]
) -> Difference | None:
    differs = rule.differs or _unlike(rule.tell)
    if not differs(measured):
        return None
    blocks = rule.blocks if isinstance(rule.blocks, bool) else rule.blocks(measured)
    blocks = blocks and (rule.blocks_in_turns or not in_turns)
    is_asked_for = rule.is_purpose and in_turns
    return Difference(
        aspect=rule.aspect,
        values=tuple(rule.tell(run) for run in runs),
        is_asked_for=is_asked_for,
        is_accepted=blocks and not is_asked_for and rule.aspect in accepted,
        blocks=blocks,
    )


def _unlike(tell: Callable[[RunResult], str]) -> Callable[[Runs], bool]:
    return lambda runs: len({tell(run) for run in runs}) > 1

"""Which child comes next: replicates of a point, the points of a sweep, the conditions of living together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import msgspec

from profiler import batch_search, lock_holders, rate_search
from profiler.plan import (
    Concurrency,
    Offline,
    RunPlan,
    Scenario,
    Server,
    Sweep,
    share_of,
)
from profiler.result import Status
from profiler.steps import Step, Steps, is_search, point_of

TOGETHER = ("alone", "idle", "busy")


def point_plans(plan: RunPlan) -> list[RunPlan]:
    """The plan of each point of a sweep, in the order of batch, dimensions, threads, concurrency, rate."""
    sweep = plan.sweep
    combinations = itertools.product(
        sweep.batch or (plan.batch,),
        _sizes(sweep),
        sweep.threads or (plan.threads,),
        sweep.concurrency or (None,),
        sweep.rate_per_s or (None,),
    )
    return [
        msgspec.structs.replace(
            plan,
            batch=batch,
            dimensions={**plan.dimensions, **sizes},
            threads=threads,
            scenario=_scenario(plan.scenario, lanes, rate),
            sweep=Sweep(),
        )
        for batch, sizes, threads, lanes, rate in combinations
    ]


def _sizes(sweep: Sweep) -> list[dict[str, int]]:
    """Every combination of the sizes of named dimensions; one without any where none is gone through."""
    names = list(sweep.dimensions)
    return [dict(zip(names, sizes, strict=True)) for sizes in itertools.product(*sweep.dimensions.values())]


def _scenario(scenario: Scenario, lanes: int | None, rate: float | None) -> Scenario:
    if isinstance(scenario, Server):
        return Server(rate or scenario.rate_per_s, lanes or scenario.workers)
    if lanes is None:
        return scenario
    return Offline(lanes) if isinstance(scenario, Offline) else Concurrency(lanes)


def has_points(plan: RunPlan) -> bool:
    """Whether the result is a table of points rather than one."""
    return bool(plan.companions) or is_search(plan) or plan.finds_largest_batch or len(point_plans(plan)) > 1


def steps(plan: RunPlan) -> Steps:
    """The children of a run, one after another; takes the point as far as it is known after each.

    Returns what the order itself found out, as reasons for the verdict.
    """
    if plan.finds_largest_batch:
        return (yield from batch_search.steps(plan))
    return (yield from rate_search.steps(plan)) if is_search(plan) else (yield from _fixed(plan))


def _fixed(plan: RunPlan) -> Steps:
    """Replicates of all points alternate (A B A B), so that a drift of the machine falls on all alike; a
    point that failed is not tried again.
    """
    entries = list(_entries(plan))
    failed: set[int] = set()
    for replicate in range(plan.processes):
        for index, (together, own) in enumerate(entries):
            if index in failed:
                continue
            child = msgspec.structs.replace(
                own,
                stopping=share_of(plan.stopping, plan.processes),
                scenario=_drawn_anew(own.scenario, plan.seed + replicate),
                companions=plan.companions if together in ("idle", "busy") else (),
            )
            point = point_of(own, together, plan.sweep.dimensions)
            spread = lock_holders.spread(child)
            answer = yield Step(index, point, replicate, plan.processes, len(entries), spread)
            if answer.status is Status.FAILED:
                failed.add(index)
    return lock_holders.reasons(plan, max(point_of(own).concurrency for _, own in entries))


def _drawn_anew(scenario: Scenario, seed: int) -> Scenario:
    """Every process gets arrivals of its own; the inputs stay the same."""
    return msgspec.structs.replace(scenario, seed=seed) if isinstance(scenario, Server) else scenario


def _entries(plan: RunPlan) -> Iterator[tuple[str | None, RunPlan]]:
    for own in point_plans(plan):
        if plan.companions:
            yield from ((together, own) for together in TOGETHER)
        else:
            yield None, own

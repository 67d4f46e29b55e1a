"""Which child comes next: replicates of a point, the points of a sweep, the conditions of living together."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import msgspec

from profiler.plan import (
    Concurrency,
    Offline,
    RunPlan,
    Scenario,
    Server,
    Sweep,
    share_of,
)
from profiler.result import Point, Status

TOGETHER = ("alone", "idle", "busy")


@dataclass(frozen=True)
class Step:
    """One child, or `plan.world_size` of them at once. `total` points, None where a search decides."""

    index: int
    point: Point
    replicate: int
    replicates: int
    total: int | None
    plan: RunPlan


Steps = Generator[Step, Point, None]


def point_plans(plan: RunPlan) -> list[RunPlan]:
    """The plan of each point of a sweep, in the order of batch, threads, concurrency, rate."""
    sweep = plan.sweep
    combinations = itertools.product(
        sweep.batch or (plan.batch,),
        sweep.threads or (plan.threads,),
        sweep.concurrency or (None,),
        sweep.rate_per_s or (None,),
    )
    return [
        msgspec.structs.replace(
            plan, batch=batch, threads=threads, scenario=_scenario(plan.scenario, lanes, rate), sweep=Sweep()
        )
        for batch, threads, lanes, rate in combinations
    ]


def _scenario(scenario: Scenario, lanes: int | None, rate: float | None) -> Scenario:
    if isinstance(scenario, Server):
        return Server(rate or scenario.rate_per_s, lanes or scenario.workers)
    if lanes is None:
        return scenario
    return Offline(lanes) if isinstance(scenario, Offline) else Concurrency(lanes)


def point_of(plan: RunPlan, together: str | None = None) -> Point:
    """What a point is, before anything is measured."""
    scenario = plan.scenario
    lanes = scenario.workers if isinstance(scenario, Server) else plan.concurrency
    return Point(
        batch=plan.batch,
        concurrency=lanes,
        threads=plan.threads,
        world_size=plan.world_size,
        rate_per_s=scenario.rate_per_s if isinstance(scenario, Server) else None,
        together=together,
        status=Status.INTERRUPTED,
    )


def has_points(plan: RunPlan) -> bool:
    """Whether the result is a table of points rather than one."""
    return bool(plan.companions) or is_search(plan) or len(point_plans(plan)) > 1


def is_search(plan: RunPlan) -> bool:
    scenario = plan.scenario
    return isinstance(scenario, Server) and scenario.rate_per_s is None and not plan.sweep.rate_per_s


def steps(plan: RunPlan) -> Steps:
    """The children of a run, one after another; takes the point as far as it is known after each.

    Replicates of all points alternate (A B A B), so that a drift of the machine falls on all alike; a
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
            point = point_of(own, together)
            answer = yield Step(index, point, replicate, plan.processes, len(entries), child)
            if answer.status is Status.FAILED:
                failed.add(index)


def _drawn_anew(scenario: Scenario, seed: int) -> Scenario:
    """Every process gets arrivals of its own; the inputs stay the same."""
    return msgspec.structs.replace(scenario, seed=seed) if isinstance(scenario, Server) else scenario


def _entries(plan: RunPlan) -> Iterator[tuple[str | None, RunPlan]]:
    for own in point_plans(plan):
        if plan.companions:
            yield from ((together, own) for together in TOGETHER)
        else:
            yield None, own

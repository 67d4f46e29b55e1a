"""One step of a run, and what a point is before anything is measured."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass

from profiler.plan import RunPlan, Server
from profiler.result import Point, Reason, Status


@dataclass(frozen=True)
class Step:
    """One child, or `plan.world_size` of them at once. `total` points, None where a search decides."""

    index: int
    point: Point
    replicate: int
    replicates: int
    total: int | None
    plan: RunPlan


Steps = Generator[Step, Point, tuple[Reason, ...]]


def point_of(plan: RunPlan, together: str | None = None, swept: Iterable[str] = ()) -> Point:
    """What a point is, before anything is measured; `swept` names the dimensions that are gone through."""
    scenario = plan.scenario
    lanes = scenario.workers if isinstance(scenario, Server) else plan.concurrency
    return Point(
        batch=plan.batch,
        concurrency=lanes,
        threads=plan.threads,
        world_size=plan.world_size,
        rate_per_s=scenario.rate_per_s if isinstance(scenario, Server) else None,
        together=together,
        dimensions={name: plan.dimensions[name] for name in swept},
        status=Status.INTERRUPTED,
    )


def is_search(plan: RunPlan) -> bool:
    scenario = plan.scenario
    return isinstance(scenario, Server) and scenario.rate_per_s is None and not plan.sweep.rate_per_s

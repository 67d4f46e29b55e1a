"""Runtimes whose calls keep Python's interpreter lock: their lanes become processes."""

from __future__ import annotations

import msgspec

from profiler.backends import catalog
from profiler.plan import Concurrency, Offline, RunPlan, Scenario, Server
from profiler.result import Reason


def spread(plan: RunPlan) -> RunPlan:
    """The plan of a step with a process for each request under way, where the runtime asks for it.

    A world of several processes stays as it is: its ranks are already as many as the user wanted.
    """
    lanes = _lanes(plan)
    if lanes <= 1 or plan.world_size > 1 or not _holds_lock(plan):
        return plan
    return msgspec.structs.replace(plan, world_size=lanes, scenario=_one_lane(plan.scenario))


def reasons(plan: RunPlan, most_lanes: int) -> tuple[Reason, ...]:
    """What is to be said of it; `most_lanes` requests were under way at once in any point."""
    if most_lanes <= 1 or not _holds_lock(plan):
        return ()
    runtime = catalog.runtime(plan.runtime).title
    code = "lock_in_processes" if plan.world_size == 1 else "lock_held"
    return (Reason(code, {"runtime": runtime, "count": str(most_lanes)}),)


def _holds_lock(plan: RunPlan) -> bool:
    return any(row.holds_lock for row in catalog.RUNTIMES if row.name == plan.runtime)


def _lanes(plan: RunPlan) -> int:
    scenario = plan.scenario
    return scenario.workers if isinstance(scenario, Server) else plan.concurrency


def _one_lane(scenario: Scenario) -> Scenario:
    if isinstance(scenario, Server):
        return msgspec.structs.replace(scenario, workers=1)
    return Offline(1) if isinstance(scenario, Offline) else Concurrency(1)

"""A whole run with real children, from a plan to its result."""

from __future__ import annotations

import msgspec

from profiler import folders
from profiler.checks_plan import Checks
from profiler.plan import RunPlan
from profiler.result import RunResult
from profiler.runner import Ended, Event, Run
from profiler.store import Store

NOTHING_ASKED = Checks(repeats=0)


def carried_out(plan: RunPlan, timeout_s: float = 100) -> RunResult:
    """The result; an assertion fails where the run is refused or does not end.

    A plan that leaves open what is asked of its answers asks nothing: that costs a child of its own.
    """
    if plan.checks == Checks():
        plan = msgspec.structs.replace(plan, checks=NOTHING_ASKED)
    heard: list[Event] = []
    going = Run(plan, Store(folders.history_folder()), heard.append, checks=lambda: ())
    going.start()
    assert going.wait(timeout_s)
    last = heard[-1]
    assert isinstance(last, Ended), last
    return last.result

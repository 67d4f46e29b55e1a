"""The highest rate under a limit: profiler.metrics.search, a child for each of its probes."""

from __future__ import annotations

import msgspec

from profiler.errors import ErrorKind, KnownError
from profiler.metrics import search
from profiler.metrics.search import Answer, Decision, Found, Policy, Probe
from profiler.outcome import Samples
from profiler.plan import Concurrency, Preset, RunPlan, Server, Stopping
from profiler.result import Point, Reason, Status
from profiler.steps import Step, Steps, point_of

# What the limit may be on, and the share of requests that has to keep it.
SHARES = {"p99": 0.99, "p95": 0.95, "p90": 0.90, "p50": 0.50}

# Longest time and most requests of a probe (MEASURING.md, 2.3: at most 60 s or 6,000).
POLICIES: dict[Preset, Policy] = {
    Preset.QUICK: Policy(most_s=5.0, most_count=1_500, bisections=4),
    Preset.STANDARD: Policy(most_s=20.0, most_count=3_000),
    Preset.RIGOROUS: Policy(most_s=60.0, most_count=30_000),
    Preset.POWER: Policy(most_s=60.0, most_count=6_000),
}
SHORTEST_S = 1.5
CAPACITY_S = 1.5
_DECISIONS = {True: Decision.ACCEPT, False: Decision.REJECT, None: Decision.UNDECIDED}


def limit_of(plan: RunPlan) -> tuple[str, float]:
    """The percentile that is searched by, with its limit in ns; raises KnownError(LIMIT_NEEDED)."""
    for quantity in SHARES:
        if quantity in plan.limits:
            return quantity, plan.limits[quantity]
    raise KnownError(ErrorKind.LIMIT_NEEDED)


def steps(plan: RunPlan) -> Steps:
    """One step a probe; takes the point with `kept` set, returns why there is no rate, if so."""
    limit_of(plan)
    probes = search.search(plan.seed, POLICIES[plan.preset])
    probe, index = next(probes), 0
    while True:
        own = _plan_of(plan, probe)
        point = msgspec.structs.replace(point_of(own), stage=probe.stage)
        answer = yield Step(index, point, 0, 1, None, own)
        index += 1
        try:
            probe = probes.send(_answer(answer))
        except StopIteration as end:
            return _reasons(end.value)


def _plan_of(plan: RunPlan, probe: Probe) -> RunPlan:
    if probe.rate_per_s is None:
        scenario, rule = Concurrency(probe.in_flight or 1), Stopping(CAPACITY_S, 30, CAPACITY_S)
        return msgspec.structs.replace(plan, scenario=scenario, stopping=rule)
    workers = plan.scenario.workers if isinstance(plan.scenario, Server) else 0
    server = Server(probe.rate_per_s, workers, probe.seed)
    shortest = min(SHORTEST_S, probe.most_s)
    return msgspec.structs.replace(
        plan, scenario=server, stopping=Stopping(shortest, probe.most_count, probe.most_s)
    )


def _answer(point: Point) -> Answer:
    if point.status is not Status.FINISHED:
        return Answer()
    if point.stage == "capacity":
        return Answer(per_s=point.throughput.inferences_per_s)
    return Answer(decision=_DECISIONS[point.kept])


def decided(point: Point, response: Samples, plan: RunPlan) -> bool | None:
    """Whether this rate keeps the limit: proved, disproved, or (None) neither; `response` int64 ns."""
    quantity, most = limit_of(plan)
    grows = point.lateness.backlog_grows if point.lateness is not None else None
    decision = search.decide(response, most, SHARES[quantity], grows)
    return {Decision.ACCEPT: True, Decision.REJECT: False}.get(decision)


def _reasons(found: Found) -> tuple[Reason, ...]:
    if found.reason is not None:
        return (Reason(f"search_{found.reason}"),)
    return (Reason("search_drifted"),) if found.drifted else ()

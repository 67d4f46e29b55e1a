"""Open-loop arithmetic: when requests are due, the queue that they form, and how well a schedule was kept."""

from __future__ import annotations

import heapq
import math

import numpy as np
import numpy.typing as npt

from profiler.metrics import latency
from profiler.pairs import paired
from profiler.result import Lateness

Times = npt.NDArray[np.int64]

LATE_NS = 1_000_000
WINDOWS = 3
# One-sided 5 % of the normal distribution.
_Z = 1.645


def schedule_ns(
    rate_per_s: float, seed: int, *, duration_s: float | None = None, count: int | None = None
) -> Times:
    """Due times of Poisson arrivals at a rate, int64 ns from the start, ascending, drawn before the run.

    Either the first `count` arrivals, or those within `duration_s` (never none: the first one counts even
    behind it). The same seed at another rate gives the same arrivals on a stretched time line (common
    random numbers: Law, Simulation Modeling and Analysis, 11.2), a longer schedule begins with a shorter one.
    """
    if rate_per_s <= 0 or (duration_s is None) == (count is None):
        raise ValueError("a schedule needs a rate above zero, and a duration or a count")
    units = _unit_arrivals(seed, count) if count is not None else _unit_arrivals_until(
        seed, rate_per_s * (duration_s or 0.0)
    )  # fmt: skip
    return np.rint(units * (1e9 / rate_per_s)).astype(np.int64)


def _unit_arrivals(seed: int, count: int) -> npt.NDArray[np.float64]:
    return np.cumsum(np.random.default_rng(seed).standard_exponential(count))


def _unit_arrivals_until(seed: int, end: float) -> npt.NDArray[np.float64]:
    count = math.ceil(end + 6 * math.sqrt(end)) + 8
    while (units := _unit_arrivals(seed, count))[-1] <= end:
        count *= 2
    return units[: max(1, int(np.searchsorted(units, end, side="right")))]


def simulate(due_ns: Times, service_ns: Times | int, servers: int = 1) -> tuple[Times, Times]:
    """Begin and end (int64 ns) of requests on servers that take them in the order in which they are due.

    `service_ns`: one time for all, or one for each request.
    """
    service = np.broadcast_to(np.asarray(service_ns, dtype=np.int64), due_ns.shape)
    begin = _one_server(due_ns, service) if servers == 1 else _several_servers(due_ns, service, servers)
    return begin, begin + service


def _one_server(due: Times, service: Times) -> Times:
    """Lindley's recursion without its loop: begin(i) = max over j <= i of due(j) + work between j and i."""
    before = np.cumsum(service, dtype=np.int64) - service
    return np.asarray(before + np.maximum.accumulate(due - before), dtype=np.int64)


def _several_servers(due: Times, service: Times, servers: int) -> Times:
    free = [0] * servers
    begins = []
    for moment, span in paired(due.tolist(), service.tolist()):
        begin = max(moment, free[0])
        heapq.heapreplace(free, begin + span)
        begins.append(begin)
    return np.array(begins, dtype=np.int64)


def lateness(due_ns: Times, begin_ns: Times, duration_ns: Times, workers: int) -> Lateness:
    """How well a schedule was kept, from int64 ns on one clock in the order of `due_ns`.

    A request with duration 0 was never answered; its begin is ignored. Lateness is begin - due of requests
    that found a free worker: what the generator adds, not the model. `target_per_s` is the rate of the
    schedule as drawn, `achieved_per_s` that of the beginnings, so that a schedule kept to the ns has equal
    ones whatever its chance. Percentiles below their sample count are None, as in profiler.metrics.latency.
    """
    answered = duration_ns > 0
    if not len(due_ns):
        return Lateness(workers=workers)
    ends = np.where(answered, begin_ns + duration_ns, np.iinfo(np.int64).max)
    begins = np.where(answered, begin_ns, np.iinfo(np.int64).max)
    free = found_free(due_ns, begins, ends, workers)
    late = np.sort((begins - due_ns)[free & answered])
    return Lateness(
        p50_ns=latency.shown(late, 0.50) if len(late) else None,
        p99_ns=latency.shown(late, 0.99),
        over_1ms_share=float(np.mean(late > LATE_NS)) if len(late) else None,
        all_busy_share=float(np.mean(~free)),
        target_per_s=_rate(due_ns),
        achieved_per_s=_rate(np.sort(begins[answered])),
        workers=workers,
        backlog_grows=backlog_grows(due_ns, ends),
        unanswered=int(np.count_nonzero(~answered)),
    )


def found_free(due: Times, begin: Times, end: Times, workers: int) -> npt.NDArray[np.bool_]:
    """Whether each request found a worker free when it was due.

    In its way are earlier requests that are being served and those that queue because all were busy; not
    those that only wait because the generator is late, or a stall of the generator would pass for load.
    """
    unfinished = np.arange(len(due)) - np.searchsorted(np.sort(end), due, side="right")
    served = np.searchsorted(np.sort(begin), due, side="left") - np.searchsorted(
        np.sort(end), due, side="right"
    )
    free = unfinished < workers
    queue: list[int] = []
    for at in np.flatnonzero(~free).tolist():
        while queue and queue[0] <= due[at]:
            heapq.heappop(queue)
        free[at] = served[at] + len(queue) < workers
        if not free[at]:
            heapq.heappush(queue, int(begin[at]))
    return np.asarray(free, dtype=np.bool_)


def _rate(moments: Times) -> float | None:
    span = int(moments[-1] - moments[0]) if len(moments) > 1 else 0
    return (len(moments) - 1) / (span / 1e9) if span else None


def backlog(due: Times, end: Times) -> tuple[float, ...]:
    """Mean number of unfinished requests that an arrival finds, in each of three equal runs of arrivals."""
    unfinished = np.arange(len(due)) - np.searchsorted(np.sort(end), due, side="right")
    return tuple(float(part.mean()) for part in np.array_split(unfinished, WINDOWS))


def backlog_grows(due: Times, end: Times) -> bool | None:
    """Whether the backlog rises over three windows by more than chance at full load; None below 30 requests.

    At full load it is a random walk with a variance of one per arrival; the means of the first and last of
    three windows of w arrivals then differ with variance w (1/3 + 1 + 1/3).
    """
    if len(due) < 10 * WINDOWS:
        return None
    means = backlog(due, end)
    rise = means[-1] - means[0]
    return means[0] < means[1] < means[2] and rise > _Z * math.sqrt(5 / 3 * len(due) / WINDOWS)

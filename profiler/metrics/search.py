"""The strategy that finds the highest rate under a latency limit; it knows no clock, child or model."""

from __future__ import annotations

import enum
import math
from collections.abc import Generator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from profiler.metrics import early_stopping

Samples = npt.NDArray[np.int64]


class Decision(enum.StrEnum):
    """Whether a rate keeps the limit; for the search undecided counts as fail."""

    ACCEPT = "accept"
    REJECT = "reject"
    UNDECIDED = "undecided"


class Policy(NamedTuple):
    """How the search goes about it (MEASURING.md, 2.3); lengths are those of one probe.

    The answer is what could be proved, so it lies below the true highest rate: on a simulated M/D/1 server
    with a limit of ten service times, at the median, 2.4 % with 6,000 requests a probe, 1.3 % with 30,000.
    """

    most_s: float = 60.0
    most_count: int = 6_000
    least_gain: float = 0.03
    most_in_flight: int = 64
    first_share: float = 0.5
    halvings: int = 6
    resolution: float = 0.02
    bisections: int = 7
    confirm_times: int = 3
    step_down: float = 0.02
    steps_down: int = 3


DEFAULT = Policy()


class Probe(NamedTuple):
    """What to measure next: stage capacity a closed loop of `in_flight`, any other an open loop at a rate.

    An open loop ends with `most_count` requests or after `most_s`, whichever is first; its arrivals are
    drawn with `seed`.
    """

    stage: str
    seed: int
    most_s: float
    most_count: int
    rate_per_s: float | None = None
    in_flight: int | None = None


class Answer(NamedTuple):
    """What a probe found: requests per second of a closed loop, or the decision on a rate.

    None where the probe failed; that ends the capacity stage, and for a rate counts as fail.
    """

    per_s: float | None = None
    decision: Decision | None = None


class Found(NamedTuple):
    """The end of a search.

    `reason` where there is no rate: no_capacity (nothing could be measured), none_passes (even the lowest
    rate tried breaks the limit), undecided (nothing was ever proved either way: too few requests),
    not_confirmed. `drifted`: the rate was confirmed, but failed when it was tried again at the end, for
    which `recheck` says how.
    """

    rate_per_s: float | None
    capacity_per_s: float | None
    reason: str | None = None
    drifted: bool = False
    recheck: Decision | None = None


Probes = Generator[Probe, Answer, Found]


def decide(
    response_ns: Samples,
    limit_ns: float,
    p: float,
    backlog_grows: bool | None = None,
    confidence: float = early_stopping.CONFIDENCE,
) -> Decision:
    """Whether a share `p` of requests keeps `limit_ns`, from responses counted from the due time (int64 ns).

    Rejected also where the backlog grows: then the latency only depends on how long one looks.
    """
    count, over = len(response_ns), int(np.count_nonzero(response_ns > limit_ns))
    if backlog_grows or early_stopping.fails(count, over, p, confidence):
        return Decision.REJECT
    return Decision.ACCEPT if early_stopping.passes(count, over, p, confidence) else Decision.UNDECIDED


def search(seed: int, policy: Policy = DEFAULT) -> Probes:
    """Probes one after another, each answered by `send`; the generator returns what it Found.

    Capacity by closed loops, a bracket below it, bisection on the logarithm of the rate with one seed for
    all (common random numbers), confirmation with fresh seeds over a longer time, one more try at the end.
    """
    capacity = yield from _capacity(seed, policy)
    if capacity is None:
        return Found(None, None, "no_capacity")
    low, high, reason = yield from _bracket(capacity, seed, policy)
    if low is None:
        return Found(None, capacity, reason)
    low = yield from _bisect(low, high, seed, policy)
    confirmed = yield from _confirm(low, seed, policy)
    if confirmed is None:
        return Found(None, capacity, "not_confirmed")
    answer = yield confirmed._replace(stage="recheck")
    drifted = answer.decision is not Decision.ACCEPT
    return Found(confirmed.rate_per_s, capacity, drifted=drifted, recheck=answer.decision)


def _capacity(seed: int, policy: Policy) -> Generator[Probe, Answer, float | None]:
    """The throughput of 1, 2, 4, ... in flight until it gains too little."""
    best: float | None = None
    in_flight = 1
    while in_flight <= policy.most_in_flight:
        probe = Probe("capacity", seed, policy.most_s, policy.most_count, in_flight=in_flight)
        per_s = (yield probe).per_s
        if not per_s:
            return best
        gains = best is None or per_s >= best * (1 + policy.least_gain)
        best = max(per_s, best or 0.0)
        if not gains:
            return best
        in_flight *= 2
    return best


def _bracket(
    capacity: float, seed: int, policy: Policy
) -> Generator[Probe, Answer, tuple[float | None, float, str | None]]:
    """A rate that passes and one that does not; capacity itself is taken not to."""
    high, low, rejected = capacity, capacity * policy.first_share, False
    for _ in range(policy.halvings + 1):
        decision = (yield _at(low, "bracket", seed, policy)).decision
        if decision is Decision.ACCEPT:
            return low, high, None
        rejected = rejected or decision is not Decision.UNDECIDED
        high, low = low, low / 2
    return None, high, "none_passes" if rejected else "undecided"


def _bisect(low: float, high: float, seed: int, policy: Policy) -> Generator[Probe, Answer, float]:
    """The highest rate that passed, within the resolution of one that did not."""
    for _ in range(policy.bisections):
        if high <= low * (1 + policy.resolution):
            break
        middle = math.sqrt(low * high)
        answer = yield _at(middle, "bisect", seed, policy)
        low, high = (middle, high) if answer.decision is Decision.ACCEPT else (low, middle)
    return low


def _confirm(rate_per_s: float, seed: int, policy: Policy) -> Generator[Probe, Answer, Probe | None]:
    """The longer probe that passed, with a fresh seed each time, a step lower after each that did not."""
    for step in range(policy.steps_down + 1):
        rate = rate_per_s * (1 - policy.step_down) ** step
        probe = _at(rate, "confirm", seed + 1 + step, policy, policy.confirm_times)
        if (yield probe).decision is Decision.ACCEPT:
            return probe
    return None


def _at(rate_per_s: float, stage: str, seed: int, policy: Policy, times: int = 1) -> Probe:
    return Probe(stage, seed, times * policy.most_s, times * policy.most_count, rate_per_s=rate_per_s)

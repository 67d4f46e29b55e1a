"""The load that a plan asks for, built on an open model: lanes of bound calls, closed or open loop."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter_ns
from typing import NamedTuple

import numpy as np

from profiler import messages, open_loop, opening, requests_file, sample_file, waiting
from profiler.backends.base import Call
from profiler.errors import ErrorKind, KnownError
from profiler.metrics import latency, steadiness
from profiler.metrics.open_loop import schedule_ns
from profiler.opening import Opened
from profiler.pairs import paired
from profiler.plan import Preset, Server, Stopping
from profiler.scenarios import LANES_BLOCK_NS, BlockReport, ClosedLoop, Report, Steady, WarmUp, query_of
from profiler.senders import Crew, Lane, ManyLanes, OneLane, Sender

# Threads that hold the interpreter's lock between two calls do so for microseconds; the default of 5 ms
# would let one that computes keep the others waiting (MEASURING.md, 2.2).
SWITCH_INTERVAL_S = 0.0005
# The first request is due this long after the schedule was laid out, so that every worker is waiting.
LEAD_NS = 20_000_000
COLD_CALLS = 2


class Measured(NamedTuple):
    """How the steady state went, by lane; `workers` and `wait_method` are of an open loop."""

    steady: Steady
    lane_elapsed_ns: tuple[int, ...]
    begun_ns: int
    ended_ns: int
    workers: int = 0
    wait_method: str | None = None


class Load:
    """What a plan does with an open model.

    Attributes: `bound` the calls of the first lane as the session bound them, `calls` the queries made of
    them; `writers` the open sample files, one a lane.
    """

    def __init__(self, request: messages.Measure, opened: Opened, stop_asked: Callable[[], bool]) -> None:
        self._plan = plan = request.plan
        self._opened, self._stop_asked = opened, stop_asked
        self._file, self._native_library = Path(request.samples_file), request.native_library
        self._calls_per_query = plan.calls_per_query(opened.batch)
        self._crew: Crew | None = None
        self.writers = [self._writer(lane) for lane in range(plan.concurrency)]
        self.bound = self._bind()
        own = [self._queries(self.bound)]
        own += [self._queries(self._bind(lane)) for lane in range(1, len(self.writers))]
        self.calls = own[0]
        self._sender = self._sending(own)
        block_ns = LANES_BLOCK_NS if request.is_gated else 0
        self.loop = ClosedLoop(self._sender, perf_counter_ns, stop_asked, block_ns)

    def _writer(self, lane: int) -> sample_file.Writer:
        path = sample_file.lane_path(self._file, lane)
        if lane and not path.exists():
            sample_file.create(path)
        return sample_file.Writer(path)

    def _bind(self, lane: int = 0) -> list[Call]:
        return [self._opened.session.bind(arrays, lane) for arrays in self._opened.pool]

    def _queries(self, calls: Sequence[Call]) -> list[Call]:
        return query_of(calls, self._calls_per_query)

    def _sending(self, own: Sequence[Sequence[Call]]) -> Sender:
        pairs = paired(own, self.writers)
        lanes = [Lane(calls, writer, perf_counter_ns) for calls, writer in pairs]
        if len(lanes) == 1:
            return OneLane(lanes[0])
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self._crew = Crew(len(lanes))
        return ManyLanes(lanes, self._crew.run)

    def warm_up(self, report: Report) -> WarmUp:
        cap_ns = steadiness.QUICK_CAP_NS if self._plan.preset is Preset.QUICK else steadiness.WARMUP_CAP_NS
        return self.loop.warm_up(self._plan.warmup, report, cap_ns)

    def measure(self, rule: Stopping, report: Report) -> Measured:
        """The steady state by `rule`; latencies lie in the sample files, or in the file of requests."""
        scenario = self._plan.scenario
        if isinstance(scenario, Server):
            return self._serve(scenario, rule, report)
        begun = perf_counter_ns()
        steady = self.loop.measure(rule, report)
        elapsed = tuple(lane.elapsed_ns for lane in self._sender.lanes)
        return Measured(steady, elapsed, begun, perf_counter_ns())

    def _serve(self, scenario: Server, rule: Stopping, report: Report) -> Measured:
        rate = scenario.rate_per_s
        if rate is None:
            raise KnownError(ErrorKind.BUG, detail="a server without a rate")
        practice = np.sort(self.writers[0].array(min(COLD_CALLS, self.writers[0].count - 1)))
        workers = scenario.workers or open_loop.workers_for(rate, latency.percentile(practice, 0.99))
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        own = [self.calls, *(self._queries(self._bind(lane)) for lane in range(1, workers))]
        library = Path(self._native_library) if self._native_library else None
        at_once = max(1, opening.usable_cpus() // self._opened.threads)
        waiter = waiting.best_waiter(library, calls_at_once=at_once)
        duration_s = min(_duration_s(rule, rate), requests_file.MOST / (1.01 * rate))
        due = schedule_ns(rate, scenario.seed, duration_s=duration_s)[: requests_file.MOST]
        begun = perf_counter_ns() + LEAD_NS
        writer = requests_file.Writer(requests_file.path_beside(self._file), open_loop.absolute(due, begun))
        try:
            ended = self._answer(open_loop.absolute(due, begun), own, writer, waiter, report)
            writer.cut(ended.cut_ns)
        finally:
            writer.close()
        stopped = self._stop_asked()
        steady = Steady(ended.ended_ns - begun, rule_held=not (ended.was_cut or stopped), stopped=stopped)
        return Measured(steady, (steady.elapsed_ns,), begun, ended.ended_ns, workers, waiter.kind)

    def _answer(
        self, due: requests_file.Times, own: Sequence[Sequence[Call]], writer: requests_file.Writer,
        waiter: waiting.Waiter, report: Report,
    ) -> open_loop.Ended:  # fmt: skip
        begun = int(due[0])

        def tell(done: int, share: float) -> None:
            elapsed = max(1, perf_counter_ns() - begun)
            report(BlockReport(done, elapsed, 0, share))

        loop = open_loop.OpenLoop(own, due, writer.words, perf_counter_ns, waiter)
        return loop.run(self._stop_asked, tell)

    def close(self) -> None:
        if self._crew is not None:
            self._crew.close()
        self._sender.close()
        for writer in self.writers:
            writer.close()


def _duration_s(rule: Stopping, rate_per_s: float) -> float:
    """Long enough for the rule's count at this rate, within its longest time."""
    return min(rule.maximum_s, max(rule.minimum_s, rule.minimum_count / rate_per_s))


def report_to(send: Callable[[messages.Report], None], kind: str) -> Report:
    """Blocks of practice or of the steady state as messages."""

    def warming(block: BlockReport) -> None:
        send(messages.Warming(block.calls, block.elapsed_ns, block.block_p50_ns))

    def measuring(block: BlockReport) -> None:
        send(messages.Progress(block.calls, block.elapsed_ns, block.block_p50_ns, block.share))

    return warming if kind == "warming" else measuring

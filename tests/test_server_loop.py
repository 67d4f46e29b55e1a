"""The open loop on a fake clock: what stalls, what queues, and what is never answered."""

from __future__ import annotations

import threading
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest

from profiler import open_loop, requests_file
from profiler.metrics import latency
from profiler.metrics.open_loop import schedule_ns
from profiler.open_loop import OpenLoop, State, serve
from profiler.plan import Stopping
from profiler.sample_file import Writer, create
from profiler.scenarios import single_stream
from tests.fake_clock import FakeClock

MS = 1_000_000
S = 1_000 * MS


class Stalling:
    """A model of 1 ms that once, at a moment, takes half a second more."""

    def __init__(self, clock: FakeClock, at_ns: int) -> None:
        self._clock, self._at_ns = clock, at_ns
        self._has_stalled = False

    def __call__(self) -> None:
        if self._clock.now >= self._at_ns and not self._has_stalled:
            self._has_stalled = True
            self._clock.advance(500 * MS)
        self._clock.advance(MS)


def _serve_all(clock: FakeClock, call: object, due: np.ndarray, path: Path) -> requests_file.Requests:
    """One worker over the whole schedule; waiting moves the clock to the deadline."""
    writer = requests_file.Writer(path, due)

    def wait_until(deadline_ns: int) -> None:
        clock.now = max(clock.now, deadline_ns)

    serve(State(len(due), 1), 0, cycle([call]), due.tolist(), writer.words, clock, wait_until)  # type: ignore[list-item]
    writer.cut(clock.now)
    writer.close()
    found = requests_file.read(path)
    assert found is not None
    return found


def test_a_stall_hides_from_the_closed_loop_and_shows_in_the_open_one(tmp_path: Path) -> None:
    """MEASURING.md, 2.2: closed loop P99 1.0 ms, open loop at 300 requests a second P99 413 ms."""
    clock = FakeClock()
    create(tmp_path / "samples.bin")
    writer = Writer(tmp_path / "samples.bin")
    single_stream([Stalling(clock, 10 * S)], writer, clock, lambda: False).measure(
        Stopping(20.0, 1, 20.0), lambda _: None
    )
    closed = np.sort(writer.array())
    assert latency.percentile(closed, 0.99) == MS
    assert latency.percentile(closed, 0.999) == MS
    writer.close()

    clock = FakeClock()
    due = schedule_ns(300.0, 1, duration_s=20.0)
    requests = _serve_all(clock, Stalling(clock, 10 * S), due, tmp_path / "requests.bin")
    response, service = np.sort(requests.response), np.sort(requests.duration)
    assert latency.percentile(response, 0.99) == pytest.approx(413 * MS, rel=0.1)
    assert latency.percentile(service, 0.99) == MS


@pytest.mark.parametrize(("rho", "wait_ms"), [(0.5, 0.5), (0.8, 2.0)])
def test_the_queue_of_one_worker_waits_as_theory_says(tmp_path: Path, rho: float, wait_ms: float) -> None:
    """M/D/1, Pollaczek-Khinchine: rho * S / (2 * (1 - rho))."""
    clock = FakeClock()
    due = schedule_ns(rho * 1_000, 3, count=100_000)
    requests = _serve_all(clock, clock.call_lasting(MS), due, tmp_path / "requests.bin")
    waits = requests.begin - requests.due
    assert waits.mean() / MS == pytest.approx(wait_ms, rel=0.06)


def test_beyond_capacity_the_wait_grows_with_the_length_of_the_run(tmp_path: Path) -> None:
    p99 = []
    for seconds in (5.0, 10.0, 20.0):
        clock = FakeClock()
        due = schedule_ns(1_200.0, 2, duration_s=seconds)
        requests = _serve_all(clock, clock.call_lasting(MS), due, tmp_path / f"{seconds}.bin")
        p99.append(latency.percentile(np.sort(requests.response), 0.99))
    assert p99[1] == pytest.approx(2 * p99[0], rel=0.15)
    assert p99[2] == pytest.approx(2 * p99[1], rel=0.15)


def test_each_request_is_taken_once_and_due_times_are_kept(tmp_path: Path) -> None:
    clock = FakeClock(tick_ns=10)
    due = np.array([0, 5, 3 * MS], dtype=np.int64) + 100
    requests = _serve_all(clock, clock.call_lasting(MS), due, tmp_path / "requests.bin")
    assert requests.due.tolist() == due.tolist()
    assert (np.diff(requests.begin) > 0).all()
    assert requests.begin[2] >= due[2]
    assert (requests.duration >= MS).all()


def test_what_was_due_and_never_answered_counts_with_what_it_waited(tmp_path: Path) -> None:
    writer = requests_file.Writer(tmp_path / "requests.bin", np.array([10, 20, 900], dtype=np.int64))
    writer.words[1], writer.words[2] = 11, 4
    writer.cut(500)
    writer.close()
    found = requests_file.read(tmp_path / "requests.bin")
    assert found is not None
    assert found.response.tolist() == [5, 480]
    assert found.answered.tolist() == [True, False]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda words: words.__setitem__(0, 1),
        lambda words: words.__setitem__(1, 7),
        lambda words: words.__setitem__(8 + 2, -1),
        lambda words: words.__setitem__(8 + 1, 3),
        lambda words: words.__setitem__(8, 10**9),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(tmp_path: Path, spoil: object) -> None:
    path = tmp_path / "requests.bin"
    writer = requests_file.Writer(path, np.array([10, 20], dtype=np.int64))
    writer.words[1], writer.words[2] = 11, 4
    writer.cut(500)
    writer.close()
    words = np.fromfile(path, dtype="<i8")
    spoil(words)  # type: ignore[operator]
    words.tofile(path)
    with pytest.raises(ValueError, match="request"):
        requests_file.read(path)


class HandedOver:
    """A waiter whose waiting ends at once: the clock of the test is told to be there."""

    kind = "sleep"

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.prepared: set[str] = set()

    def prepare_thread(self) -> None:
        self.prepared.add(threading.current_thread().name)

    def wait_until(self, deadline_ns: int) -> None:
        self._clock.now = max(self._clock.now, deadline_ns)


def test_workers_share_one_schedule_and_all_is_answered(tmp_path: Path) -> None:
    clock, due = FakeClock(), schedule_ns(1_000.0, 4, count=500)
    writer = requests_file.Writer(tmp_path / "requests.bin", due)
    waiter = HandedOver(clock)
    loop = OpenLoop([[clock.call_lasting(10)]] * 3, due, writer.words, clock, waiter)
    ended = loop.run(lambda: False, lambda done, share: None)
    assert (ended.answered, ended.was_cut) == (500, False)
    assert len(waiter.prepared) == 3
    writer.close()


def test_an_error_of_the_model_ends_the_loop_and_is_raised(tmp_path: Path) -> None:
    clock, due = FakeClock(), schedule_ns(1_000.0, 4, count=50)
    writer = requests_file.Writer(tmp_path / "requests.bin", due)

    def broken() -> None:
        raise RuntimeError("out of memory")

    loop = OpenLoop([[broken], [clock.call_lasting(10)]], due, writer.words, clock, HandedOver(clock))
    with pytest.raises(RuntimeError, match="out of memory"):
        loop.run(lambda: False, lambda done, share: None)
    writer.close()


def test_stopping_leaves_the_rest_unanswered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_loop, "REPORT_EVERY_S", 0.01)
    clock, due = FakeClock(), schedule_ns(1_000.0, 4, count=50)
    writer = requests_file.Writer(tmp_path / "requests.bin", due)
    gate = threading.Event()

    def slow() -> None:
        gate.wait(30)
        clock.advance(10)

    loop = OpenLoop([[slow]], due, writer.words, clock, HandedOver(clock))
    asked: list[bool] = []

    def stop_asked() -> bool:
        asked.append(True)
        gate.set()
        return True

    ended = loop.run(stop_asked, lambda done, share: None)
    assert asked
    assert ended.was_cut
    assert ended.answered < 50
    writer.close()


def test_as_many_workers_as_the_rate_needs() -> None:
    assert open_loop.workers_for(100.0, 1e6) == 1
    assert open_loop.workers_for(1_000.0, 2.2e6) == 5
    assert open_loop.workers_for(1e6, 1e9) == open_loop.MOST_WORKERS

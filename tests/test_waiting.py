"""Each waiter returns at its moment and never before, whatever the machine has to offer."""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from profiler import waiting
from profiler.native_build import native_library

SOON_NS = 3_000_000

linux = pytest.mark.skipif(sys.platform != "linux", reason="clock_nanosleep on perf_counter's clock")


def spinning() -> waiting.Waiter:
    built = native_library()
    if built.path is None:
        pytest.skip("needs a C compiler")
    return waiting.best_waiter(built.path)


def sleeping() -> waiting.Waiter:
    return waiting.best_waiter(None)


@pytest.mark.parametrize("make", [spinning, sleeping, waiting.Sleep])
def test_no_waiter_returns_before_the_moment(make: Callable[[], waiting.Waiter]) -> None:
    waiter = make()
    waiter.prepare_thread()
    for _ in range(5):
        deadline = time.perf_counter_ns() + SOON_NS
        waiter.wait_until(deadline)
        assert deadline <= time.perf_counter_ns() < deadline + 1_000_000_000


@pytest.mark.parametrize("make", [spinning, sleeping, waiting.Sleep])
@pytest.mark.parametrize("ago_ns", [0, 1, 10**12, 10**18])
def test_a_moment_that_has_passed_returns_at_once(make: Callable[[], waiting.Waiter], ago_ns: int) -> None:
    waiter = make()
    begin = time.perf_counter_ns()
    waiter.wait_until(begin - ago_ns)
    assert time.perf_counter_ns() - begin < 1_000_000_000


@pytest.mark.parametrize("make", [spinning, sleeping, waiting.Sleep])
def test_other_threads_run_while_one_waits(make: Callable[[], waiting.Waiter]) -> None:
    """The interpreter's lock is free: this thread counts while the other is in its wait."""
    waiter = make()
    done = threading.Event()

    def wait() -> None:
        waiter.prepare_thread()
        waiter.wait_until(time.perf_counter_ns() + 50_000_000)
        done.set()

    thread = threading.Thread(target=wait)
    thread.start()
    turns = 0
    while not done.is_set():
        turns += 1
    thread.join()
    assert turns > 1_000


@linux
def test_the_compiled_helper_is_taken_where_it_is_given() -> None:
    assert spinning().kind == "native_spin"


@linux
def test_without_it_the_c_library_sleeps() -> None:
    assert sleeping().kind == "native_sleep"


@linux
def test_a_library_that_does_not_load_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "broken.so").write_bytes(b"no library")
    assert waiting.best_waiter(tmp_path / "broken.so").kind == "native_sleep"


@linux
def test_a_library_without_the_helper_is_passed_over() -> None:
    assert waiting.best_waiter(Path(msgspec._core.__file__)).kind == "native_sleep"


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_elsewhere_python_sleeps(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert waiting.best_waiter(None).kind == "sleep"


def test_another_clock_behind_perf_counter_is_not_slept_on(monkeypatch: pytest.MonkeyPatch) -> None:
    info = time.get_clock_info("time")
    monkeypatch.setattr(time, "get_clock_info", lambda name: info)
    assert waiting.best_waiter(None).kind == "sleep"


@linux
@pytest.mark.parametrize("make", [spinning, sleeping])
def test_a_prepared_thread_has_the_finest_timer(make: Callable[[], waiting.Waiter]) -> None:
    get_timer_slack = 30  # PR_GET_TIMERSLACK
    waiter = make()
    seen: list[int] = []

    def prepare() -> None:
        waiter.prepare_thread()
        seen.append(ctypes.CDLL(None).prctl(get_timer_slack, 0, 0, 0, 0))

    thread = threading.Thread(target=prepare)
    thread.start()
    thread.join()
    assert seen == [1]


def cpu_ns_of_a_wait(waiter: waiting.Waiter, callers: int) -> int:
    """What a wait of 50 ms costs in CPU time while `callers` other prepared threads are not waiting."""
    ready, leave = threading.Barrier(callers + 1), threading.Event()

    def call() -> None:
        waiter.prepare_thread()
        ready.wait()
        leave.wait()

    threads = [threading.Thread(target=call) for _ in range(callers)]
    for thread in threads:
        thread.start()
    ready.wait()
    begin = time.thread_time_ns()
    waiter.wait_until(time.perf_counter_ns() + 50_000_000)
    spent = time.thread_time_ns() - begin
    leave.set()
    for thread in threads:
        thread.join()
    return spent


@linux
def test_it_spins_on_a_free_core_only() -> None:
    """Two cores: beside one call it spins, beside two it sleeps, and threads that ended do not count."""
    spinning()
    waiter = waiting.best_waiter(native_library().path, spin_ns=50_000_000, calls_at_once=2)
    assert cpu_ns_of_a_wait(waiter, callers=1) > 5_000_000
    assert cpu_ns_of_a_wait(waiter, callers=2) < 5_000_000
    # A thread that Python has joined may have its last instructions before it.
    assert any(cpu_ns_of_a_wait(waiter, callers=1) > 5_000_000 for _ in range(5))

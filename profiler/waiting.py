"""Who waits for a moment: in native code with the interpreter's lock released, never by a loop in Python.

A Python loop would hold the lock and slow the very calls that are measured.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from pathlib import Path
from typing import Any, Protocol

# Waking takes 30 to 60 us and seldom more than 100 us; a longer spin only burned more of a core.
SPIN_NS = 100_000

_CLOCK_MONOTONIC = 1  # uapi/linux/time.h
_TIMER_ABSTIME = 1  # uapi/linux/time.h
_PR_SET_TIMERSLACK = 29  # uapi/linux/prctl.h
_SECOND_NS = 1_000_000_000


class Waiter(Protocol):
    """Attributes: `kind` is native_spin, native_sleep or sleep."""

    @property
    def kind(self) -> str: ...

    def prepare_thread(self) -> None:
        """To be called once in each thread that will wait."""

    def wait_until(self, deadline_ns: int) -> None:
        """Return at `deadline_ns` of time.perf_counter_ns, at once where it has passed.

        No signal handler of Python runs meanwhile: who must notice a stop waits in shorter steps.
        """


def best_waiter(library: Path | None, spin_ns: int = SPIN_NS, calls_at_once: int | None = None) -> Waiter:
    """The most punctual waiter of this machine; `library` is what profiler.native_build made.

    `calls_at_once` is how many calls the cores can carry out side by side: usable cores over threads of a
    call; None for calls of one thread. While as many are in progress, nobody spins.
    """
    if not _clock_is_monotonic():
        return Sleep()
    names = (None,) if library is None else (str(library), None)
    for name in names:
        try:
            loaded = ctypes.CDLL(name)
            return NativeSleep(loaded) if name is None else NativeSpin(loaded, spin_ns, calls_at_once)
        except (OSError, AttributeError):
            continue
    return Sleep()


def _clock_is_monotonic() -> bool:
    """Whether time.perf_counter_ns reads the clock that the kernel is asked to sleep by."""
    clock = time.get_clock_info("perf_counter").implementation
    return sys.platform == "linux" and clock == "clock_gettime(CLOCK_MONOTONIC)"


class NativeSpin:
    """The compiled helper: the kernel sleeps until `spin_ns` before the moment, C spins the rest.

    It counts the threads that were prepared and do not wait; where they need every core, it sleeps instead.
    """

    kind = "native_spin"

    def __init__(self, library: ctypes.CDLL, spin_ns: int, calls_at_once: int | None) -> None:
        self._prepare = library.inferometer_prepare_thread
        self._wait = library.inferometer_wait_until
        self._wait.argtypes, self._wait.restype = (ctypes.c_int64, ctypes.c_int64, ctypes.c_int), None
        self._spin_ns = spin_ns
        self._cores = len(os.sched_getaffinity(0)) if calls_at_once is None else max(1, calls_at_once)

    def prepare_thread(self) -> None:
        self._prepare()

    def wait_until(self, deadline_ns: int) -> None:
        self._wait(deadline_ns, self._spin_ns, self._cores)


class _Timespec(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class NativeSleep:
    """The C library's clock_nanosleep through ctypes: no compiler, no spin."""

    kind = "native_sleep"

    def __init__(self, libc: ctypes.CDLL) -> None:
        self._sleep: Any = libc.clock_nanosleep
        self._sleep.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.POINTER(_Timespec), ctypes.c_void_p)
        self._control: Any = libc.prctl
        self._control.argtypes = (ctypes.c_int, *(ctypes.c_ulong,) * 4)

    def prepare_thread(self) -> None:
        self._control(_PR_SET_TIMERSLACK, 1, 0, 0, 0)

    def wait_until(self, deadline_ns: int) -> None:
        wake = _Timespec(*divmod(deadline_ns, _SECOND_NS))
        while time.perf_counter_ns() < deadline_ns:
            self._sleep(_CLOCK_MONOTONIC, _TIMER_ABSTIME, wake, None)


class Sleep:
    """time.sleep, where there is nothing better; it may be a millisecond late, and that is shown."""

    kind = "sleep"

    def prepare_thread(self) -> None:
        """Nothing to prepare."""

    def wait_until(self, deadline_ns: int) -> None:
        while (left_ns := deadline_ns - time.perf_counter_ns()) > 0:
            time.sleep(left_ns / _SECOND_NS)

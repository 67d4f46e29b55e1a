"""How the window and a run get along while the run uses every core.

    python -m tests.benchmarks.event_loop [--seconds S]

The real window on the display where there is one, else offscreen; the real run of the ONNX sample. Prints
how late a 5 ms timer of the window comes (aim: at most 50 ms at P99), and what the live refresh costs the
run: it is toggled each second within one child, and P50 while on is compared with P50 while off.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
import tempfile
import time

import numpy as np
import psutil
from PySide6.QtCore import QObject, Qt, QTimer

from gui import app
from gui.desk import Desk
from gui.main_window import MainWindow
from gui.page_maker import LIVE
from gui.services import Services
from gui.settings import Settings
from profiler import folders, messages, sample_file
from profiler.commands.demo import sample_paths
from profiler.plan import Preset, RunPlan, stopping_for
from profiler.result import RunResult, Status
from profiler.runner import Ended
from profiler.sample_file import Contents, Samples
from profiler.store import Store
from tests.benchmarks import alternation
from tests.benchmarks.interval import Ratio, paired_ratio

TICK_MS = 5
TOGGLE_MS = 1_000
IDLE_MS = 5_000


class KeepingStore(Store):
    """Keeps the blocks of the run with their clock, which the history does not hold."""

    kept: Contents | None = None

    def save(self, result: RunResult, samples: Samples | None) -> None:
        self.kept = sample_file.read_all(folders.running_folder() / result.id / "samples.bin")
        super().save(result, samples)


class Ticker(QObject):
    """A precise 5 ms timer on the window's event loop; `late_ns` is how late each tick came."""

    def __init__(self) -> None:
        super().__init__()
        self.late_ns: list[int] = []
        self._last = time.monotonic_ns()
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start()

    def taken(self) -> list[int]:
        """What came until now; what follows is counted anew."""
        late, self.late_ns = self.late_ns, []
        return late

    def _on_tick(self) -> None:
        now = time.monotonic_ns()
        self.late_ns.append(max(0, now - self._last - TICK_MS * 1_000_000))
        self._last = now


class Toggler(QObject):
    """Stops and restarts the window's live refresh; `toggles` is when, by the clock of the run."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        (self._refresh,) = desk.bridge.findChildren(QTimer)
        self.toggles: list[tuple[int, bool]] = []
        self._states = iter(alternation.orders(10_000))
        self._timer = QTimer(self, interval=TOGGLE_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        self._on_timeout()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self.toggles.append((time.monotonic_ns(), False))

    def _on_timeout(self) -> None:
        on = next(self._states)
        if on != self._refresh.isActive():
            (self._refresh.start if on else self._refresh.stop)()
        self.toggles.append((time.monotonic_ns(), on))


class Bench(QObject):
    """One measurement: the window idle for a while, then a run with the refresh toggled, then the figures."""

    def __init__(self, window: MainWindow, store: KeepingStore, plan: RunPlan) -> None:
        super().__init__()
        self._window, self._store, self._plan = window, store, plan
        self._ticker, self._toggler = Ticker(), Toggler(window.desk)
        self.is_good = False
        window.desk.happened.connect(self._on_event)
        window.desk.ended.connect(self._on_ended)
        window.first_painted.connect(lambda: QTimer.singleShot(IDLE_MS, self._ticker.taken))
        window.first_painted.connect(lambda: QTimer.singleShot(2 * IDLE_MS, self._start))

    def _start(self) -> None:
        print_late("window idle", self._ticker.taken())
        self._window.desk.start([self._plan])

    def _on_event(self, event: object) -> None:
        if isinstance(event, messages.Measuring):
            print_late("getting ready and practice", self._ticker.taken())
            assert self._window.current == LIVE
            assert self._window.desk.bridge.is_watched
            self._toggler.start()

    def _on_ended(self, ended: Ended) -> None:
        self._toggler.stop()
        late = self._ticker.taken()
        if ended.result.status is Status.FINISHED and self._store.kept is not None:
            p99_ms = print_late("measuring", late)
            cost = print_cost(self._toggler.toggles, self._store.kept)
            resident = psutil.Process().memory_info().rss / 1e6
            print(f"window: {resident:.0f} MB resident behind the run")
            self.is_good = p99_ms <= 50 and cost.value <= 1.01
        else:
            print(f"the run did not finish: {ended.result.error}", file=sys.stderr)
        self._window.close()


def print_late(phase: str, late_ns: list[int]) -> float:
    """Prints how late the ticks of a phase came; hands back P99 in ms."""
    p50, p99, worst = np.quantile(np.array(late_ns) / 1e6, [0.5, 0.99, 1.0])
    print(f"event loop, {phase}: late by {p50:.2f} ms at P50, {p99:.2f} ms at P99, {worst:.1f} ms at most"
          f"   ({len(late_ns)} ticks of {TICK_MS} ms)")  # fmt: skip
    return float(p99)


def print_cost(toggles: list[tuple[int, bool]], contents: Contents) -> Ratio:
    """Prints what the live refresh costs the run: P50 with it over P50 without."""
    on, off = alternation.pairs(alternation.periods(toggles), contents)
    ratio = paired_ratio(on, off)
    print(f"run: P50 {np.median(on) / 1e3:.2f} us with live refresh, {np.median(off) / 1e3:.2f} us without")
    print(f"ratio {ratio}")
    return ratio


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to measure; default: 60")
    seconds = parser.parse_args().seconds
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    plan = RunPlan(str(sample_paths()[0]), "onnxruntime", stopping=stopping_for(Preset.STANDARD, seconds))
    with tempfile.TemporaryDirectory() as home:
        os.environ["INFEROMETER_HOME"] = os.environ["XDG_CONFIG_HOME"] = home
        application = app.prepared()
        store = KeepingStore(folders.history_folder())
        services = dataclasses.replace(Services(), open_store=lambda: store)
        window = app.opened(application, services, Settings())
        bench = Bench(window, store, plan)
        window.show()
        application.exec()
    return 0 if bench.is_good else 1


if __name__ == "__main__":
    sys.exit(main())

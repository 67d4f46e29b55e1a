"""The page of what goes on: whose turn, phase, progress, typical wait so far, waits in order, the queue."""

from __future__ import annotations

import enum
import math
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui import sentences, titles
from gui.background import REFRESH_MS
from gui.buttons import PrimaryButton
from gui.live_points import Book, LivePoints
from gui.panel import ElidedLabel, Panel, QuietLabel, plain_label
from gui.phase_strip import PhaseStrip
from gui.queue_view import QueueView
from gui.run_queue import OVER as OVER_STATES
from gui.run_queue import QueuedRun, RunQueue
from profiler import messages, units, wording
from profiler.error_text import visible

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from gui.plots.run_order import RunOrderStrip

    Samples = npt.NDArray[np.int64]


class Phase(enum.IntEnum):
    """Where a child is, by its place in the strip."""

    READY = 0
    PRACTICE = 1
    MEASURING = 2
    CHECKING = 3
    OVER = 4


READY, PRACTICE, MEASURING, CHECKING, OVER = Phase
DELAYED, BETWEEN, EXAMINING = "delayed", "between", "examining"
COLD_CALLS = 2
CALLS_BETWEEN_DRAWINGS = 400
MOST_TICKS = 20
_PARTS = 1000


def ticks_between_drawings(middle_ns: float | None) -> int:
    """How many ticks a drawing of the chart must wait, where a call takes `middle_ns`.

    A drawing takes some 10 ms of a core, and a run that uses every core has a slower call for it. With 400
    calls between two drawings that stays well below the one in a hundred that P99 speaks of; after 5 s
    the chart is drawn all the same.
    """
    if middle_ns is None:
        return 1
    return min(MOST_TICKS, max(1, math.ceil(CALLS_BETWEEN_DRAWINGS * middle_ns / (REFRESH_MS * 1e6))))


class LivePage(QWidget):
    """Signals: `stop_requested`; `drawing_changed` with whether waits are to be drawn; `results_requested`
    where results wait for whoever has read why another run could not begin.
    """

    stop_requested = Signal()
    results_requested = Signal()
    drawing_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: QueuedRun | None = None
        self._group: tuple[QueuedRun, ...] = ()
        self._books: dict[QueuedRun, Book] = {}
        self._left: dict[QueuedRun, _Counts] = {}
        self._step = "start"
        self._examining = messages.Examining("load")
        self._place = (0, 0)
        self._process = (0, 0)
        self._point: tuple[int, int | None] = (0, 1)
        self._measured_from, self._practised, self._counted = 0, 0, 0
        self._middle_ns: float | None = None
        self._ticks = 0
        self._chart: RunOrderStrip | None = None
        self.title = ElidedLabel(self)
        self.context, self.position = QuietLabel(self), QuietLabel(self)
        self.stop, self.onward = QPushButton(self), PrimaryButton(self)
        self.onward.hide()
        self.phases, self.bar = PhaseStrip(self), QProgressBar(self)
        self.doing = QuietLabel(self)
        self.readings = [_Reading(self) for _ in range(3)]
        self.chart_panel = Panel(self)
        self.chart_title = plain_label(self.chart_panel, bold=True)
        self.pause = QCheckBox(self.chart_panel)
        self.points = LivePoints(self)
        self.queue = QueueView(self)
        self._arrange()
        self._connect()
        self.retranslate()

    def _arrange(self) -> None:
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * 1.4)
        font.setBold(True)
        self.title.setFont(font)
        self.bar.setRange(0, _PARTS)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addLayout(self._figures())
        left.addWidget(self.points, 1)
        left.addWidget(self._chart_area(), 1)
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addLayout(left, 1)
        self.queue.setFixedWidth(max(220, self.fontMetrics().averageCharWidth() * 34))
        columns.addWidget(self.queue)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(12)
        box.addLayout(self._head())
        box.addWidget(self.phases)
        box.addWidget(self.bar)
        box.addWidget(self.doing)
        box.addLayout(columns, 1)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self.title, 1)
        for widget in (self.context, self.position, self.stop, self.onward):
            head.addWidget(widget)
        return head

    def _figures(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        for reading in self.readings:
            row.addWidget(reading, 1)
        return row

    def _chart_area(self) -> Panel:
        head = QHBoxLayout()
        head.addWidget(self.chart_title, 1)
        head.addWidget(self.pause)
        self._chart_box = QVBoxLayout(self.chart_panel)
        self._chart_box.setContentsMargins(14, 10, 14, 10)
        self._chart_box.addLayout(head)
        self._chart_box.addStretch(1)
        return self.chart_panel

    def _connect(self) -> None:
        self.stop.clicked.connect(self.stop_requested)
        self.onward.clicked.connect(self.results_requested)
        self.pause.toggled.connect(lambda _: self.drawing_changed.emit(self.is_drawing))
        self.stop.setEnabled(False)

    def begin(self, run: QueuedRun) -> None:
        """A run of the queue begins, or a comparison, of which this is the first."""
        self._books, self._left = {}, {}
        self.onward.hide()
        self.stop.show()
        self.stop.setEnabled(True)
        self._show_run(run)

    def turn_to(self, run: QueuedRun) -> None:
        """The next process is one of this run."""
        if run is not self._run:
            self._show_run(run)

    def _show_run(self, run: QueuedRun) -> None:
        if self._run is not None:
            counts = _Counts(self._measured_from, self._practised, self._counted, self._middle_ns)
            self._left[self._run] = counts if self._counted else self._left.get(self._run, counts)
        self._run, self._step = run, "start"
        self._process, self._point = (0, 0), (0, 1)
        self.points.show_book(self._books.setdefault(run, Book(run.plan)))
        self._show_chart(not self.points.points)
        self._begin_child()
        self.retranslate()

    def offer_results(self) -> None:
        """All is over, something could not begin and says why here; the rest can be looked at."""
        self.stop.hide()
        self.onward.show()

    def _begin_child(self) -> None:
        """One more process practises and measures from the start."""
        self._measured_from = self._practised = self._counted = 0
        self._middle_ns = None
        self.bar.setValue(0)
        self.phases.set_current(READY)
        if self._chart is not None:
            self._chart.set_samples(_nothing(), 0, 0)

    def delay(self) -> None:
        """The run waits for work of our own, which would be measured with it."""
        self._step = DELAYED
        self._say_numbers()

    def follow(self, queue: RunQueue) -> None:
        """The queue has changed."""
        self._place = queue.position, len(queue)
        self._group = queue.of_group(self._run.group) if self._run is not None else ()
        self.queue.follow(queue)
        self._say_place()

    def take(self, event: Any, run: QueuedRun | None = None) -> None:
        """An event of a run: a report of a child, a point, or the end.

        Without `run`, of the one that is shown. Of a comparison another may have its turn already, when the
        last word of one arrives.
        """
        from profiler.runner import Ended, PointBegun, PointDone, Refused

        if run is not None and run is not self._run:
            if isinstance(event, PointDone) and run in self._books:
                self._books[run].done(event)
            return
        match event:
            case PointBegun():
                self._process = event.replicate + 1, event.replicates
                self._point = event.index + 1, event.total
                self._begin_child()
                self.points.begin(event)
                # A curve of points says more than the waits of one of them, and both want room.
                self._show_chart(event.total == 1)
                self._say_place()
            case PointDone():
                self.points.done(event)
            case messages.Loading():
                self._step = event.step
            case messages.FirstInference():
                self._step = "warmup"
                self.phases.set_current(PRACTICE)
            case messages.Measuring():
                self._step, self._measured_from = "steady", event.first_index
                self._practised = max(0, event.first_index - COLD_CALLS)
                self._middle_ns = None
                self.phases.set_current(MEASURING)
            case messages.Checking():
                self._step = BETWEEN
            case Ended() | Refused():
                self._end()
        self._say_numbers()

    def _end(self) -> None:
        self._step = ""
        self.phases.set_current(OVER)
        self.stop.setEnabled(any(run.state not in OVER_STATES for run in self._group))

    def tick(self, latest: messages.Report | None, samples: Samples | None) -> None:
        """At most four times a second: the newest report, and the waits so far if they are drawn."""
        match latest, self.phases.current:
            # The last report of a child may come when the next one has begun; then it tells nothing.
            case messages.Warming(), Phase.PRACTICE:
                self._practised, self._middle_ns = latest.count, latest.window_p50_ns
            case messages.Progress(), Phase.MEASURING:
                self._counted = latest.count
                self.bar.setValue(round(_PARTS * min(1.0, latest.share)))
                # Of requests that come at random the child tells no wait before the end.
                self._middle_ns = latest.block_p50_ns or None
            case messages.Examining(), _:
                self._examine(latest)
        if samples is not None and self.is_drawing and self._is_due():
            self._draw(samples)
        self._say_numbers()

    def _examine(self, latest: messages.Examining) -> None:
        """A child of its own looks at the answers, after the timed ones."""
        if self._step != EXAMINING and not self._counted and self._run in self._left:
            # All have measured by then: what this one did is there again, beside its own waits.
            self._measured_from, self._practised, self._counted, self._middle_ns = self._left[self._run]
        self._step, self._examining = EXAMINING, latest
        self.phases.set_current(CHECKING)
        self.bar.setValue(round(_PARTS * min(1.0, latest.done / latest.total)) if latest.total else 0)

    def _show_chart(self, is_shown: bool) -> None:
        self.chart_panel.setVisible(is_shown)
        self.drawing_changed.emit(self.is_drawing)

    @property
    def is_drawing(self) -> bool:
        """Whether the waits of this child are drawn."""
        return not (self.pause.isChecked() or self.chart_panel.isHidden())

    def _is_due(self) -> bool:
        """Whether the chart may be drawn now; the numbers may always."""
        self._ticks += 1
        if self._ticks < ticks_between_drawings(self._middle_ns if self._step == "steady" else None):
            return False
        self._ticks = 0
        return True

    def _draw(self, samples: Samples) -> None:
        import numpy as np

        from gui.background import LIVE_SAMPLES

        is_steady = self.phases.current >= MEASURING
        ahead = self._measured_from if is_steady else len(samples)
        if len(samples) == LIVE_SAMPLES and is_steady:
            # Only the last ones are here; what was counted since bounds how many of them are practice.
            ahead = max(0, LIVE_SAMPLES - self._counted)
        cold = min(COLD_CALLS, len(samples), ahead) if len(samples) < LIVE_SAMPLES else 0
        self.chart.set_samples(samples, cold, ahead - cold)
        counted = samples[ahead:]
        if len(counted):
            self._middle_ns = float(np.quantile(counted, 0.5, method="inverted_cdf"))

    @property
    def chart(self) -> RunOrderStrip:
        """Made with the first waits, because plots take long to import."""
        if self._chart is None:
            from gui.plots.run_order import RunOrderStrip

            self._chart = RunOrderStrip(self.chart_panel)
            self._chart_box.addWidget(self._chart, 1)
            self._chart_box.setStretch(1, 0)
        return self._chart

    def retranslate(self) -> None:
        run = self._run
        self.title.set_whole(self.tr("Nothing is being measured") if run is None else visible(run.name))
        self.context.setText("" if run is None else self._context(run))
        self.stop.setText(self.tr("&Stop"))
        self.stop.setToolTip("Esc")
        self.stop.setAccessibleDescription(self.tr("Esc. What was measured until now is kept."))
        self.onward.setText(self.tr("Show the &results"))
        words = (
            self.tr("Getting ready"),
            self.tr("Practice"),
            self.tr("Measuring"),
            self.tr("Checking answers"),
        )
        self.phases.set_words(words)
        self.bar.setAccessibleName(self.tr("Progress of measuring"))
        self.chart_title.setText(self.tr("Every wait, in order"))
        self.pause.setText(self.tr("&Pause drawing"))
        self._say_place()
        self._say_numbers()

    def _context(self, run: QueuedRun) -> str:
        plan = run.plan
        batch = ", ".join(map(str, plan.sweep.batch or (plan.batch,)))
        words = self.tr("{runtime}, {device}, batch {batch}")
        runtime, device = titles.of_runtime(plan.runtime), titles.of_device(plan.device)
        return words.format(runtime=runtime, device=device, batch=batch)

    def _say_place(self) -> None:
        position, count = self._place
        words = self.tr("run {position} of {count}")
        if self._run in self._group:
            position, count = self._group.index(self._run) + 1, len(self._group)
            words = self.tr("model {position} of {count}")
        parts = [words.format(position=position, count=count)] if count > 1 else []
        point, points = self._point
        if points is None:
            parts.append(self.tr("point {number}").format(number=point))
        elif points > 1:
            parts.append(self.tr("point {number} of {count}").format(number=point, count=points))
        process, processes = self._process
        if processes > 1:
            words = self.tr("process {number} of {count}")
            if self._group:
                words = self.tr("round {number} of {count}")
            parts.append(words.format(number=process, count=processes))
        self.position.setText(" · ".join(parts))

    def _say_numbers(self) -> None:
        self.doing.setText(self._doing())
        wait, counted, practised = self.readings
        measuring = self.phases.current >= MEASURING
        word = self.tr("Typical wait so far") if measuring else self.tr("Typical wait in practice")
        wait.show_figure(word, units.duration(self._middle_ns))
        counted.show_figure(self.tr("Counted answers"), f"{self._counted:,}")
        practised.show_figure(self.tr("Practice runs (not counted)"), f"{self._practised:,}")

    def _doing(self) -> str:
        if self._run is None:
            return self.tr("Choose files on the page “Run” and press Start.")
        if not self._step:
            return self.tr("This run is over.")
        if self._step == DELAYED:
            return self.tr(
                "Waiting until this program has no other work, so that only the model is measured…"
            )
        if self._step == BETWEEN:
            return self.tr("This process has measured; what comes next is made ready…")
        if self._step == EXAMINING:
            return self._checking()
        words = wording.say("phases", self._step, sentences.language())
        return f"{words[:1].upper()}{words[1:]}…"

    def _checking(self) -> str:
        """What of the answers is looked at, how far, and how many were right so far."""
        told = self._examining
        words = wording.say("phases", f"examining_{told.step}", sentences.language())
        text = f"{words[:1].upper()}{words[1:]}…"
        if told.total:
            of = self.tr("{done} of {total}").format(done=f"{told.done:,}", total=f"{told.total:,}")
            text += f"  {of}"
        if told.step == "dataset" and told.right is not None and told.done:
            right = self.tr("right so far: {right} ({share} %)")
            text += "  " + right.format(right=f"{told.right:,}", share=f"{100 * told.right / told.done:.1f}")
        return text

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


class _Counts(NamedTuple):
    """What a process had counted when another run got its turn; the wait in ns."""

    measured_from: int
    practised: int
    counted: int
    middle_ns: float | None


class _Reading(Panel):
    """A word and a large number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.word: QLabel = QuietLabel(self)
        self.number = plain_label(self, scale=1.6, bold=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 9, 14, 9)
        box.setSpacing(2)
        box.addWidget(self.word)
        box.addWidget(self.number, 0, Qt.AlignmentFlag.AlignLeft)

    def show_figure(self, word: str, number: str) -> None:
        self.word.setText(word)
        self.number.setText(number)
        self.setAccessibleName(f"{word}: {number}")


def _nothing() -> Samples:
    import numpy as np

    return np.empty(0, dtype=np.int64)

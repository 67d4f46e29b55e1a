"""The queue as a short list: a sign, the file, a word."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from gui import sentences, titles
from gui.drop_zone import Picture
from gui.panel import ElidedLabel, Panel, QuietLabel, plain_label, wrapped_label
from gui.run_queue import QueuedRun, RunQueue, State
from profiler.error_text import visible

_SIGNS = {
    State.WAITING: "waiting",
    State.RUNNING: "running",
    State.DONE: "done",
    State.STOPPED: "stop",
    State.FAILED: "failed",
    State.REFUSED: "failed",
    State.DROPPED: "waiting",
}


class QueueRow(QWidget):
    """One run of the queue; where it failed, the sentence why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run: QueuedRun | None = None
        self._is_one_of_several = False
        self.sign = Picture("waiting", 16, self)
        self.name, self.state = ElidedLabel(self), QuietLabel(self, scale=0.92)
        self.sentence = wrapped_label(self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.sign, 0, 0)
        grid.addWidget(self.name, 0, 1)
        grid.addWidget(self.state, 1, 1)
        grid.addWidget(self.sentence, 2, 1)

    def show_run(self, run: QueuedRun, is_one_of_several: bool = False) -> None:
        """Several runs of one file are told apart by their runtime."""
        self.run, self._is_one_of_several = run, is_one_of_several
        self.retranslate()

    def retranslate(self) -> None:
        if self.run is None:
            return
        run = self.run
        is_at_rest = run.state is State.RUNNING and run.group and not run.has_turn
        self.sign.set_name("waiting" if is_at_rest else _SIGNS[run.state])
        self.name.set_whole(visible(run.name))
        runtime = [titles.of_runtime(run.plan.runtime)] if self._is_one_of_several else []
        self.state.setText("  ·  ".join([*runtime, *self._words(run)]))
        self.sentence.setVisible(run.error is not None)
        self.sentence.setText("" if run.error is None else sentences.of_error(run.error, run.name))

    def _words(self, run: QueuedRun) -> list[str]:
        """Of a comparison that goes on: whose turn it is, and how many rounds each has behind it."""
        if run.state is not State.RUNNING or not run.group:
            return [self._word(run.state)]
        if run.wanted and run.measured >= run.wanted:
            looked_at = self.tr("measured; its answers are looked at")
            return [looked_at if run.has_turn else self.tr("measured; its answers are looked at last")]
        words = [self._word(run.state) if run.has_turn else self.tr("waits for its turn")]
        if run.wanted > 1:
            words.append(self.tr("{done} of {count} measured").format(done=run.measured, count=run.wanted))
        return words

    def _word(self, state: State) -> str:
        return {
            State.WAITING: self.tr("waits"),
            State.RUNNING: self.tr("now"),
            State.DONE: self.tr("done"),
            State.STOPPED: self.tr("stopped early"),
            State.FAILED: self.tr("failed"),
            State.REFUSED: self.tr("could not begin"),
            State.DROPPED: self.tr("not started"),
        }[state]


class QueueView(Panel):
    """Follows a RunQueue when it is told to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[QueueRow] = []
        self.title, self.note = plain_label(self, bold=True), QuietLabel(self, scale=0.92)
        self.note.setWordWrap(True)
        self.note.hide()
        self._is_compared = False
        inside = QWidget(self)
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        area.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 10, 10, 10)
        box.addWidget(self.title)
        box.addWidget(self.note)
        box.addWidget(area, 1)
        self.retranslate()

    def follow(self, queue: RunQueue) -> None:
        """Show the queue as it is now; rows are used again."""
        while len(self.rows) < len(queue):
            row = QueueRow(self)
            self._list.insertWidget(self._list.count() - 1, row)
            self.rows.append(row)
        for row in self.rows[len(queue) :]:
            row.hide()
        count = Counter(run.plan.model_path for run in queue)
        for row, run in zip(self.rows, queue, strict=False):
            row.show_run(run, count[run.plan.model_path] > 1)
            row.show()
        self._is_compared = any(run.group for run in queue)
        self.note.setVisible(self._is_compared)
        self._say_title()

    def _say_title(self) -> None:
        self.title.setText(self.tr("Compared in turns") if self._is_compared else self.tr("Queue"))
        self.note.setText(
            self.tr(
                "Each measures in fresh processes, one after the other, so that what the machine does falls "
                "on all alike."
            )
        )

    def retranslate(self) -> None:
        self._say_title()
        for row in self.rows:
            row.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

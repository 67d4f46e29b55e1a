"""The first page: drop a model, choose how thorough, try the demo, or open one of the last runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui import titles
from gui.drop_zone import DropZone
from gui.panel import ElidedLabel, Panel, QuietLabel, plain_label, wrapped_label
from profiler import units
from profiler.error_text import visible
from profiler.plan import Preset

MOST_RECENT = 5
PRESETS = (Preset.QUICK, Preset.STANDARD, Preset.RIGOROUS)


class Recent(Protocol):
    """What a row of the history must say: profiler.history_index.Row."""

    @property
    def id(self) -> str: ...
    @property
    def created(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def p50_ns(self) -> float | None: ...


class StartPage(QWidget):
    """Signals: `files_given` with paths; `choose_requested`; `demo_requested`; `run_opened` with an id.

    Attribute: `preset` how thorough the user wants to measure.
    """

    files_given = Signal(list)
    choose_requested = Signal()
    demo_requested = Signal()
    run_opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = plain_label(self, scale=1.9, bold=True)
        self.subtitle = QuietLabel(self)
        self.zone = DropZone(self)
        self.question = plain_label(self, scale=1.15, bold=True)
        self.tasks = Panel(self)
        self.choices = [QRadioButton(self.tasks) for _ in PRESETS]
        self.explanations = [QuietLabel(self.tasks) for _ in PRESETS]
        self.recent_title = plain_label(self, scale=1.15, bold=True)
        self.recent = RecentRuns(self)
        self.demo = QPushButton(self)
        self.demo_words = wrapped_label(self)
        self._arrange()
        self._connect()
        self.retranslate()
        self.setFocusProxy(self.zone.choose)

    def _arrange(self) -> None:
        inside = QWidget(self)
        box = QVBoxLayout(inside)
        box.setContentsMargins(28, 20, 28, 20)
        box.setSpacing(8)
        self.subtitle.setWordWrap(True)
        for widget in (self.title, self.subtitle):
            box.addWidget(widget)
        box.addSpacing(8)
        box.addWidget(self.zone)
        box.addSpacing(12)
        columns = QHBoxLayout()
        columns.setSpacing(20)
        # The names of files that were measured want more room than three short explanations.
        columns.addLayout(self._left_column(), 4)
        columns.addLayout(self._right_column(), 5)
        box.addLayout(columns)
        box.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        # On a wide screen lines that never end are hard to read.
        inside.setMaximumWidth(self.fontMetrics().averageCharWidth() * 170)
        area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def _left_column(self) -> QVBoxLayout:
        grid = QVBoxLayout(self.tasks)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setSpacing(2)
        self._group = QButtonGroup(self)
        for position, (choice, words) in enumerate(zip(self.choices, self.explanations, strict=True)):
            self._group.addButton(choice, position)
            words.setWordWrap(True)
            words.setContentsMargins(24, 0, 0, 6)
            grid.addWidget(choice)
            grid.addWidget(words)
        self.choices[1].setChecked(True)
        return _column(self.question, self.tasks)

    def _right_column(self) -> QVBoxLayout:
        column = _column(self.recent_title, self.recent)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.demo_words, 1)
        row.addWidget(self.demo)
        column.insertLayout(2, row)
        return column

    def _connect(self) -> None:
        self.zone.dropped.connect(self.files_given)
        self.zone.choose.clicked.connect(self.choose_requested)
        self.demo.clicked.connect(self.demo_requested)
        self.recent.opened.connect(self.run_opened)

    @property
    def preset(self) -> Preset:
        return PRESETS[self._group.checkedId()]

    def show_recent(self, rows: Sequence[Recent]) -> None:
        """The newest runs first; nothing for an empty history but a sentence."""
        self.recent.show_rows(rows[:MOST_RECENT])

    def retranslate(self) -> None:
        self.title.setText(self.tr("How fast is your model here?"))
        self.subtitle.setText(
            self.tr(
                "Give it one exported model, and read how long an answer takes on this machine, and why. "
                "Give it several exports, and read which one to ship."
            )
        )
        self.zone.set_words(
            self.tr("Drop one model file here, or several to compare"),
            self.tr(
                "ONNX, PyTorch (.pt, .pth, .ts, .pt2), OpenVINO (.xml), TensorFlow Lite and TensorRT. "
                "Files are recognised by their content."
            ),
            self.tr("&Choose files…"),
        )
        self.question.setText(self.tr("How sure do you want to be?"))
        for choice, words, (name, text) in zip(self.choices, self.explanations, self._tasks(), strict=True):
            choice.setText(name)
            choice.setAccessibleDescription(text)
            words.setText(text)
        self.recent_title.setText(self.tr("Last runs"))
        self.demo.setText(self.tr("Try the &demo"))
        self.demo_words.setText(
            self.tr(
                "No model at hand? The demo measures five exports of a small digit classifier, checks their "
                "answers, and names the one to ship, in under a minute."
            )
        )
        self.recent.retranslate()

    def _tasks(self) -> tuple[tuple[str, str], ...]:
        return (
            (
                self.tr("A &quick look"),
                self.tr("How long one answer takes, roughly. 3 to 10 s."),
            ),
            (
                self.tr("A &solid answer"),
                self.tr("Until the typical wait is known to 1 %. 10 s to 1 min."),
            ),
            (
                self.tr("&Rigorous"),
                self.tr("To 0.5 %, slowest answers included, for numbers to pass on. 1 to 10 min."),
            ),
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _column(title: QWidget, content: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(8)
    column.addWidget(title)
    column.addWidget(content)
    column.addStretch(1)
    return column


class RecentRuns(Panel):
    """A few runs, each a line with a button. Signals: `opened` with an id."""

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[Recent] = ()
        self.empty = QuietLabel(self)
        self.names = [ElidedLabel(self) for _ in range(MOST_RECENT)]
        self.devices, self.waits, self.times = (
            [QuietLabel(self) for _ in range(MOST_RECENT)] for _ in range(3)
        )
        self.buttons = [QPushButton(self) for _ in range(MOST_RECENT)]
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 12, 12, 12)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        columns = (self.names, self.devices, self.waits, self.times, self.buttons)
        self._lines: list[tuple[QWidget, ...]] = list(zip(*columns, strict=True))
        grid.addWidget(self.empty, MOST_RECENT, 0, 1, len(columns))
        for row, widgets in enumerate(self._lines):
            for column, widget in enumerate(widgets):
                grid.addWidget(widget, row, column)
        for label in self.waits:
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for row, button in enumerate(self.buttons):
            button.clicked.connect(lambda _checked=False, at=row: self.opened.emit(self._rows[at].id))
        self.show_rows(())

    def show_rows(self, rows: Sequence[Recent]) -> None:
        self._rows = rows
        self.empty.setVisible(not rows)
        # Where all ran on the processor, names need the room more.
        is_elsewhere = any(row.device != "cpu" for row in rows)
        for position, widgets in enumerate(self._lines):
            for widget in widgets:
                is_told = widget not in self.devices or is_elsewhere
                widget.setVisible(position < len(rows) and is_told)
        self.retranslate()

    def retranslate(self) -> None:
        self.empty.setText(self.tr("Nothing measured yet."))
        for at, row in enumerate(self._rows):
            self.names[at].set_whole(visible(row.model))
            self.devices[at].setText(titles.of_device(row.device))
            self.waits[at].setText(units.duration(row.p50_ns))
            self.times[at].setText(titles.of_time(row.created))
            button = self.buttons[at]
            button.setText(self.tr("Open"))
            button.setAccessibleName(self.tr("Open the run of {file}").format(file=visible(row.model)))

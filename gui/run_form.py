"""How to measure: where, how much at once, how long, and the rest under a fold."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gui import tooltips
from gui.checks_box import ChecksBox
from gui.choices import EVERY, Choices
from gui.input_rows import InputRows
from gui.loads import Task
from gui.pace import Pace
from gui.panel import QuietLabel, plain_label
from gui.python_field import PythonField
from gui.shape_rows import ShapeRows
from gui.task_box import TaskBox
from gui.task_notes import Around
from profiler import cores
from profiler.plan import COMPARED_PROCESSES, PROCESSES, Preset

_MOST_BATCH, _MOST_THREADS, _LARGEST_SEED, _MOST_REPLICATES = 65_536, 1_024, 2**31 - 1, 100
AS_IS = "as_is"
PRESETS = (Preset.QUICK, Preset.STANDARD, Preset.RIGOROUS, Preset.POWER)


class RunForm(QWidget):
    """Signals: `changed`; `inputs_requested` when a file with inputs is to be chosen; `runtime_chosen`."""

    changed = Signal()
    runtime_chosen = Signal(str)
    inputs_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.device, self.runtime, self.preset = QComboBox(self), QComboBox(self), QComboBox(self)
        self.precision, self.traces = QComboBox(self), QCheckBox(self)
        self.turns = QCheckBox(self)
        self.batch, self.threads = QSpinBox(self), QSpinBox(self)
        self.tasks = TaskBox(self)
        self.rows = ShapeRows(self)
        self.feeds = InputRows(self)
        self.exactly, self.duration = QCheckBox(self), QDoubleSpinBox(self)
        self.search_note = QuietLabel(self)
        self.checks = ChecksBox(self)
        self.fold = QPushButton(self)
        self.more = QWidget(self)
        self.replicates, self.seed, self.practice, self.load_timeout = (QSpinBox(self.more) for _ in range(4))
        self.inputs, self.choose_inputs = QLineEdit(self.more), QPushButton(self.more)
        self.python = PythonField(self.more)
        self._labels: dict[QWidget, QLabel] = {}
        self._input_files: list[str] = []
        self._files = self._runs = 0
        self._asked_runtime = ""
        self._prepare()
        self._arrange()
        self._connect()
        self.set_devices(("cpu",))
        self.set_runtimes(())
        self.set_precisions(())
        self.retranslate()
        self._follow()

    def _prepare(self) -> None:
        self.batch.setRange(1, _MOST_BATCH)
        self.threads.setRange(0, _MOST_THREADS)
        self.replicates.setRange(0, _MOST_REPLICATES)
        self.seed.setRange(0, _LARGEST_SEED)
        self.practice.setRange(-1, 1_000_000)
        self.practice.setValue(-1)
        self.load_timeout.setRange(0, 86_400)
        self.load_timeout.setValue(600)
        self.duration.setRange(0.1, 86_400)
        self.duration.setDecimals(1)
        self.duration.setValue(10)
        self.duration.setEnabled(False)
        self.inputs.setReadOnly(True)
        self.search_note.setWordWrap(True)
        for box in (self.device, self.runtime, self.precision, self.preset):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(12)
        self.turns.setChecked(True)
        self.fold.setCheckable(True)
        self.more.hide()
        for preset in PRESETS:
            self.preset.addItem("", preset)
        self.preset.setCurrentIndex(1)

    def _arrange(self) -> None:
        exact, given = (
            _side_by_side(self.exactly, self.duration),
            _side_by_side(self.inputs, self.choose_inputs),
        )
        self.upper = self._form((self.device, self.runtime, self.precision, self.batch))
        lower = self.how_long = self._form((self.threads, self.preset))
        lower.addRow(exact)
        lower.addRow(self.turns)
        lower.addRow(self.traces)
        lower.addRow(self.search_note)
        hidden = self._form((self.replicates, self.seed, self.practice, self.load_timeout), self.more)
        hidden.insertRow(0, self.feeds)
        self._labels[self.inputs] = plain_label(self.more)
        self._labels[self.inputs].setBuddy(self.choose_inputs)
        hidden.addRow(self._labels[self.inputs], given)
        self._labels[self.python] = plain_label(self.more)
        self._labels[self.python].setBuddy(self.python)
        hidden.addRow(self._labels[self.python], self.python)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addWidget(self.tasks)
        box.addLayout(self.upper)
        box.addWidget(self.rows)
        box.addLayout(lower)
        box.addWidget(self.checks)
        box.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(self.more)
        box.addStretch(1)

    def _form(self, fields: Sequence[QWidget], owner: QWidget | None = None) -> QFormLayout:
        form = QFormLayout(owner) if owner is not None else QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(10)
        for field in fields:
            label = self._labels[field] = plain_label(owner or self)
            label.setBuddy(field)
            form.addRow(label, field)
        return form

    def _connect(self) -> None:
        self.runtime.currentIndexChanged.connect(self._on_runtime)
        for box in (self.device, self.runtime, self.precision, self.preset):
            box.currentIndexChanged.connect(self._tell)
        for tick in (self.traces, self.turns):
            tick.toggled.connect(self._tell)
        numbers = (self.batch, self.threads, self.duration)
        for spin in (*numbers, self.replicates, self.seed, self.practice, self.load_timeout):
            spin.valueChanged.connect(self._tell)
        self.exactly.toggled.connect(self._tell)
        self.rows.changed.connect(self.changed)
        self.feeds.changed.connect(self.changed)
        self.checks.changed.connect(self.changed)
        self.tasks.changed.connect(self._tell)
        self.fold.toggled.connect(self.more.setVisible)
        self.fold.toggled.connect(self._say_fold)
        self.choose_inputs.clicked.connect(self.inputs_requested)

    def _tell(self) -> None:
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        """Everything that follows from another field: what applies, what is known around the question."""
        is_search = self.tasks.load.is_search
        is_exact = self.exactly.isChecked() and not is_search
        is_batch_asked = self.tasks.task in (Task.MOST_PER_SECOND, Task.LARGEST_BATCH)
        self.upper.setRowVisible(self.batch, not is_batch_asked)
        self.upper.setRowVisible(self.precision, self.precision.count() > 1)
        self.how_long.setRowVisible(self.turns, self._runs > 1)
        self.exactly.setEnabled(not is_search)
        self.duration.setEnabled(is_exact)
        self.preset.setEnabled(not is_exact)
        self.replicates.setEnabled(not is_search)
        self.search_note.setVisible(is_search)
        self.tasks.set_pace(self.pace)
        self.tasks.set_around(self._around())
        self._say_replicates()

    def _around(self) -> Around:
        names = [str(self.device.itemData(at)) for at in range(self.device.count())]
        kind = str(self.device.currentData()).partition(":")[0]
        cards = sum(name.startswith(f"{kind}:") for name in names) if kind == "cuda" else 0
        usable, is_every = len(cores.usable()) or os.cpu_count() or 1, self.runtime.currentData() == EVERY
        return Around(usable, cards, self._files, self.batch.value(), is_every)

    def set_runnable(self, files: int, runs: int) -> None:
        """How many files can be measured as the page stands, in how many runs."""
        self._files, self._runs = files, runs
        self._follow()

    @property
    def in_turns(self) -> bool:
        """Several runs are measured as one comparison."""
        return self._runs > 1 and self.turns.isChecked()

    @property
    def pace(self) -> Pace:
        """How thorough."""
        duration = self.duration.value() if self.exactly.isChecked() else None
        return Pace(Preset(self.preset.currentData()), duration, self.replicates.value(), self.in_turns)

    def set_preset(self, preset: Preset) -> None:
        self.preset.setCurrentIndex(PRESETS.index(preset))

    def set_devices(self, names: Sequence[str]) -> None:
        """Devices by the runtime's names; the chosen one stays chosen while it is offered."""
        self._refill(self.device, names)

    def set_runtimes(self, titles: Sequence[tuple[str, str]], has_several: bool = False) -> None:
        """Runtimes that may be chosen, as name and title; before them, the first that fits the file.

        `has_several`: a file opens on more than one of them, so that all may be asked for.
        """
        first = ["", EVERY] if has_several else [""]
        self._refill(self.runtime, [*first, *(name for name, _ in titles)], dict(titles))

    def set_runtime(self, name: str) -> None:
        """Choose this one as soon and as long as it is offered."""
        self.runtime.setCurrentIndex(max(0, self.runtime.findData(name)))
        self._asked_runtime = name

    def _on_runtime(self) -> None:
        self._asked_runtime = str(self.runtime.currentData())
        self.runtime_chosen.emit(self._asked_runtime)

    def set_precisions(self, names: Sequence[str]) -> None:
        """Precisions that may be asked for; before them, the one that the file has."""
        self._refill(self.precision, [AS_IS, *names])

    def _refill(self, box: QComboBox, names: Sequence[str], titles: dict[str, str] | None = None) -> None:
        chosen = self._asked_runtime if box is self.runtime else box.currentData()
        with QSignalBlocker(box):
            box.clear()
            for name in names:
                box.addItem((titles or {}).get(name, name), name)
            box.setCurrentIndex(max(0, box.findData(chosen)))
        self._say_items()

    def set_input_files(self, paths: Sequence[str]) -> None:
        self._input_files = list(paths)
        self._say_inputs()
        self.changed.emit()

    @property
    def choices(self) -> Choices:
        """What is chosen now."""
        practice = self.practice.value()
        return Choices(
            runtime=self.runtime.currentData(),
            device=self.device.currentData(),
            precision=self.precision.currentData(),
            traces=self.traces.isChecked(),
            batch=self.batch.value(),
            dimensions=self.rows.dimensions,
            shapes=self.rows.shapes,
            input_files=tuple(self._input_files),
            input_kinds=self.feeds.kinds,
            input_sources=self.feeds.sources,
            threads=self.threads.value(),
            seed=self.seed.value(),
            preset=Preset(self.preset.currentData()),
            duration_s=self.pace.duration_s,
            replicates=self.replicates.value(),
            warmup="auto" if practice < 0 else practice,
            load_timeout_s=float(self.load_timeout.value()),
            load=self.tasks.load,
        )

    def retranslate(self) -> None:
        for field, text in self._words().items():
            self._labels[field].setText(text)
            field.setAccessibleName(text.replace("&", ""))
        self.duration.setAccessibleName(self.tr("Seconds of measuring"))
        self.threads.setSpecialValueText(self.tr("all that may be used"))
        self.practice.setSpecialValueText(self.tr("until the waits are steady"))
        self.load_timeout.setSpecialValueText(self.tr("never"))
        self.load_timeout.setSuffix(self.tr(" s"))
        self.duration.setSuffix(self.tr(" s"))
        self.exactly.setText(self.tr("E&xactly this long instead:"))
        self.traces.setText(self.tr("Also time e&very operator, in a slower pass"))
        self.turns.setText(self.tr("Measure in turns (fair comparison)"))
        self.turns.setToolTip(
            tooltips.plain(
                self.tr(
                    "The files take turns, each in a fresh process, round after round: when the machine "
                    "gets warmer or busier, that falls on all of them alike."
                )
            )
        )
        self.traces.setToolTip(
            tooltips.plain(self.tr("A pass of its own after the measuring: where the time goes inside."))
        )
        self.choose_inputs.setText(self.tr("C&hoose…"))
        self.choose_inputs.setAccessibleName(self.tr("Choose a file with inputs"))
        self.search_note.setText(
            self.tr("A search decides by itself how long each try takes, in a process of its own.")
        )
        self._line_up()
        self._say_fold()
        self._say_replicates()
        self._say_items()
        self._say_inputs()

    def _line_up(self) -> None:
        """The fields of all forms begin at one line."""
        own = max(label.sizeHint().width() for label in self._labels.values())
        width = max(own, self.tasks.label_width, self.checks.label_width)
        for label in self._labels.values():
            label.setMinimumWidth(width)
        self.rows.set_label_width(width)
        self.feeds.set_label_width(width)
        self.checks.set_label_width(width)
        self.tasks.set_label_width(width)

    def _words(self) -> dict[QWidget, str]:
        return {
            self.device: self.tr("&Where"),
            self.runtime: self.tr("R&untime"),
            self.precision: self.tr("Precision"),
            self.batch: self.tr("Per &batch"),
            self.threads: self.tr("&Threads"),
            self.preset: self.tr("How &long"),
            self.replicates: self.tr("&Fresh processes"),
            self.seed: self.tr("S&eed of made-up inputs"),
            self.practice: self.tr("&Practice runs (warm-up)"),
            self.load_timeout: self.tr("&Give up loading after"),
            self.inputs: self.tr("&Inputs"),
            self.python: self.tr("Pytho&n of the runtime"),
        }

    def _say_fold(self) -> None:
        sign = "▾" if self.fold.isChecked() else "▸"
        self.fold.setText(f"{sign}  " + self.tr("&More"))

    def _say_replicates(self) -> None:
        counts = COMPARED_PROCESSES if self.in_turns else PROCESSES
        count = counts[Preset(self.preset.currentData())]
        self.replicates.setSpecialValueText(self.tr("%n for each point", "", count))

    def _say_inputs(self) -> None:
        names = ", ".join(path.replace("\\", "/").rpartition("/")[2] for path in self._input_files)
        self.inputs.setText(names or self.tr("made up from the seed"))
        self.inputs.setCursorPosition(0)

    def _say_items(self) -> None:
        """Words of what can be chosen; names of runtimes stay as they are."""
        self.runtime.setItemText(0, self.tr("The one that fits the file"))
        if self.runtime.itemData(1) == EVERY:
            self.runtime.setItemText(1, self.tr("Every one that opens the file"))
        self.precision.setItemText(0, self.tr("As in the file"))
        for position in range(1, self.precision.count()):
            self.precision.setItemText(position, str(self.precision.itemData(position)).upper())
        for position in range(self.device.count()):
            self.device.setItemText(position, self._device_words(self.device.itemData(position)))
        texts = (
            self.tr("A quick look (3 to 10 s)"),
            self.tr("A solid answer (10 s to 1 min)"),
            self.tr("Rigorous (1 to 10 min)"),
            self.tr("For power and heat (1 to 5 min)"),
        )
        for position, text in enumerate(texts):
            self.preset.setItemText(position, text)

    def _device_words(self, name: str) -> str:
        kind, _, number = name.partition(":")
        if kind == "cpu":
            return self.tr("Processor (CPU)")
        if kind == "cuda":
            return self.tr("Graphics card {number} (CUDA)").format(number=number or "0")
        return name

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _side_by_side(first: QWidget, second: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(first, 1)
    row.addWidget(second)
    return row

"""What is to be found out, in plain words, with the few numbers that each question needs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gui import loads
from gui.loads import LIMITED, LISTED, Load, Task
from gui.panel import QuietLabel, plain_label, wrapped_label

_TASKS = tuple(Task)
_MOST_MS, _MOST_RATE = 1e6, 1e6
_BATCHES = (1, 4, 16, 64)


class TaskBox(QWidget):
    """Signals: `changed`. Attributes: `combo` the questions; `trouble` what is missing, in words."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._usable_cpus = 1
        self._is_touched = False
        self.combo = QComboBox(self)
        self.about = wrapped_label(self)
        self.values = QLineEdit(self)
        self.highest = QCheckBox(self)
        self.rate, self.limit = QDoubleSpinBox(self), QDoubleSpinBox(self)
        self.samples, self.processes = QSpinBox(self), QSpinBox(self)
        self.trouble = QuietLabel(self)
        self._fields: dict[QWidget, tuple[Task, ...]] = {
            self.values: LISTED,
            self.highest: (Task.AT_RANDOM,),
            self.rate: (Task.AT_RANDOM,),
            self.limit: LIMITED,
            self.samples: (Task.QUERY,),
            self.processes: (Task.PROCESSES,),
        }
        self._labels: dict[QWidget, QLabel] = {}
        self._prepare()
        self._arrange()
        self._connect()
        self.retranslate()

    def _prepare(self) -> None:
        for task in _TASKS:
            self.combo.addItem("", task)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(12)
        self.rate.setRange(0.01, _MOST_RATE)
        self.rate.setValue(100)
        self.limit.setRange(0, _MOST_MS)
        self.limit.setDecimals(3)
        self.samples.setRange(1, 65_536)
        self.samples.setValue(8)
        self.processes.setRange(2, 1_024)

    def _arrange(self) -> None:
        self.form = QFormLayout()
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setHorizontalSpacing(14)
        self.form.setVerticalSpacing(8)
        for field in (self.combo, *self._fields):
            label = self._labels[field] = plain_label(self)
            label.setBuddy(field)
            self.form.addRow(label, field)
            if field is self.combo:
                self.form.addRow(plain_label(self), self.about)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(self.form)
        box.addWidget(self.trouble)

    def _connect(self) -> None:
        self.combo.currentIndexChanged.connect(self._choose)
        self.values.textEdited.connect(self._touch)
        for spin in (self.rate, self.limit, self.samples, self.processes):
            spin.valueChanged.connect(self._tell)
        self.highest.toggled.connect(lambda on: self.rate.setEnabled(not on))
        self.highest.toggled.connect(self._tell)
        self._choose()

    def _touch(self) -> None:
        self._is_touched = True
        self._tell()

    def set_usable_cpus(self, count: int) -> None:
        """What this machine offers decides the first suggestion of a list."""
        self._usable_cpus = max(1, count)
        self.processes.setValue(max(2, self._usable_cpus))
        self._suggest()

    def _suggest(self) -> None:
        if self._is_touched:
            return
        rising = self.task is Task.RISING_LOAD
        values = loads.rising_to(self._usable_cpus) if rising else _BATCHES
        self.values.setText(", ".join(map(str, values)))

    @property
    def task(self) -> Task:
        return Task(self.combo.currentData())

    @property
    def load(self) -> Load:
        """What is asked for now."""
        limit = self.limit.value()
        return Load(
            task=self.task,
            values=loads.numbers(self.values.text()) or (),
            rate_per_s=None if self.highest.isChecked() else self.rate.value(),
            limit_ms=limit if limit > 0 else None,
            samples_per_query=self.samples.value(),
            processes=self.processes.value(),
        )

    def _choose(self) -> None:
        self._is_touched = False
        self._suggest()
        for field, tasks in self._fields.items():
            self.form.setRowVisible(field, self.task in tasks)
        self._say()
        self._tell()

    def _tell(self) -> None:
        self._say_trouble()
        self.changed.emit()

    def _say_trouble(self) -> None:
        words = {
            "values": self.tr("List whole numbers of at least 1, such as 1, 2, 4."),
            "limit": self.tr("The highest rate needs a limit to keep: say how long 99 of 100 may take."),
        }
        self.trouble.setText(words.get(self.load.trouble, ""))
        self.trouble.setVisible(bool(self.trouble.text()))

    def retranslate(self) -> None:
        for at, words in enumerate(self._questions().values()):
            self.combo.setItemText(at, words)
        for field, text in self._words().items():
            self._labels[field].setText(text)
            field.setAccessibleName(text.replace("&", ""))
        self.highest.setText(self.tr("find the highest that keeps the limit"))
        self.limit.setSuffix(self.tr(" ms"))
        self.limit.setSpecialValueText(self.tr("no limit"))
        self._say()
        self._say_trouble()

    def set_label_width(self, width: int) -> None:
        for label in self._labels.values():
            label.setMinimumWidth(width)

    @property
    def label_width(self) -> int:
        return max(label.sizeHint().width() for label in self._labels.values())

    def _questions(self) -> dict[Task, str]:
        return {
            Task.ONE_ANSWER: self.tr("How long does one answer take?"),
            Task.RISING_LOAD: self.tr("How does it behave under rising load?"),
            Task.MOST_PER_SECOND: self.tr("How many answers per second at most?"),
            Task.AT_RANDOM: self.tr("What if requests come at random?"),
            Task.QUERY: self.tr("How long do several samples at once take?"),
            Task.PROCESSES: self.tr("How much do several processes do?"),
            Task.TOGETHER: self.tr("How do several models live together?"),
        }

    def _words(self) -> dict[QWidget, str]:
        is_batch = self.task is Task.MOST_PER_SECOND
        return {
            self.combo: self.tr("&Question"),
            self.values: self.tr("Batch si&zes") if is_batch else self.tr("Requests at &once"),
            self.highest: self.tr("&Rate"),
            self.rate: self.tr("Requests a secon&d"),
            self.limit: self.tr("99 of 100 withi&n"),
            self.samples: self.tr("Samples per quer&y"),
            self.processes: self.tr("Pro&cesses (world size)"),
        }

    def _say(self) -> None:
        self.about.setText(
            {
                Task.ONE_ANSWER: self.tr("One request after another. The answer: the typical wait (P50)."),
                Task.RISING_LOAD: self.tr(
                    "Ever more requests at once. The answer: wait and throughput at each, and the knee."
                ),
                Task.MOST_PER_SECOND: self.tr(
                    "All samples are there at once, in batches. The answer: samples per second."
                ),
                Task.AT_RANDOM: self.tr(
                    "Arrivals as from many users. The answer: how long 99 of 100 wait at a rate, or the rate."
                ),
                Task.QUERY: self.tr("One query holds several samples. The answer: the wait for the last."),
                Task.PROCESSES: self.tr("Each on cores of its own. The answer: what all do together."),
                Task.TOGETHER: self.tr(
                    "All files in memory at once. The answer: each alone, beside idle and beside busy ones."
                ),
            }[self.task]
        )
        values = self._words()[self.values]
        self._labels[self.values].setText(values)
        self.values.setAccessibleName(values.replace("&", ""))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

"""What is to be found out, in plain words, with the few numbers that each question needs."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWidget

from gui import loads, task_words, time_words
from gui.loads import LIMITED, LISTED, Load, Task
from gui.noted import Noted
from gui.pace import Pace
from gui.panel import QuietLabel, plain_label, wrapped_label
from gui.task_fields import TaskFields
from gui.task_notes import Around, notes_of
from gui.task_picker import TaskPicker

_BATCHES = (1, 4, 16, 64)


class TaskBox(QWidget):
    """Signals: `changed`. Attributes: `picker` the questions; `fields` what each needs, `rows` with notes."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around, self._pace = Around(), Pace()
        self._is_touched = False
        self.title = plain_label(self)
        self.picker = TaskPicker(self)
        self.about, self.time = wrapped_label(self), QuietLabel(self)
        self.time.setWordWrap(True)
        self.picker_note = Noted(self.picker, self)
        self.fields = TaskFields(self)
        self.title.setBuddy(self.picker)
        self.rows = {name: Noted(field, self) for name, field in self.fields.by_name.items()}
        self._labels: dict[str, QLabel] = {}
        self._arrange()
        self._connect()
        self.retranslate()

    def _arrange(self) -> None:
        self.form = QFormLayout()
        self.form.setContentsMargins(0, 6, 0, 0)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setHorizontalSpacing(14)
        self.form.setVerticalSpacing(10)
        for name, row in self.rows.items():
            label = self._labels[name] = plain_label(self)
            label.setBuddy(row.field)
            self.form.addRow(label, row)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        for widget in (self.title, self.picker_note, self.about, self.time):
            box.addWidget(widget)
        box.addLayout(self.form)

    def _connect(self) -> None:
        self.picker.currentIndexChanged.connect(self._choose)
        self.fields.values.textEdited.connect(self._touch)
        self.fields.changed.connect(self._tell)
        self._choose()

    def _touch(self) -> None:
        self._is_touched = True

    def set_around(self, around: Around) -> None:
        """What the machine and the rest of the page offer: first suggestions, and what notes speak of."""
        if around == self._around:
            return
        before, self._around = self._around, around
        if around.at_once != before.at_once:
            self.fields.suggest_processes(around.at_once)
        self._suggest()
        self._say()

    def set_pace(self, pace: Pace) -> None:
        """How thorough; decides the time that each question takes."""
        if pace != self._pace:
            self._pace = pace
            self._say()

    def _suggest(self) -> None:
        if self._is_touched:
            return
        rising = self.task is Task.RISING_LOAD
        values = loads.rising_to(self._around.usable_cpus) if rising else _BATCHES
        self.fields.values.setText(", ".join(map(str, values)))

    @property
    def task(self) -> Task:
        return self.picker.task

    @property
    def load(self) -> Load:
        """What is asked for now."""
        return self.fields.load(self.task)

    @property
    def trouble(self) -> str:
        """A code of what keeps the question from being asked, or empty."""
        if self.task is Task.TOGETHER and (self._around.files < 2 or self._around.is_every_runtime):
            return "together"
        return next(iter(self.load.troubles.values()), "")

    def _choose(self) -> None:
        self._is_touched = False
        self._suggest()
        self.retranslate()
        self.changed.emit()

    def _tell(self) -> None:
        self._say()
        self.changed.emit()

    def _show_rows(self) -> None:
        shown: dict[str, tuple[Task, ...]] = {
            "values": LISTED,
            "highest": (Task.AT_RANDOM,),
            "rates": (Task.AT_RANDOM,),
            "limit": LIMITED,
            "samples": (Task.QUERY,),
            "processes": (Task.PROCESSES,),
        }
        for name, row in self.rows.items():
            is_found = name == "rates" and self.load.is_search
            self.form.setRowVisible(row, self.task in shown[name] and not is_found)

    def retranslate(self) -> None:
        self.title.setText(self.tr("&Question"))
        self.picker.setAccessibleName(self.tr("Question"))
        for name, text in self._words().items():
            self._labels[name].setText(text)
            self.fields.by_name[name].setAccessibleName(text.replace("&", ""))
        self.fields.retranslate()
        self._say()

    def set_label_width(self, width: int) -> None:
        for label in self._labels.values():
            label.setMinimumWidth(width)

    @property
    def label_width(self) -> int:
        return max(label.sizeHint().width() for label in self._labels.values())

    def _words(self) -> dict[str, str]:
        is_batch = self.task is Task.MOST_PER_SECOND
        return {
            "values": self.tr("Batch si&zes") if is_batch else self.tr("Requests at &once"),
            "highest": self.tr("&Rate"),
            "rates": self.tr("Requests a secon&d"),
            "samples": self.tr("Samples per quer&y"),
            "processes": self.tr("Pro&cesses (world size)"),
            "limit": self.tr("Limit to &keep"),
        }

    def _say(self) -> None:
        """Everything that follows from what is chosen: which rows, how long, and what is wrong."""
        load = self.load
        self._show_rows()
        for task in Task:
            self.picker.set_words(task, task_words.question(task), self._line(task))
        answer = task_words.answer(self.task, load.is_search)
        self.about.setText(
            self.tr("{way} The answer: {answer}.").format(way=task_words.way(self.task), answer=answer)
        )
        self.time.setText(self._time(load))
        notes = notes_of(load, self._around)
        for name, row in self.rows.items():
            row.say(notes.get(name, ""))
        self.picker_note.say(notes.get("task", ""))

    def _line(self, task: Task) -> str:
        load = self.fields.load(task)
        if task is not self.task and task in LISTED:
            values = loads.rising_to(self._around.usable_cpus) if task is Task.RISING_LOAD else _BATCHES
            load = replace(load, values=values)
        answer = task_words.answer(task, load.is_search)
        return f"{answer}  ·  {time_words.between(*self._pace.seconds(load))}"

    def _time(self, load: Load) -> str:
        span = time_words.between(*self._pace.seconds(load))
        count = self._pace.processes(load)
        if load.is_search:
            text = self.tr("About {time} for each file, in about %n fresh process(es).", "", count)
        else:
            text = self.tr("{time} for each file, in %n fresh process(es).", "", count)
        return text.format(time=span)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

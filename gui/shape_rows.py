"""Rows for what a model leaves open: sizes for each named dimension, a text for each unsaid shape."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QWidget

from gui import loads
from gui.choices import Shape
from gui.noted import Noted
from gui.panel import plain_label
from profiler import shapes
from profiler.error_text import visible

_LARGEST, _LONGEST = 1_000_000, 200
Key = tuple[Path, str]


def parsed(text: str) -> Shape | None:
    """`1x3x224` or `1, 3, 224` as a shape; None where it is none."""
    parts = text.replace("×", ",").replace("x", ",").replace("，", ",").split(",")
    sizes = [part.strip() for part in parts]
    if not all(size.isascii() and size.isdecimal() and 1 <= int(size) <= _LARGEST for size in sizes):
        return None
    return tuple(int(size) for size in sizes)


def sizes(text: str) -> tuple[int, ...] | None:
    """`128` or `128, 256, 512` as sizes to go through; None where they are none."""
    found = loads.numbers(text)
    return found if found and max(found) <= _LARGEST else None


class ShapeRows(QWidget):
    """Signals: `changed`. A row that the user changed keeps its value when files come and go.

    Attributes: `fields` one for each dimension, `edits` one for each unsaid shape.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, QLineEdit] = {}
        self._notes: dict[str, Noted] = {}
        self.edits: dict[Key, QLineEdit] = {}
        self._labels: dict[QWidget, QLabel] = {}
        self._touched: dict[str, str] = {}
        self._guessed: set[str] = set()
        self._label_width = 0
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(14)
        self._form.setVerticalSpacing(10)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)

    def show_rows(
        self,
        dimensions: Mapping[str, int],
        shapes_open: Mapping[Key, Shape | None],
        guessed: Collection[str] = (),
    ) -> None:
        """Rows for exactly these, each with its default; that of a `guessed` dimension is none to rely on."""
        for name in [name for name in self.fields if name not in dimensions]:
            del self.fields[name]
            self._drop(self._notes.pop(name))
        for key in [key for key in self.edits if key not in shapes_open]:
            self._drop(self.edits.pop(key))
        self._guessed = set(guessed)
        for name, size in dimensions.items():
            if name not in self.fields:
                self._add_dimension(name, size)
            elif name not in self._touched:
                with QSignalBlocker(self.fields[name]):
                    self.fields[name].setText(str(size))
        for key, suggestion in shapes_open.items():
            if key not in self.edits:
                self._add_shape(key, suggestion)
        self.setVisible(bool(self.fields or self.edits))
        self.retranslate()

    def recall(self, texts: Mapping[str, str]) -> None:
        """Fill in what was given before, where nobody gave anything since."""
        for name, text in texts.items():
            if name in self.fields and name not in self._touched and sizes(text) is not None:
                self._touched[name] = text
                with QSignalBlocker(self.fields[name]):
                    self.fields[name].setText(text)
        self._say()

    def set_label_width(self, width: int) -> None:
        """At least this wide, so that fields line up with those of the form around."""
        self._label_width = width
        for label in self._labels.values():
            label.setMinimumWidth(width)

    @property
    def label_width(self) -> int:
        """What the widest word before a field asks for."""
        return max((label.sizeHint().width() for label in self._labels.values()), default=0)

    def _drop(self, field: QWidget) -> None:
        del self._labels[field]
        self._form.removeRow(field)

    def _add_row(self, field: QWidget, buddy: QWidget) -> None:
        label = plain_label(self)
        label.setMinimumWidth(self._label_width)
        label.setBuddy(buddy)
        self._labels[field] = label
        self._form.addRow(label, field)

    def _add_dimension(self, name: str, size: int) -> None:
        edit = QLineEdit(self._touched.get(name, str(size)), self)
        edit.setMaxLength(_LONGEST)
        edit.textChanged.connect(lambda text, of=name: self._on_sizes(of, text))
        self.fields[name], self._notes[name] = edit, Noted(edit, self)
        self._add_row(self._notes[name], edit)

    def _on_sizes(self, name: str, text: str) -> None:
        self._touched[name] = text
        self._say()
        self.changed.emit()

    def _add_shape(self, key: Key, suggestion: Shape | None) -> None:
        edit = QLineEdit(self)
        with QSignalBlocker(edit):
            edit.setText("" if suggestion is None else shapes.written(suggestion))
        edit.textChanged.connect(self.changed)
        self.edits[key] = edit
        self._add_row(edit, edit)

    @property
    def given(self) -> dict[str, str]:
        """What the user wrote, by dimension."""
        return {name: text for name, text in self._touched.items() if name in self.fields}

    @property
    def dimensions(self) -> dict[str, tuple[int, ...]]:
        """What the user changed, as far as it can be read; the rest is left to the defaults."""
        found = {name: sizes(text) for name, text in self.given.items()}
        return {name: each for name, each in found.items() if each is not None}

    @property
    def is_complete(self) -> bool:
        """Whether every size that was written is one."""
        return len(self.dimensions) == len(self.given)

    @property
    def trouble(self) -> str:
        """The first size that cannot be read, and what is wrong with it; empty where there is none."""
        wrong = (name for name in self.given if name not in self.dimensions)
        named = (f"{self.fields[name].accessibleName()}: {self._notes[name].note.text()}" for name in wrong)
        return next(named, "")

    @property
    def shapes(self) -> dict[Key, Shape]:
        """Every shape that can be read."""
        texts = {key: parsed(edit.text()) for key, edit in self.edits.items()}
        return {key: shape for key, shape in texts.items() if shape is not None}

    def _say(self) -> None:
        """Under each size what is wrong with it, or that nobody gave it."""
        for name, noted in self._notes.items():
            if name in self.given and name not in self.dimensions:
                noted.say(self.tr("Whole numbers of at least 1, with commas between."))
            elif name in self._guessed and name not in self.given:
                noted.say(self.tr("A guess: give the size that you will run."))
            else:
                noted.say("")

    def retranslate(self) -> None:
        for name, noted in self._notes.items():
            text = self.tr("Size of “{name}”").format(name=visible(name))
            self._labels[noted].setText(text.replace("&", "&&"))
            noted.field.setAccessibleName(text)
            noted.field.setToolTip(self.tr("Several are gone through one after another: 128, 256, 512"))
        for (path, name), edit in self.edits.items():
            text = self.tr("Shape of “{name}”").format(name=visible(name))
            self._labels[edit].setText(text.replace("&", "&&"))
            edit.setAccessibleName(text)
            edit.setAccessibleDescription(visible(path.name))
            edit.setPlaceholderText(self.tr("for example 1×3×224×224"))
        self._say()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

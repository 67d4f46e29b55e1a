"""Rows for what a model leaves open: a number for each named dimension, a text for each unsaid shape."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QSpinBox, QWidget

from gui.choices import Shape
from gui.panel import plain_label
from profiler import shapes
from profiler.error_text import visible

_LARGEST = 1_000_000
Key = tuple[Path, str]


def parsed(text: str) -> Shape | None:
    """`1x3x224` or `1, 3, 224` as a shape; None where it is none."""
    parts = text.replace("×", ",").replace("x", ",").replace("，", ",").split(",")
    sizes = [part.strip() for part in parts]
    if not all(size.isascii() and size.isdecimal() and 1 <= int(size) <= _LARGEST for size in sizes):
        return None
    return tuple(int(size) for size in sizes)


class ShapeRows(QWidget):
    """Signals: `changed`. A row that the user changed keeps its value when files come and go."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spins: dict[str, QSpinBox] = {}
        self.edits: dict[Key, QLineEdit] = {}
        self._labels: dict[QWidget, QLabel] = {}
        self._touched: dict[str, int] = {}
        self._label_width = 0
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(14)
        self._form.setVerticalSpacing(10)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)

    def show_rows(self, dimensions: Mapping[str, int], shapes_open: Mapping[Key, Shape | None]) -> None:
        """Rows for exactly these, each with its default."""
        for name in [name for name in self.spins if name not in dimensions]:
            self._drop(self.spins.pop(name))
        for key in [key for key in self.edits if key not in shapes_open]:
            self._drop(self.edits.pop(key))
        for name, size in dimensions.items():
            if name not in self.spins:
                self._add_dimension(name, size)
        for key, suggestion in shapes_open.items():
            if key not in self.edits:
                self._add_shape(key, suggestion)
        self.setVisible(bool(self.spins or self.edits))
        self.retranslate()

    def set_label_width(self, width: int) -> None:
        """At least this wide, so that fields line up with those of the form around."""
        self._label_width = width
        for label in self._labels.values():
            label.setMinimumWidth(width)

    def _drop(self, field: QWidget) -> None:
        del self._labels[field]
        self._form.removeRow(field)

    def _add_row(self, field: QWidget) -> None:
        label = plain_label(self)
        label.setMinimumWidth(self._label_width)
        label.setBuddy(field)
        self._labels[field] = label
        self._form.addRow(label, field)

    def _add_dimension(self, name: str, size: int) -> None:
        spin = QSpinBox(self)
        spin.setRange(1, _LARGEST)
        spin.setValue(self._touched.get(name, size))
        spin.valueChanged.connect(lambda value, of=name: self._on_value(of, value))
        self.spins[name] = spin
        self._add_row(spin)

    def _on_value(self, name: str, value: int) -> None:
        self._touched[name] = value
        self.changed.emit()

    def _add_shape(self, key: Key, suggestion: Shape | None) -> None:
        edit = QLineEdit(self)
        with QSignalBlocker(edit):
            edit.setText("" if suggestion is None else shapes.written(suggestion))
        edit.textChanged.connect(self.changed)
        self.edits[key] = edit
        self._add_row(edit)

    @property
    def dimensions(self) -> dict[str, int]:
        """What the user changed; the rest is left to the defaults."""
        return {name: size for name, size in self._touched.items() if name in self.spins}

    @property
    def shapes(self) -> dict[Key, Shape]:
        """Every shape that can be read."""
        texts = {key: parsed(edit.text()) for key, edit in self.edits.items()}
        return {key: shape for key, shape in texts.items() if shape is not None}

    @property
    def unreadable(self) -> list[Path]:
        """The files with a shape that is missing or is none."""
        return [path for (path, name), edit in self.edits.items() if parsed(edit.text()) is None]

    def retranslate(self) -> None:
        for name, spin in self.spins.items():
            text = self.tr("Size of “{name}”").format(name=visible(name))
            self._labels[spin].setText(text.replace("&", "&&"))
            spin.setAccessibleName(text)
        for (path, name), edit in self.edits.items():
            text = self.tr("Shape of “{name}”").format(name=visible(name))
            self._labels[edit].setText(text.replace("&", "&&"))
            edit.setAccessibleName(text)
            edit.setAccessibleDescription(visible(path.name))
            edit.setPlaceholderText(self.tr("for example 1×3×224×224"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

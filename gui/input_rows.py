"""A row for each input of the files: what it is fed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from gui.input_row import InputRow
from gui.panel import plain_label
from profiler.error_text import visible


class InputRows(QWidget):
    """Signals: `changed`; `source_requested` with the input's name, and whether a folder is to be chosen.

    Attributes: `rows` by the name of the input. An input of two files that is called alike has one row.
    """

    changed = Signal()
    source_requested = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, InputRow] = {}
        self._labels: dict[str, QLabel] = {}
        self._width = 0
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(14)
        self._form.setVerticalSpacing(10)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.hide()

    def show_rows(self, inputs: Mapping[str, Sequence[str]]) -> None:
        """Rows for exactly these inputs, each with the kinds that its type can hold."""
        for name in [name for name in self.rows if name not in inputs]:
            del self._labels[name]
            self._form.removeRow(self.rows.pop(name))
        for name, kinds in inputs.items():
            if name not in self.rows:
                self._add(name, kinds)
        self.setVisible(bool(self.rows))
        self.retranslate()

    def _add(self, name: str, kinds: Sequence[str]) -> None:
        row = self.rows[name] = InputRow(kinds, self)
        row.changed.connect(self.changed)
        row.source_requested.connect(lambda is_folder, of=name: self.source_requested.emit(of, is_folder))
        label = self._labels[name] = plain_label(self)
        label.setMinimumWidth(self._width)
        label.setBuddy(row)
        self._form.addRow(label, row)

    def set_label_width(self, width: int) -> None:
        """At least this wide, so that fields line up with those of the form around."""
        self._width = width
        for label in self._labels.values():
            label.setMinimumWidth(width)

    def recall(self, kinds: Mapping[str, str]) -> None:
        """Show the kinds that were asked for before, where nobody asked for anything since."""
        for name, kind in kinds.items():
            if name in self.rows and not (self.rows[name].asked or self.rows[name].source):
                self.rows[name].set_asked(kind)

    @property
    def kinds(self) -> dict[str, str]:
        """Kinds that were asked for, by input."""
        return {name: row.asked for name, row in self.rows.items() if row.is_complete and row.asked}

    @property
    def sources(self) -> dict[str, str]:
        """The user's own files and folders, by input."""
        return {name: row.source for name, row in self.rows.items() if row.source}

    @property
    def is_complete(self) -> bool:
        return all(row.is_complete for row in self.rows.values())

    @property
    def trouble(self) -> str:
        """The first input that is not complete, and what is wrong with it; empty where all are."""
        return next(
            (
                f"{self._labels[name].text().replace('&&', '&')}: {row.note.text()}"
                for name, row in self.rows.items()
                if not row.is_complete
            ),
            "",
        )

    def retranslate(self) -> None:
        for name, row in self.rows.items():
            text = self.tr("Input “{name}”").format(name=visible(name))
            self._labels[name].setText(text.replace("&", "&&"))
            row.set_name(text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

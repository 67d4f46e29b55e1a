"""A field with a sentence under it that appears when something is to be said about its value."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.panel import wrapped_label


class Noted(QWidget):
    """Attributes: `field` what the user fills in; `note` the label below it, hidden while it is empty."""

    def __init__(self, field: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field, self.note = field, wrapped_label(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(3)
        box.addWidget(field)
        box.addWidget(self.note)
        self.note.hide()

    def say(self, text: str) -> None:
        """The note in words, also for a screen reader that stands in the field."""
        self.note.setText(text)
        self.note.setVisible(bool(text))
        self.field.setAccessibleDescription(text)

"""Sentences that may grow long, each on one line of its own; what does not fit is read on hover."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.panel import ElidedLabel


class BriefNotes(QWidget):
    """Hidden while there is nothing to say; a screen reader hears all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[ElidedLabel] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(2)
        self.hide()

    def say(self, notes: Sequence[str]) -> None:
        """Show these; the words that matter stand at the beginning of each."""
        while len(self._labels) < len(notes):
            label = ElidedLabel(self, Qt.TextElideMode.ElideRight)
            self._labels.append(label)
            self._box.addWidget(label)
        for at, label in enumerate(self._labels):
            label.set_whole(notes[at] if at < len(notes) else "", "! ")
            label.setVisible(at < len(notes))
        self.setAccessibleName(" ".join(notes))
        self.setVisible(bool(notes))

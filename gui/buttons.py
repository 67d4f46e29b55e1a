"""The buttons that a page is remembered by: its one main action, and a quiet one that opens something."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QPushButton, QWidget

from gui import theme


class PrimaryButton(QPushButton):
    """Filled with the accent, and a little larger; one a page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tint()

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(24, 8)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        wanted = theme.primary(self.palette())
        role, group = QPalette.ColorRole.Button, QPalette.ColorGroup.Active
        if self.palette().color(group, role) != wanted.color(group, role):
            self.setPalette(wanted)

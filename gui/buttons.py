"""The one button of a page that matters most."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from gui.plots.colours import mixed

_RADIUS = 5.0


class PrimaryButton(QPushButton):
    """Filled with the highlight and a little larger; flat, so that its words keep their contrast."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        font = self.font()
        font.setBold(True)
        self.setFont(font)

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(28, 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette = self.palette()
        ground, window = palette.highlight().color(), palette.window().color()
        if not self.isEnabled():
            ground = mixed(palette.text().color(), window, 0.14)
        elif self.isDown():
            ground = mixed(QColor("black"), ground, 0.2)
        elif self.underMouse():
            ground = mixed(QColor("black"), ground, 0.08)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()), _RADIUS, _RADIUS)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.highlightedText().color(), 1.0, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 3, -3, -3), 3, 3)
        words = palette.highlightedText() if self.isEnabled() else palette.buttonText()
        painter.setPen(words.color())
        how = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic
        painter.drawText(self.rect(), how, self.text())
        painter.end()

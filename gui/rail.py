"""The rail on the left: one button a page, an icon with its word."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QVBoxLayout, QWidget

from gui import icons
from gui.plots.colours import mixed

_ICON, _RADIUS = 20.0, 6.0


class RailButton(QAbstractButton):
    """Checked where its page is shown; filled with the accent, thinly, and marked by a bar."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._is_ringed = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        """A ring helps whoever came by key; after a click it is noise."""
        by_key = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._is_ringed = event.reason() in by_key
        super().focusInEvent(event)

    def _font(self, bold: bool) -> QFont:
        font = QFont(self.font())
        font.setBold(bold)
        return font

    def sizeHint(self) -> QSize:
        """Room for the words in bold, so that choosing a page moves nothing."""
        words = QFontMetrics(self._font(bold=True)).horizontalAdvance(self.text())
        return QSize(words + 64, max(40, self.fontMetrics().height() + 20))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        accent, text = self.palette().accent().color(), self.palette().windowText().color()
        colour = accent if self.isChecked() else mixed(text, self.palette().window().color(), 0.75)
        top = (self.height() - _ICON) / 2
        icons.draw(painter, self._icon, colour, QRectF(14, top, _ICON, _ICON))
        painter.setPen(text if self.isChecked() else colour)
        painter.setFont(self._font(bold=self.isChecked()))
        words = self.rect().adjusted(44, 0, -6, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        palette = self.palette()
        window, accent = palette.window().color(), palette.accent().color()
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isChecked() or self.underMouse():
            painter.setBrush(mixed(accent, window, 0.14 if self.isChecked() else 0.06))
            painter.drawRoundedRect(whole, _RADIUS, _RADIUS)
        if self.isChecked():
            painter.setBrush(accent)
            painter.drawRoundedRect(QRectF(2, 10, 3, self.height() - 20), 1.5, 1.5)
        if self.hasFocus() and self._is_ringed:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 1.5))
            painter.drawRoundedRect(whole, _RADIUS, _RADIUS)


class Rail(QFrame):
    """Signals: `chosen` with the position of the page that is wanted."""

    chosen = Signal(int)

    def __init__(self, icon_names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = [RailButton(name, self) for name in icon_names]
        self._group = QButtonGroup(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 10, 8, 10)
        box.setSpacing(4)
        for position, button in enumerate(self.buttons):
            self._group.addButton(button, position)
            box.addWidget(button)
        box.addStretch(1)
        self._group.idClicked.connect(self.chosen)

    def set_words(self, words: Sequence[str]) -> None:
        for position, (button, word) in enumerate(zip(self.buttons, words, strict=True)):
            button.setText(word)
            button.setAccessibleName(word)
            button.setToolTip(f"Ctrl+{position + 1}")
        self.setFixedWidth(max(150, max(button.sizeHint().width() for button in self.buttons) + 16))

    def show_chosen(self, position: int) -> None:
        self.buttons[position].setChecked(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        palette = self.palette()
        painter.setPen(mixed(palette.text().color(), palette.window().color(), 0.14))
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())
        painter.end()

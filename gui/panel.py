"""Quiet building blocks of pages: a rounded panel and labels of lesser or greater weight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from gui import tooltips
from gui.plots.colours import mixed, quiet_text

_RADIUS = 6.0


class Panel(QFrame):
    """A rounded surface in the base colour with a thin edge; `subdued` is greyer."""

    def __init__(self, parent: QWidget | None = None, subdued: bool = False) -> None:
        super().__init__(parent)
        self._subdued = subdued

    def set_subdued(self, subdued: bool) -> None:
        self._subdued = subdued
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self.palette()
        base, text = palette.base().color(), palette.text().color()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(mixed(text, base, 0.18), 1.0))
        painter.setBrush(mixed(text, base, 0.06) if self._subdued else base)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.end()


def plain_label(parent: QWidget | None = None, scale: float = 1.0, bold: bool = False) -> QLabel:
    """A label that never reads markup, because file names and messages come from strangers."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    font = QFont(label.font())
    font.setPointSizeF(font.pointSizeF() * scale)
    font.setBold(bold)
    label.setFont(font)
    return label


def wrapped_label(parent: QWidget | None = None) -> QLabel:
    """A plain label over as many lines as its width asks for."""
    label = plain_label(parent)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return label


class ElidedLabel(QLabel):
    """A plain label of one line that gives way: what does not fit is dots, and the whole is read on hover."""

    def __init__(
        self, parent: QWidget | None = None, dots: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._whole, self._dots = "", dots

    def set_whole(self, text: str, sign: str = "") -> None:
        """`sign` stands before the text and is not spoken."""
        self._whole = sign + text
        self.setAccessibleName(text)
        self.setToolTip(tooltips.plain(text))
        self.updateGeometry()
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(6 * self.fontMetrics().averageCharWidth(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, self._dots, self.width()))


class QuietLabel(QLabel):
    """A plain label in a quieter colour that follows the theme."""

    def __init__(self, parent: QWidget | None = None, scale: float = 1.0) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * scale)
        self.setFont(font)
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        wanted = quiet_text(self.palette())
        if self.palette().color(QPalette.ColorRole.WindowText) == wanted:
            return
        # Only this role is set: every other one goes on following the theme.
        tinted = QPalette()
        tinted.setColor(QPalette.ColorRole.WindowText, wanted)
        self.setPalette(tinted)

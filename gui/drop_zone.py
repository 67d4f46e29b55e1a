"""Where model files are dropped, or chosen by a button."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui import icons
from gui.buttons import PrimaryButton
from gui.panel import QuietLabel, plain_label
from gui.plots.colours import mixed

_ICON = 34


def local_files(data: QMimeData) -> list[str]:
    """The files and folders in what is dragged; nothing of the network."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]


class Picture(QWidget):
    """One icon, in the accent; it says nothing that the words beside it do not."""

    def __init__(self, name: str, size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setFixedSize(size, size)

    def set_name(self, name: str) -> None:
        self._name = name
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        icons.draw(painter, self._name, self.palette().accent().color(), QRectF(self.rect()))
        painter.end()


class DropZone(QFrame):
    """Signals: `dropped` with a list of paths. Attributes: `choose` the button of the file chooser."""

    dropped = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._is_over = False
        self.title = plain_label(self, scale=1.2, bold=True)
        self.kinds = QuietLabel(self)
        self.choose = PrimaryButton(self)
        self._arrange()

    def _arrange(self) -> None:
        for words in (self.title, self.kinds):
            words.setWordWrap(True)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self.title)
        texts.addWidget(self.kinds)
        row = QHBoxLayout()
        row.setSpacing(18)
        row.addWidget(Picture("drop", _ICON, self))
        row.addLayout(texts, 1)
        row.addWidget(self.choose)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 28, 28, 28)
        box.addLayout(row)

    def set_words(self, title: str, kinds: str, choose: str) -> None:
        self.title.setText(title)
        self.kinds.setText(kinds)
        self.choose.setText(choose)
        self.choose.setAccessibleDescription(kinds)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()
            self._set_over(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._set_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._set_over(False)
        event.acceptProposedAction()
        self.dropped.emit(local_files(event.mimeData()))

    def _set_over(self, is_over: bool) -> None:
        self._is_over = is_over
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette = self.palette()
        accent, base = palette.accent().color(), palette.base().color()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = accent if self._is_over else mixed(palette.text().color(), base, 0.4)
        painter.setPen(QPen(edge, 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(mixed(accent, base, 0.12) if self._is_over else base)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.end()

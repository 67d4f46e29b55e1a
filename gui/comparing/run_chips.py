"""The runs that are compared, each with its look: the legend of all charts, and where runs are taken away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from gui import tooltips
from gui.comparing.flow import FlowLayout
from gui.plots.colours import mixed
from gui.plots.compared_chart import Named
from gui.plots.looks import look, paint_swatch

_LONGEST, _SWATCH, _SIDE = 30, 26.0, 8


class _Name(QAbstractButton):
    """Swatch and name. Signals: `opened` by a double click or Enter."""

    opened = Signal()

    def __init__(self, run: Named, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self.setCheckable(True)
        self.setText(run.name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _shown(self) -> str:
        most = self.fontMetrics().averageCharWidth() * _LONGEST
        return self.fontMetrics().elidedText(self._run.name, Qt.TextElideMode.ElideMiddle, most)

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._shown()) + round(_SWATCH) + 3 * _SIDE
        return QSize(width, max(28, round(self.fontMetrics().height() * 1.6)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(_SWATCH) + 6 * _SIDE, self.sizeHint().height())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette = self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked() or self.underMouse():
            share = 0.14 if self.isChecked() else 0.06
            painter.setBrush(mixed(palette.accent().color(), palette.base().color(), share))
            painter.drawRoundedRect(whole, 5, 5)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.accent().color(), 1.5))
            painter.drawRoundedRect(whole, 5, 5)
        middle = self.height() / 2
        paint_swatch(painter, look(self._run.slot, palette), QRectF(_SIDE, middle - 8, _SWATCH, 16))
        painter.setPen(palette.text().color())
        words = self.rect().adjusted(round(_SWATCH) + 2 * _SIDE, 0, -_SIDE // 2, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self._shown())
        painter.end()


class Chip(QWidget):
    """Attributes: `name` the button that chooses and opens, `remove` the one that takes the run away."""

    def __init__(self, run: Named, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index = run.at
        self.name, self.remove = _Name(run, self), QToolButton(self)
        self.remove.setText("✕")
        self.remove.setAutoRaise(True)
        self.remove.setMinimumSize(24, 24)
        self.remove.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 1, 2, 1)
        row.setSpacing(0)
        row.addWidget(self.name)
        row.addWidget(self.remove)

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette = self.palette()
        base = palette.base().color()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(mixed(palette.text().color(), base, 0.2), 1.0))
        painter.setBrush(base)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()


class RunChips(QWidget):
    """Signals, each with the index of a run: `chosen` (-1 for none), `opened`, `removed`."""

    chosen = Signal(int)
    opened = Signal(int)
    removed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: list[Chip] = []
        self._flow = FlowLayout(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_runs(self, runs: Sequence[Named]) -> None:
        """Show these, in this order."""
        for chip in self.chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = [self._made(run) for run in runs]
        self.retranslate()
        self.updateGeometry()

    def _made(self, run: Named) -> Chip:
        chip = Chip(run, self)
        chip.name.clicked.connect(lambda on: self.chosen.emit(chip.index if on else -1))
        chip.name.opened.connect(lambda: self.opened.emit(chip.index))
        chip.remove.clicked.connect(lambda: self.removed.emit(chip.index))
        self._flow.addWidget(chip)
        chip.show()
        return chip

    def choose(self, index: int | None) -> None:
        for chip in self.chips:
            chip.name.setChecked(chip.index == index)

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("Runs that are compared"))
        open_words = self.tr("Double click or Enter opens this run on the results page.")
        for chip in self.chips:
            name = chip.name.text()
            chip.name.setAccessibleName(name)
            chip.name.setAccessibleDescription(open_words)
            chip.name.setToolTip(tooltips.plain(f"{name}\n{open_words}"))
            words = self.tr("Take {name} out of the comparison").format(name=name)
            chip.remove.setAccessibleName(words)
            chip.remove.setToolTip(tooltips.plain(words))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

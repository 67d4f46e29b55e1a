"""A chart: a plot without pyqtgraph's own menu, buttons and mouse, that follows the palette."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.plots.axes import Rule, TickAxis
from gui.plots.colours import Colours, colours


class Chart(QWidget):
    """Base of the charts: subclasses add items, and colour them in `recolour`.

    The mouse moves nothing: a wheel over a chart must scroll the page. Attributes: `plot` the
    PlotWidget, `bottom` and `left` its axes, `note` a line of words below it.
    """

    _started = False

    def __init__(
        self, bottom: tuple[Rule, int], left: tuple[Rule, int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.bottom = TickAxis("bottom", *bottom)
        self.left = TickAxis("left", *left)
        self.plot: Any = pg.PlotWidget(self, axisItems={"bottom": self.bottom, "left": self.left})
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.plot, 1)
        self.note = QLabel(self)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout.addWidget(self.note)
        self.setMinimumHeight(self.fontMetrics().height() * 9)

    def start(self) -> None:
        """Call when the items are there: Qt sends change events to half-built widgets too."""
        self._started = True
        self.apply_theme()
        self.retranslate()

    def describe(self, name: str, description: str) -> None:
        """What a screen reader says of the chart."""
        for widget in (self, self.plot):
            widget.setAccessibleName(name)
            widget.setAccessibleDescription(description)

    def apply_theme(self) -> None:
        """Take every colour from the palette as it is now."""
        now = colours(self.palette())
        self.plot.setBackground(now.background)
        for axis in (self.bottom, self.left):
            axis.setPen(pg.mkPen(now.grid))
            axis.setTextPen(pg.mkPen(now.quiet))
            axis.setTickFont(self.font())
        self.recolour(now)

    def recolour(self, now: Colours) -> None:
        """Colour the items that the subclass added."""

    def retranslate(self) -> None:
        """Say every text again in the language as it is now."""

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if not self._started:
            return
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.apply_theme()
        elif event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

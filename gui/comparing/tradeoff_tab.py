"""The typical wait against accuracy loss, size, memory or energy: what nothing beats in both."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from gui import sentences
from gui.comparing import quantities
from gui.comparing.scene import Scene
from gui.panel import plain_label
from gui.plots.scatter import Compromise, Other, TradeoffScatter
from gui.results.chart_tab import ChartTab
from profiler import units
from profiler.comparison.records import Comparison, Tradeoff
from profiler.reports import comparison_text
from profiler.reports.tradeoff_chart import OTHERS


class TradeoffTab(ChartTab):
    """Signals: `run_chosen` with the index of a run, -1 for none; `run_opened`."""

    run_chosen = Signal(int)
    run_opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._scene: Scene | None = None
        self.scatter = TradeoffScatter()
        super().__init__(self.scatter, parent, frozenset({0, 3}))
        self.other, self.of = QComboBox(self), plain_label(self)
        self.of.setBuddy(self.other)
        self.bar.insertWidget(0, self.of)
        self.bar.insertWidget(1, self.other)
        self.bar.addStretch(1)
        self.other.currentIndexChanged.connect(self.refresh)
        self.scatter.run_chosen.connect(self.run_chosen)
        self.scatter.run_opened.connect(self.run_opened)
        self.retranslate()

    def show_scene(self, scene: Scene) -> None:
        self._scene = scene
        self.retranslate()

    def choose(self, index: int | None) -> None:
        self.scatter.choose(index)

    def _offer(self, scene: Scene) -> None:
        """The quantities that runs have; the chosen one stays, else the first in which they differ."""
        chosen = self.other.currentData() or _telling(scene.comparison)
        self.other.blockSignals(True)
        self.other.clear()
        for code in OTHERS:
            if scene.comparison.tradeoffs.get(code):
                self.other.addItem(comparison_text.quantity(code, sentences.language()), code)
        self.other.setCurrentIndex(max(0, self.other.findData(chosen)))
        self.other.blockSignals(False)

    def refresh(self) -> None:
        code = self.other.currentData()
        if self._scene is None or code is None:
            self.show_part(False)
            return
        scene, language = self._scene, sentences.language()
        points = scene.comparison.tradeoffs[code]
        words = comparison_text.quantity(code, language)
        other = Other(code, words, partial(quantities.text_of, code))
        shown = [Compromise(scene.named(one.index), *_figures(one)) for one in points]
        self.scatter.set_points(shown, other, scene.comparison.limits)
        heads = (self.tr("run"), comparison_text.quantity("p50", language), words, self.tr("best trade-off"))
        rows = [
            (one.run.name, units.duration(one.wait_ns), other.text(one.other), self._call(one))
            for one in shown
        ]
        self.model.set_rows(heads, rows)
        self.show_part(bool(shown))

    def _call(self, one: Compromise) -> str:
        code = "dominated" if one.is_dominated else "undominated"
        return comparison_text.say(code, sentences.language())

    def retranslate(self) -> None:
        super().retranslate()
        self.of.setText(self.tr("A&gainst"))
        self.other.setAccessibleName(self.tr("What the wait stands against"))
        self.table.setAccessibleName(self.tr("Trade-offs as a table"))
        self.nothing.setText(self.tr("No run has a wait and one of: accuracy loss, size, memory, energy."))
        if self._scene is not None:
            self._offer(self._scene)
        self.refresh()


def _figures(one: Tradeoff) -> tuple[float, float, bool]:
    return one.p50_ns, one.other, one.is_dominated


def _telling(comparison: Comparison) -> str:
    """The first quantity that runs differ in; nothing is traded where all are alike."""
    found = comparison.tradeoffs
    return next((code for code in OTHERS if len({one.other for one in found.get(code, ())}) > 1), "")

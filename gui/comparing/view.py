"""A comparison, whole: the sentence, what is not the same, the runs, the limits, then charts and tables."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import sentences, table_copy
from gui.comparing.bars_tab import BarsTab
from gui.comparing.beside_table import AnswersBeside, BesideTable, SettingsBeside
from gui.comparing.curves_tab import CurvesTab
from gui.comparing.gate import Gate
from gui.comparing.limit_bar import LimitBar
from gui.comparing.long_words import breakable
from gui.comparing.run_chips import RunChips
from gui.comparing.scene import Scene
from gui.comparing.shares_tab import SharesTab
from gui.comparing.tradeoff_tab import TradeoffTab
from gui.panel import wrapped_label
from gui.results.page_tabs import PageTabs
from profiler.reports import comparison_answer


class CompareView(QWidget):
    """Shows one comparison at a time. Signals, with the index of a run: `run_removed`, `run_opened`."""

    run_removed = Signal(int)
    run_opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Scene | None = None
        self.answer = wrapped_label(self)
        self.gate, self.chips, self.limits = Gate(self), RunChips(self), LimitBar(self)
        self.bars, self.curves = BarsTab(self), CurvesTab(self)
        self.tradeoffs, self.shares = TradeoffTab(self), SharesTab(self)
        self.answers, self.settings = AnswersBeside(self), SettingsBeside(self)
        self.tabs = PageTabs(self)
        self._prepare()
        self._arrange()
        self.retranslate()

    def _prepare(self) -> None:
        font = self.answer.font()
        font.setPointSizeF(font.pointSizeF() * 1.3)
        self.answer.setFont(font)
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for chart in (self.curves.curves, self.tradeoffs.scatter, self.shares.shares):
            # The plot itself: a long note below must not squeeze it.
            chart.plot.setMinimumHeight(self.fontMetrics().height() * 16)
        for tab in self._tabs():
            self.tabs.add_page(tab)
        for part in (self.chips, *self._charts()):
            opened = part.opened if isinstance(part, RunChips) else part.run_opened
            chosen = part.chosen if isinstance(part, RunChips) else part.run_chosen
            opened.connect(self.run_opened)
            chosen.connect(self._on_chosen)
        self.chips.removed.connect(self.run_removed)

    def _charts(self) -> tuple[BarsTab | CurvesTab | TradeoffTab | SharesTab, ...]:
        return (self.bars, self.curves, self.tradeoffs, self.shares)

    def _tabs(self) -> tuple[QWidget, ...]:
        return (*self._charts(), self.answers, self.settings)

    def _arrange(self) -> None:
        box = QVBoxLayout(self)
        # Room before the scroll bar of the page.
        box.setContentsMargins(0, 0, 10, 0)
        box.setSpacing(10)
        for widget in (self.answer, self.gate, self.limits, self.chips):
            box.addWidget(widget)
        box.addWidget(self.tabs, 1)

    def show_scene(self, scene: Scene) -> None:
        self._scene = scene
        self.chips.set_runs(scene.runs)
        self.gate.show_comparison(scene.comparison)
        for chart in self._charts():
            chart.show_scene(scene)
        for table in (self.answers, self.settings):
            table.show_scene(scene)
        self._say()

    def _say(self) -> None:
        if self._scene is not None:
            comparison = self._scene.comparison
            self.answer.setText(breakable(comparison_answer.sentence(comparison, sentences.language())))

    def _on_chosen(self, index: int) -> None:
        """One run stands out in the legend and in every chart."""
        chosen = None if index < 0 else index
        for part in (self.chips, *self._charts()):
            part.choose(chosen)

    def copy_table(self) -> None:
        """The table of the tab that is seen, as spreadsheets take it."""
        tab = self.tabs.currentWidget()
        view = tab.view if isinstance(tab, BesideTable) else getattr(tab, "table", self.settings.view)
        QGuiApplication.clipboard().setText(table_copy.as_text(view))

    def retranslate(self) -> None:
        names = (
            self.tr("Bars"),
            self.tr("Wait vs answers/s"),
            self.tr("Best trade-offs"),
            self.tr("Share below"),
            self.tr("Answers"),
            self.tr("Settings"),
        )
        for at, name in enumerate(names):
            self.tabs.setTabText(at, name)
        self.tabs.setAccessibleName(self.tr("Charts and tables of this comparison"))
        self._say()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

"""The results page: the last results side by side, the selected one in full, and what is not saved yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui import sentences, tables
from gui.banner import Banner
from gui.brief_notes import BriefNotes
from gui.models.batch_table import BatchTable
from gui.panel import wrapped_label
from profiler.answer import sentence
from profiler.errors import ErrorInfo
from profiler.result import RunResult
from profiler.wording import Language

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from gui.results.view import ResultView

    Samples = npt.NDArray[np.int64]

MOST_KEPT = 8
_ROWS_SEEN = 4
_ROOM_BELOW = 700


class ResultsPage(QWidget):
    """Shows results as they come; the newest is selected.

    Signals: `run_again_requested`, `export_requested`, `report_requested`, each with a RunResult;
    `save_requested` with a name to suggest and the text that is to be kept.
    """

    run_again_requested = Signal(object)
    export_requested = Signal(object)
    report_requested = Signal(object)
    save_requested = Signal(str, str)

    def __init__(
        self, parent: QWidget | None = None, answer: Callable[[RunResult, Language], str] = sentence
    ) -> None:
        super().__init__(parent)
        self._answer = answer
        self._kept: list[tuple[RunResult, Samples | None]] = []
        self._view: ResultView | None = None
        self.banner = Banner(self)
        self.batch = BatchTable(self)
        self.strip, self.differ = QTableView(self), BriefNotes(self)
        self.empty = wrapped_label(self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.area = QScrollArea(self)
        self.stack = QStackedWidget(self)
        self._prepare()
        self._arrange()
        self.retranslate()

    def _prepare(self) -> None:
        self.strip.setModel(self.batch)
        tables.prepare(self.strip)
        self.strip.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self._widths = tables.SharedWidth(self.strip, giving=2)
        self.strip.hide()
        self.strip.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)

    def _arrange(self) -> None:
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.area)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(10)
        box.addWidget(self.banner)
        box.addWidget(self.strip)
        box.addWidget(self.differ)
        box.addWidget(self.stack, 1)

    @property
    def view(self) -> ResultView:
        """The view of one result; made with the first result, because the plots take long to import."""
        if self._view is None:
            from gui.results.view import ResultView

            self._view = ResultView(self._answer, self)
            self._view.run_again_requested.connect(self.run_again_requested)
            self._view.export_requested.connect(self.export_requested)
            self._view.report_requested.connect(self.report_requested)
            self._view.save_requested.connect(self.save_requested)
            self.area.setWidget(self._view)
        return self._view

    def show_result(self, result: RunResult, samples: Samples | None) -> None:
        """Add a result and select it; one with the same id takes the place of the one shown before.

        `samples`: every latency (int64 ns) in order, cold calls and warm-up first; None where not kept.
        """
        others = [pair for pair in self._kept if pair[0].id != result.id]
        self._kept = [*others, (result, samples)][-MOST_KEPT:]
        self.batch.set_results([kept for kept, _ in self._kept])
        self._fit_strip()
        self.stack.setCurrentWidget(self.area)
        self.strip.selectRow(len(self._kept) - 1)

    def _fit_strip(self) -> None:
        self.strip.setVisible(len(self._kept) > 1)
        self._give_height()
        self._widths.fit()
        self._say_differences()

    def _give_height(self) -> None:
        """A few rows in a small window; in a tall one as many as leave room for the chosen result."""
        row, frame = max(1, self.strip.rowHeight(0)), 2 * self.strip.frameWidth()
        rows = min(len(self._kept), max(_ROWS_SEEN, (self.height() - _ROOM_BELOW) // row))
        self.strip.setFixedHeight(self.strip.horizontalHeader().sizeHint().height() + rows * row + frame)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_height()

    def _say_differences(self) -> None:
        """Other precisions or shapes are no comparison of formats, and it is said where the results are."""
        from profiler.reports import difference_lines

        found = difference_lines.of_runs([kept for kept, _ in self._kept], sentences.language())
        self.differ.say(found if len(self._kept) > 1 else ())

    def _on_row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self.view.show_result(*self._kept[current.row()])

    def show_not_saved(self, error: ErrorInfo, retry: Callable[[], None], export: Callable[[], None]) -> None:
        """Say that the result is only in memory, and offer to save it again or elsewhere."""
        self.banner.show_error(error, retry, export)

    def clear_not_saved(self) -> None:
        """It is saved now."""
        self.banner.clear()

    def retranslate(self) -> None:
        self._say_differences()
        self.strip.setAccessibleName(self.tr("Results side by side"))
        self.strip.setToolTip(
            self.tr("One process each: another start may differ by several percent, so this ranks nothing.")
        )
        self.empty.setText(
            self.tr("No result yet. Open a model file and press Start; what it measures is shown here.")
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

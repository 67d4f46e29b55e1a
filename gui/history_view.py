"""The table of the history on screen: sorted by a click on a heading, with columns that fit its width."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QTableView, QWidget

from gui import tables, titles
from gui.models.history_table import COLUMNS, HistoryTable

_FIELDS = [column.field for column in COLUMNS]
_MODEL, _QUALITY = _FIELDS.index("model"), _FIELDS.index("level")
_GIVE_WAY = [_FIELDS.index(field) for field in ("runtime", "device", "batch")]
_LATE = "2026-12-28T22:58:00"


class HistoryView(QTableView):
    """Newest first until a heading is clicked."""

    def __init__(self, model: HistoryTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        tables.prepare(self)
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
        header.setSortIndicatorShown(True)
        self.setSortingEnabled(True)
        header.sortIndicatorChanged.connect(self.fit_columns)

    def fit_columns(self) -> None:
        """Take widths from headings and typical contents: asking 10 000 rows would take long.

        The model's name gets what is left. Where there is little room, columns that it mostly tells of
        are left out.
        """
        widths = [self._least_width(column) for column in range(len(COLUMNS))]
        room = self.viewport().width()
        for column in _GIVE_WAY:
            if sum(widths) > room:
                widths[column] = 0
        spare = max(0, room - sum(widths))
        # "caution, stopped early" is twice the typical quality: it gets its room before the name.
        wider = min(spare // 3, widths[_QUALITY])
        widths[_QUALITY] += wider
        widths[_MODEL] += spare - wider
        for column, width in enumerate(widths):
            self.setColumnHidden(column, width == 0)
            self.setColumnWidth(column, width)

    def _least_width(self, column: int) -> int:
        heading = self.horizontalHeader().sectionSizeFromContents(column).width()
        typical = {
            "created": titles.of_time(_LATE),
            "model": "a model's name.onnx",
            "format": "TorchScript",
            "runtime": "PyTorch (TorchScript)",
            "device": "CUDA:0",
            "p50_ns": "88.8 ms",
            "p99_ns": "88.8 ms",
            "inferences_per_s": "888,000",
            "peak_rss_bytes": "88.8 GB",
            "level": "✓ trusted",
        }
        text = typical.get(_FIELDS[column], "")
        return max(heading, self.fontMetrics().horizontalAdvance(text) + 24)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()

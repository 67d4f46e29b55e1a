"""The results of one batch side by side: their key numbers, without a word on which is faster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui import titles, tooltips
from profiler import units
from profiler.error_text import visible
from profiler.result import RunResult, Status

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class BatchTable(QAbstractTableModel):
    """One row a result, newest last."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._results: list[RunResult] = []

    def set_results(self, results: Sequence[RunResult]) -> None:
        self.beginResetModel()
        self._results = list(results)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._results)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else 7

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return self._headings()[section] if role == Qt.ItemDataRole.DisplayRole else None

    def _headings(self) -> tuple[str, ...]:
        return (
            self.tr("Model"),
            self.tr("Measured on"),
            self.tr("Typical wait"),
            self.tr("Slow 1 in 100"),
            self.tr("Answers/s"),
            self.tr("Most memory"),
            self.tr("State"),
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(self._results[index.row()])[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltips.plain(self._texts(self._results[index.row()])[index.column()])
        return _alignment(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _texts(self, result: RunResult) -> tuple[str, ...]:
        where = self.tr("{runtime}, {device}, batch {batch}, {precision}")
        return (
            visible(result.model.name),
            where.format(
                runtime=titles.of_runtime(result.plan.runtime),
                device=titles.of_device(result.plan.device),
                batch=result.plan.batch,
                precision=result.environment.precision_effective or units.DASH,
            ),
            units.duration(result.latency.p50_ns),
            units.duration(result.latency.p99_ns),
            units.rate(result.throughput.inferences_per_s),
            units.size(result.memory.peak_rss_bytes),
            self._state(result.status),
        )

    def _state(self, status: Status) -> str:
        return {
            Status.FINISHED: self.tr("finished"),
            Status.STOPPED: self.tr("stopped early"),
            Status.INTERRUPTED: self.tr("cut off"),
            Status.FAILED: self.tr("failed"),
        }[status]


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if 2 <= column <= 5 else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter

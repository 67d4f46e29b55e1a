"""The history as a table, sorted and searched here: a proxy model would call Python per comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QGuiApplication

from gui import titles, tooltips
from gui.plots.colours import quiet_text
from profiler import units
from profiler.error_text import visible
from profiler.units import DASH

if TYPE_CHECKING:
    from profiler.history_index import Row

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
RAW_ROLE = Qt.ItemDataRole.UserRole
ID_ROLE = Qt.ItemDataRole.UserRole + 1


class Column(NamedTuple):
    """A field of the entry; `text` makes a number readable, None where the field is a text of its own."""

    field: str
    text: Callable[[float | None], str] | None


def _whole(value: float | None) -> str:
    return DASH if value is None else f"{value:,}"


COLUMNS = (
    Column("created", None),
    Column("model", None),
    Column("format", None),
    Column("runtime", None),
    Column("device", None),
    Column("batch", _whole),
    Column("p50_ns", units.duration),
    Column("p99_ns", units.duration),
    Column("inferences_per_s", units.rate),
    Column("peak_rss_bytes", units.size),
    Column("level", None),
)
_TITLES: dict[str, Callable[[str], str]] = {
    "created": titles.of_time,
    "format": titles.of_format,
    "runtime": titles.of_runtime,
    "device": titles.of_device,
}
_SEARCHED = ("model", "format", "runtime", "device", "status", "level", "created")


class HistoryTable(QAbstractTableModel):
    """Rows of the history; newest first until the user sorts.

    Sorting compares raw values, and what is not known comes last in both directions. The search keeps
    rows that hold every word somewhere. RAW_ROLE gives a cell's raw value, ID_ROLE the run's id.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Row] = []
        self._searchable: list[str] = []
        self._shown: list[int] = []
        self._column, self._order = 0, Qt.SortOrder.DescendingOrder
        self._words: list[str] = []

    def set_entries(self, entries: Sequence[Row]) -> None:
        """Show these runs under the search and order as they are."""
        self.beginResetModel()
        self._entries = list(entries)
        self._searchable = [_searchable(entry) for entry in self._entries]
        self._shown = self._arranged()
        self.endResetModel()

    def search(self, text: str) -> None:
        """Keep the runs that hold every one of these words, in whatever case."""
        self.beginResetModel()
        self._words = text.casefold().split()
        self._shown = self._arranged()
        self.endResetModel()

    @property
    def total(self) -> int:
        """How many runs there are, searched away or not."""
        return len(self._entries)

    def id_at(self, row: int) -> str:
        return self._entries[self._shown[row]].id

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        before = [(index, self._shown[index.row()]) for index in self.persistentIndexList()]
        self._column, self._order = column, order
        self._shown = self._arranged()
        places = {entry: row for row, entry in enumerate(self._shown)}
        for index, entry in before:
            self.changePersistentIndex(index, self.index(places[entry], index.column()))
        self.layoutChanged.emit()

    def _arranged(self) -> list[int]:
        kept = [at for at, text in enumerate(self._searchable) if all(word in text for word in self._words)]
        field = COLUMNS[self._column].field
        keys = {at: _raw(self._entries[at], field) for at in kept}
        known = sorted(
            (at for at in kept if keys[at] is not None),
            key=lambda at: keys[at] or 0,
            reverse=self._order == Qt.SortOrder.DescendingOrder,
        )
        return known + [at for at in kept if keys[at] is None]

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

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
            self.tr("When"),
            self.tr("Model"),
            self.tr("Format"),
            self.tr("Runtime"),
            self.tr("Device"),
            self.tr("Batch"),
            self.tr("Typical wait"),
            self.tr("Slow 1 in 100"),
            self.tr("Answers/s"),
            self.tr("Memory"),
            self.tr("Quality"),
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry, column = self._entries[self._shown[index.row()]], COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = self._text(entry, column)
            return text if role == Qt.ItemDataRole.DisplayRole else tooltips.plain(text)
        if role == ID_ROLE:
            return entry.id
        if role == RAW_ROLE:
            return _raw(entry, column.field)
        return self._look(role, index.column(), entry, column)

    def _look(self, role: int, at: int, entry: Row, column: Column) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(at)
        if role == Qt.ItemDataRole.ForegroundRole and _raw(entry, column.field) is None:
            return quiet_text(QGuiApplication.palette())
        return None

    def _text(self, entry: Row, column: Column) -> str:
        value = getattr(entry, column.field)
        if column.text is not None:
            return column.text(value)
        if column.field == "level":
            return self._quality(entry)
        return _TITLES.get(column.field, visible)(value)

    def _quality(self, entry: Row) -> str:
        ended = {
            "stopped": self.tr("stopped"),
            "interrupted": self.tr("cut off"),
            "failed": "✕ " + self.tr("failed"),
        }
        levels = {
            "trusted": "✓ " + self.tr("trusted"),
            "caution": "! " + self.tr("caution"),
            "invalid": "✕ " + self.tr("invalid"),
        }
        if entry.status == "failed":
            return ended["failed"]
        level = entry.level or ""
        words = [levels.get(level, level), ended.get(entry.status, "")]
        return ", ".join(word for word in words if word) or DASH


def _alignment(column: int) -> Qt.AlignmentFlag:
    numeric = COLUMNS[column].text is not None
    side = Qt.AlignmentFlag.AlignRight if numeric else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _searchable(entry: Row) -> str:
    texts = [str(getattr(entry, field) or "") for field in _SEARCHED]
    return " ".join([*texts, titles.of_format(entry.format), titles.of_runtime(entry.runtime)]).casefold()


def _raw(entry: Row, field: str) -> float | str | None:
    """What a cell is sorted by: a number, or a text without case; None where it is not known."""
    value = getattr(entry, field)
    if field == "created":
        return _seconds(value)
    return value.casefold() if isinstance(value, str) else value


def _seconds(created: str) -> float | None:
    """Seconds since 1970; None for a time that cannot be read."""
    try:
        when = datetime.fromisoformat(created)
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()

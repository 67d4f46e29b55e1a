"""How far answers may be apart and still agree: a row for each precision, every figure to be changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec
from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui import tables
from gui.panel import wrapped_label
from profiler.checks_plan import Tolerance
from profiler.correctness import tolerances

Index = QModelIndex | QPersistentModelIndex
ROWS = tuple(name for name in tolerances.OWN if name not in ("mixed", "unknown"))
_NOWHERE = QModelIndex()


class _Column(NamedTuple):
    """A figure of a tolerance: what it is shown times, and what is allowed."""

    field: str
    scale: float
    is_allowed: Callable[[float], bool]
    ending: str = ""


COLUMNS = (
    _Column("max_relative", 100.0, lambda value: 0.0 <= value <= 1e6, " %"),
    _Column("min_cosine", 1.0, lambda value: -1.0 <= value <= 1.0),
    _Column("min_snr_db", 1.0, lambda value: -1_000.0 <= value <= 1_000.0, " dB"),
    _Column("min_top1", 100.0, lambda value: 0.0 <= value <= 100.0, " %"),
)


class ToleranceModel(QAbstractTableModel):
    """Signals: `chosen_changed`. Attributes: `chosen` only what differs from ours, by precision."""

    chosen_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.chosen: dict[str, Tolerance] = {}

    def set_chosen(self, chosen: Mapping[str, Tolerance]) -> None:
        """Show ours with these in their place; nothing: ours again."""
        self.beginResetModel()
        self.chosen = {row: given for row, given in chosen.items() if row in ROWS}
        self.endResetModel()
        self.chosen_changed.emit()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(ROWS)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else 1 + len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() > 0 else flags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                self.tr("precision"),
                self.tr("largest difference"),
                self.tr("cosine at least"),
                self.tr("signal to noise at least"),
                self.tr("same class at least"),
            )[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, at = ROWS[index.row()], index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(at)
        if role == Qt.ItemDataRole.FontRole and at and self._own(row, at) is not None:
            font = self.parent().font()  # type: ignore[union-attr]
            font.setBold(True)
            return font
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return None
        if not at:
            return row.upper()
        column = COLUMNS[at - 1]
        value = getattr(tolerances.of(row, self.chosen), column.field)
        text = f"{value * column.scale:.10g}"
        return text if role == Qt.ItemDataRole.EditRole else text + column.ending

    def _own(self, row: str, at: int) -> float | None:
        value: float | None = getattr(self.chosen.get(row, Tolerance()), COLUMNS[at - 1].field)
        return value

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() < 1:
            return False
        column, row = COLUMNS[index.column() - 1], ROWS[index.row()]
        try:
            number = float(str(value).strip().removesuffix(column.ending.strip()).replace("，", "."))
        except ValueError:
            return False
        if not column.is_allowed(number):
            return False
        number /= column.scale
        own = number if number != getattr(tolerances.OWN[row], column.field) else None
        changed = msgspec.structs.replace(self.chosen.get(row, Tolerance()), **{column.field: own})
        self.chosen = {**self.chosen, row: changed}
        if changed == Tolerance():
            del self.chosen[row]
        self.dataChanged.emit(index, index)
        self.chosen_changed.emit()
        return True


class ToleranceDialog(QDialog):
    """Attributes: `model`; `reset` brings ours back. What was edited is in the model whatever closes it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words, self.table = wrapped_label(self), QTableView(self)
        self.model = ToleranceModel(self)
        self.table.setModel(self.model)
        tables.prepare(self.table)
        triggers = QTableView.EditTrigger
        self.table.setEditTriggers(
            triggers.DoubleClicked
            | triggers.EditKeyPressed
            | triggers.AnyKeyPressed
            | triggers.SelectedClicked
        )
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectItems)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, parent=self)
        self.reset = QPushButton(self)
        self.buttons.addButton(self.reset, QDialogButtonBox.ButtonRole.ResetRole)
        self.buttons.rejected.connect(self.reject)
        self.reset.clicked.connect(lambda: self.model.set_chosen({}))
        self.model.chosen_changed.connect(self._follow)
        box = QVBoxLayout(self)
        box.setContentsMargins(18, 16, 18, 14)
        box.setSpacing(10)
        for widget in (self.words, self.table, self.buttons):
            box.addWidget(widget)
        self.retranslate()
        self._follow()

    def _follow(self) -> None:
        self.reset.setEnabled(bool(self.model.chosen))
        rows = len(ROWS) * self.table.verticalHeader().defaultSectionSize()
        self.table.setFixedHeight(self.table.horizontalHeader().sizeHint().height() + rows + 4)
        header = self.table.horizontalHeader()
        widths = [
            max(header.sectionSizeHint(at), self.table.sizeHintForColumn(at))
            for at in range(1 + len(COLUMNS))
        ]
        self.table.setMinimumWidth(sum(widths) + 4)

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("How far answers may be apart"))
        self.words.setText(
            self.tr(
                "Answers agree with the reference's if none of these is broken. The coarser precision of the "
                "two models decides which row holds. The largest difference is a share of the largest value. "
                "Double-click a figure to change it; bold ones are your own."
            )
        )
        self.table.setAccessibleName(self.tr("Tolerances by precision"))
        self.reset.setText(self.tr("Reset"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter

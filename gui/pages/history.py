"""The history page: every run that was saved, searched, sorted, opened, deleted and brought back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui import sentences
from gui.history_view import HistoryView
from gui.models.history_table import HistoryTable
from gui.panel import Panel, QuietLabel, plain_label, wrapped_label
from profiler.errors import KnownError

if TYPE_CHECKING:
    from profiler.history_index import Row


class History(Protocol):
    """What the page asks of profiler.store.Store; each may raise KnownError."""

    def rows(self) -> list[Row]: ...
    def delete(self, run_id: str) -> None: ...
    def undelete(self, run_id: str) -> None: ...


class HistoryPage(QWidget):
    """A view of the store; it holds no truth of its own.

    Signals: `run_opened` with the id of a run that is to be shown; `compare_requested` with the ids of runs,
    the oldest first.
    """

    run_opened = Signal(str)
    compare_requested = Signal(list)

    def __init__(self, store: History, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._deleted: list[str] = []
        self.model = HistoryTable(self)
        self.search, self.count = QLineEdit(self), QuietLabel(self)
        self.table, self.empty = HistoryView(self.model, self), wrapped_label(self)
        self.open, self.compare, self.delete = (QPushButton(self) for _ in range(3))
        self.notice, self.undo = Panel(self, subdued=True), QPushButton(self)
        self.notice_text = plain_label(self.notice)
        self.trouble = wrapped_label(self)
        self.stack = QStackedWidget(self)
        self._prepare()
        self._arrange()
        self._connect()
        self.retranslate()
        self.refresh()

    def _prepare(self) -> None:
        self.search.setClearButtonEnabled(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.notice.hide()
        self.trouble.hide()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.search, 1)
        top.addWidget(self.count)
        top.addStretch(1)
        top.addWidget(self.compare)
        top.addWidget(self.open)
        top.addWidget(self.delete)
        undo = QHBoxLayout(self.notice)
        undo.setContentsMargins(14, 6, 14, 6)
        undo.addWidget(self.notice_text, 1)
        undo.addWidget(self.undo)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(10)
        box.addLayout(top)
        box.addWidget(self.trouble)
        box.addWidget(self.stack, 1)
        box.addWidget(self.notice)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_search)
        self.table.doubleClicked.connect(self._on_open)
        self.table.selectionModel().selectionChanged.connect(self._follow_selection)
        self.open.clicked.connect(self._on_open)
        self.compare.clicked.connect(self._on_compare)
        self.delete.clicked.connect(self._on_delete)
        self.undo.clicked.connect(self._on_undo)
        for keys, slot in (
            (Qt.Key.Key_Return, self._on_open),
            (Qt.Key.Key_Enter, self._on_open),
            (Qt.Key.Key_Delete, self._on_delete),
        ):
            shortcut = QShortcut(QKeySequence(keys), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(slot)

    def refresh(self) -> None:
        """Read the store again; what was selected stays selected."""
        chosen = set(self._selected())
        self._attempt(lambda: self.model.set_entries(self._store.rows()))
        self._select(chosen)
        self._after_change()

    def _attempt(self, action: Callable[[], None]) -> bool:
        """Do it; where the store refuses, say so in a sentence."""
        try:
            action()
        except KnownError as error:
            self.trouble.setText("! " + sentences.of_error(error.info))
            self.trouble.show()
            return False
        self.trouble.hide()
        return True

    def _selected(self) -> list[str]:
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self.model.id_at(row) for row in rows]

    def _select(self, ids: set[str]) -> None:
        if not ids:
            return
        how = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for row in range(self.model.rowCount()):
            if self.model.id_at(row) in ids:
                self.table.selectionModel().select(self.model.index(row, 0), how)

    def _on_search(self, text: str) -> None:
        chosen = set(self._selected())
        self.model.search(text)
        self._select(chosen)
        self._after_change()

    def _on_open(self) -> None:
        chosen = self._selected()
        if len(chosen) == 1:
            self.run_opened.emit(chosen[0])

    def _on_compare(self) -> None:
        """An id begins with the time: the run that was first is the baseline."""
        chosen = self._selected()
        if len(chosen) > 1:
            self.compare_requested.emit(sorted(chosen))

    def _on_delete(self) -> None:
        chosen = self._selected()
        gone = [run_id for run_id in chosen if self._attempt(partial(self._store.delete, run_id))]
        if gone:
            self._deleted = gone
            self.refresh()
            self._show_notice()

    def _on_undo(self) -> None:
        undelete = self._store.undelete
        self._deleted = [run_id for run_id in self._deleted if not self._attempt(partial(undelete, run_id))]
        self.notice.setVisible(bool(self._deleted))
        self.refresh()

    def _show_notice(self) -> None:
        count = len(self._deleted)
        text = self.tr("Deleted 1 run.") if count == 1 else self.tr("Deleted {count} runs.")
        self.notice_text.setText(text.format(count=f"{count:,}"))
        self.notice.show()

    def _after_change(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        self.stack.setCurrentWidget(self.table if shown else self.empty)
        self.empty.setText(self._nothing(total))
        text = self.tr("{shown} of {total} runs")
        self.count.setText(text.format(shown=f"{shown:,}", total=f"{total:,}") if total else "")
        for widget in (self.search, self.open, self.compare, self.delete):
            widget.setVisible(total > 0)
        self._follow_selection()

    def _nothing(self, total: int) -> str:
        if total:
            return self.tr("No run holds all of these words.")
        return self.tr("No run yet. Each run that you measure is kept here, also those that failed.")

    def _follow_selection(self) -> None:
        chosen = len(self.table.selectionModel().selectedRows())
        self.open.setEnabled(chosen == 1)
        self.delete.setEnabled(chosen > 0)
        self.compare.setEnabled(chosen > 1)
        text = self.tr("Co&mpare {count}") if chosen > 1 else self.tr("Co&mpare")
        self.compare.setText(text.format(count=f"{chosen:,}"))

    def retranslate(self) -> None:
        self.search.setPlaceholderText(self.tr("Search model, format, runtime, device…"))
        self.search.setAccessibleName(self.tr("Search the history"))
        self.table.setAccessibleName(self.tr("Runs in the history"))
        self.open.setText(self.tr("&Open"))
        self.delete.setText(self.tr("&Delete"))
        self.undo.setText(self.tr("&Undo"))
        self.compare.setToolTip(self.tr("Mark two or more runs with Ctrl or Shift to compare them."))
        if self._deleted:
            self._show_notice()
        self.table.fit_columns()
        self._after_change()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.model.columnCount() - 1)
            self.retranslate()

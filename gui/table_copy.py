"""Copying rows of a table: headings and cells with tabs between them, as spreadsheets take them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QTableView


def as_text(view: QTableView) -> str:
    """The selected rows, or all where none is selected; one line each behind the headings."""
    model = view.model()
    columns = [at for at in range(model.columnCount()) if not view.isColumnHidden(at)]
    chosen = sorted({index.row() for index in view.selectionModel().selectedRows()})
    heads = [_plain(model.headerData(at, Qt.Orientation.Horizontal)) for at in columns]
    rows = [
        [_plain(model.index(row, at).data()) for at in columns] for row in chosen or range(model.rowCount())
    ]
    return "\n".join("\t".join(line) for line in [heads, *rows])


def _plain(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def install(view: QTableView) -> None:
    """Ctrl+C in the table copies rows; call it once a view, after its model is set."""
    shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), view)
    shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
    shortcut.activated.connect(lambda: QGuiApplication.clipboard().setText(as_text(view)))

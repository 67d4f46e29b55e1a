"""Inside the model: which operators the time went into, by node or by type, as bars and as a table."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import sentences
from gui.operator_rows import OperatorRows
from gui.panel import QuietLabel, wrapped_label
from gui.plots.share_bars import Bar, ShareBars
from profiler import units, wording
from profiler.error_text import visible
from profiler.reports import operators_table
from profiler.result import Operator, Reason, RunResult

_BARS = 8
_ROWS_SEEN = 14


class OperatorsTab(QWidget):
    """Shows the traced pass of a result, or why there is none.

    Signals: `save_requested` with a name to suggest and the text that is to be kept.
    """

    save_requested = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: RunResult | None = None
        self.about, self.notes = wrapped_label(self), QuietLabel(self)
        self.notes.setWordWrap(True)
        self.bars = ShareBars(self)
        self.rows = OperatorRows(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 8, 10, 8)
        box.setSpacing(10)
        for widget in (self.about, self.bars, self.notes, self.rows):
            box.addWidget(widget)
        box.addStretch(1)
        self.rows.regrouped.connect(self._fill)
        self.rows.export_requested.connect(self._on_export)
        self.retranslate()

    def show_result(self, result: RunResult) -> None:
        """Show the operators of this result."""
        self._result = result
        self._fill()

    def _fill(self) -> None:
        result = self._result
        if result is None:
            return
        language = sentences.language()
        is_traced = result.trace is not None
        for widget in (self.bars, self.notes, self.rows):
            widget.setVisible(is_traced)
        if not is_traced:
            reason = result.unavailable.get("operators", Reason("not_traced"))
            self.about.setText(wording.reason_sentence(reason, language))
            return
        about, *more = operators_table.about(result, language)
        self.about.setText(about)
        self.notes.setText("\n".join(more))
        rows = operators_table.by_type(result.operators) if self.rows.is_by_type else result.operators
        self.bars.set_bars(
            self.tr("Where the time of a call goes"),
            [Bar(_short(row), row.share, units.percent(row.share)) for row in rows[:_BARS]],
        )
        self.rows.show_rows(operators_table.columns(language), rows, _more, _words)
        self.rows.show_at_least(min(len(rows), _ROWS_SEEN))

    def _on_export(self) -> None:
        if self._result is not None:
            stem = PurePath(self._result.model.name).stem
            text = operators_table.csv_text(self._result.operators)
            self.save_requested.emit(f"{stem}-operator-times.csv", text)

    def retranslate(self) -> None:
        self.rows.table.setAccessibleName(self.tr("Operators of this model"))
        self._fill()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _short(row: Operator) -> str:
    return operators_table.name_of(row) if row.name != row.type else visible(row.type)


def _words(row: Operator) -> str:
    return " ".join((row.name, row.type, *row.nodes))


def _more(row: Operator) -> str:
    """The runtime's own name, and every node that ran in it."""
    return "\n".join([visible(row.name), *(visible(name) for name in row.nodes)])

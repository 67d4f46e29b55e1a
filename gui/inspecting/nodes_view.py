"""The operators of a file: bars of the largest, and all of them in a table to sort, filter and export."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from gui import sentences
from gui.operator_rows import OperatorRows
from gui.panel import plain_label
from gui.plots.share_bars import Bar, ShareBars
from profiler import units
from profiler.error_text import visible
from profiler.messages import Node, OperatorCount
from profiler.reports import nodes_table
from profiler.reports.columns import Column

_BARS = 6
Measure = tuple[Callable[[Node], float | None], Callable[[float | None], str]]
_MEASURES: tuple[Measure, ...] = (
    (nodes_table.work_of, units.quantity),
    (nodes_table.moved_of, units.size),
    (lambda node: float(node.weights_bytes), units.size),
)


class NodesView(QWidget):
    """Signals: `export_requested` when the table is to be written to a file."""

    export_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nodes: Sequence[Node] = ()
        self._counts: Sequence[OperatorCount] = ()
        self.measure, self.heading = QComboBox(self), plain_label(self)
        self.bars = ShareBars(self)
        self.rows = OperatorRows(self)
        self._arrange()
        self.rows.regrouped.connect(self._fill)
        self.rows.export_requested.connect(self.export_requested)
        self.measure.currentIndexChanged.connect(lambda _: self._draw())
        self.retranslate()

    def _arrange(self) -> None:
        above = QHBoxLayout()
        above.addWidget(self.measure)
        above.addWidget(self.heading)
        above.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(above)
        box.addWidget(self.bars)
        box.addWidget(self.rows, 1)

    def show_nodes(self, nodes: Sequence[Node], counts: Sequence[OperatorCount] = ()) -> None:
        """These in the file's order; of a file that does not tell them, how many there are of each type."""
        self._nodes, self._counts = nodes, () if nodes else counts
        self.rows.set_groupable(not self._counts)
        self.measure.setVisible(not self._counts)
        self.heading.setVisible(bool(self._counts))
        self._fill()

    def _shown(self) -> Sequence[Node]:
        return nodes_table.by_type(self._nodes) if self.rows.is_by_type else self._nodes

    def _fill(self) -> None:
        if self._counts:
            self.rows.show_rows(
                nodes_table.count_columns(sentences.language()),
                self._counts,
                lambda count: visible(count.type),
                lambda count: count.type,
            )
            self.rows.export.setEnabled(False)
            self._draw_counts()
            return
        self.rows.show_rows(
            self._columns(),
            self._shown(),
            lambda node: visible(node.name),
            lambda node: f"{node.name} {node.type}",
        )
        self._draw()

    def _columns(self) -> list[Column[Node]]:
        """Those that say something: most files have no integer arithmetic, and a type has no shape."""
        language = sentences.language()
        silent = ["type", "shape"] if self.rows.is_by_type else []
        if not any(node.integer_operations for node in self._nodes):
            silent.append("integer_operations")
        heads = {nodes_table.label(code, language) for code in silent}
        return [column for column in nodes_table.columns(language) if column.head not in heads]

    def _draw_counts(self) -> None:
        largest = sorted(self._counts, key=lambda one: -one.count)[:_BARS]
        self.heading.setText(self.tr("Operators of each type"))
        self.bars.set_bars(
            self.heading.text(),
            [Bar(visible(one.type), one.count, f"{one.count:,}") for one in largest],
        )

    def _draw(self) -> None:
        """The largest by what was chosen, by node or by type as the table is."""
        if self._counts or self.measure.currentIndex() < 0:
            return
        value, text = _MEASURES[self.measure.currentIndex()]
        shown = self._shown()
        known = [(node, number) for node in shown if (number := value(node))]
        # Of a sum that is not whole there are no shares.
        whole = None if any(value(node) is None for node in shown) else sum(number for _, number in known)
        largest = sorted(known, key=lambda pair: -pair[1])[:_BARS]
        self.bars.set_bars(
            self.measure.currentText(),
            [Bar(visible(node.name), number, _told(text(number), number, whole)) for node, number in largest],
        )

    def retranslate(self) -> None:
        names = (
            self.tr("Most arithmetic operations"),
            self.tr("Most bytes moved"),
            self.tr("Largest weights"),
        )
        chosen = max(0, self.measure.currentIndex())
        self.measure.blockSignals(True)
        self.measure.clear()
        self.measure.addItems(names)
        self.measure.setCurrentIndex(chosen)
        self.measure.blockSignals(False)
        self.measure.setAccessibleName(self.tr("What the bars show"))
        self.rows.table.setAccessibleName(self.tr("Operators of this file"))
        self._fill()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _told(text: str, number: float, whole: float | None) -> str:
    """A figure, and its share where the whole is known."""
    return f"{text} · {units.percent(number / whole)}" if whole else text

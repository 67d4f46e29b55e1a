"""Inside the model: what a file is and what its operators need, at sizes that are asked for; nothing runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gui import sentences
from gui.drop_zone import local_files
from gui.fact_panel import FactPanel
from gui.inspecting.inspected import Inspected, look
from gui.inspecting.nodes_view import NodesView
from gui.panel import ElidedLabel, QuietLabel, plain_label, wrapped_label
from gui.services import Services
from gui.shape_rows import ShapeRows
from gui.turns import Turns
from profiler.error_text import visible
from profiler.errors import ErrorInfo, ErrorKind, KnownError
from profiler.machine_facts import Fact, Group
from profiler.reports import description_table, nodes_table
from profiler.wording import reason_sentence

_FACTS_CHARACTERS = 42
_LARGEST_BATCH = 1_000_000
_AFTER_TYPING_MS = 400


class InspectPage(QWidget):
    """Signals: `choose_requested`; `run_requested` with the path of the file that is shown;
    `save_requested` with a name to suggest and the text that is to be kept.
    """

    choose_requested = Signal()
    run_requested = Signal(str)
    save_requested = Signal(str, str)

    def __init__(self, services: Services, turns: Turns, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self._turns = services, turns
        self._path: Path | None = None
        self._shown: Inspected | None = None
        self._error: ErrorInfo | None = None
        self._asked = 0
        self.title, self.context = ElidedLabel(self), QuietLabel(self)
        self.choose, self.run = QPushButton(self), QPushButton(self)
        self.empty = wrapped_label(self)
        self.batch, self.batch_name = QSpinBox(self), plain_label(self)
        self.sizes = ShapeRows(self)
        self.nodes, self.notes = NodesView(self), QuietLabel(self)
        self.facts: FactPanel | None = None
        self._later = QTimer(self)
        self.setAcceptDrops(True)
        self._arrange()
        self._connect()
        self.retranslate()

    def _arrange(self) -> None:
        font = self.title.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        self.title.setFont(font)
        self.batch.setRange(1, _LARGEST_BATCH)
        self.notes.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.run)
        head.addWidget(self.choose)
        self.body = QWidget(self)
        columns = QHBoxLayout(self.body)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(16)
        columns.addWidget(self._left())
        columns.addWidget(self.nodes, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 12)
        box.setSpacing(10)
        box.addLayout(head)
        box.addWidget(self.context)
        box.addWidget(self.empty, 1)
        box.addWidget(self.body, 1)
        box.addWidget(self.notes)

    def _left(self) -> QScrollArea:
        inside = QWidget(self)
        asked = QFormLayout()
        asked.setHorizontalSpacing(14)
        asked.addRow(self.batch_name, self.batch)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(asked)
        column.addWidget(self.sizes)
        column.addStretch(1)
        self._column = column
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        area.setFixedWidth(_FACTS_CHARACTERS * self.fontMetrics().averageCharWidth())
        self._area = area
        return area

    def _fit(self) -> None:
        """Words wrap, so the height follows the width; a scroll area does not ask for that by itself."""
        inside = self._area.widget()
        layout = inside.layout() if inside is not None else None
        if inside is not None and layout is not None:
            inside.setMinimumHeight(max(0, layout.heightForWidth(self._area.viewport().width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _connect(self) -> None:
        self._later.setSingleShot(True)
        self._later.setInterval(_AFTER_TYPING_MS)
        self._later.timeout.connect(self._ask)
        self.batch.valueChanged.connect(lambda _: self._later.start())
        self.sizes.changed.connect(self._later.start)
        self.choose.clicked.connect(self.choose_requested)
        self.run.clicked.connect(lambda: self.run_requested.emit(str(self._path)))
        self.nodes.export_requested.connect(self._on_export)

    def show_file(self, path: str) -> None:
        """Look into this file, at a batch of one."""
        self._path, self._shown, self._error = Path(path), None, None
        self.batch.blockSignals(True)
        self.batch.setValue(1)
        self.batch.blockSignals(False)
        self.sizes.show_rows({}, {})
        self._ask()

    def _ask(self) -> None:
        if self._path is None:
            return
        self._asked += 1
        asked, path, batch, sizes = self._asked, self._path, self.batch.value(), self._dimensions()
        self._turns.do(
            lambda: look(self._services, path, batch, sizes),
            lambda found: self._on_found(asked, found),
            lambda error: self._on_failed(asked, error),
        )
        self.retranslate()

    def _dimensions(self) -> Mapping[str, int]:
        """The first of the sizes that were written for a dimension: one graph is looked at at a time."""
        return {name: sizes[0] for name, sizes in self.sizes.dimensions.items() if sizes}

    def _on_found(self, asked: int, found: Inspected) -> None:
        if asked != self._asked:
            return
        self._shown, self._error = found, None
        self.sizes.show_rows(found.free_sizes, {}, found.guessed)
        self.retranslate()

    def _on_failed(self, asked: int, error: Exception) -> None:
        if asked != self._asked:
            return
        if isinstance(error, KnownError):
            self._error = error.info
        elif isinstance(error, OSError):
            name = self._path.name if self._path is not None else ""
            self._error = ErrorInfo(ErrorKind.FILE_UNREADABLE.value, {"file": name}, str(error))
        else:
            raise error
        self.retranslate()

    def _on_export(self) -> None:
        if self._shown is not None:
            self.save_requested.emit(
                f"{self._shown.path.stem}-operators.csv", nodes_table.csv_text(self._shown.found.nodes)
            )

    # files dropped on it -------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = local_files(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.show_file(paths[0])

    # words ---------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.choose.setText(self.tr("&Choose file…"))
        self.run.setText(self.tr("&Measure it"))
        is_refused = self._error is not None and self._shown is None
        self.run.setVisible(self._path is not None and not is_refused)
        self.batch_name.setText(self.tr("Batch size"))
        self.batch.setAccessibleName(self.tr("Batch size"))
        self.title.set_whole(visible(self._path.name) if self._path is not None else "")
        shown, error = self._shown, self._error
        self.body.setVisible(shown is not None)
        self.empty.setVisible(shown is None)
        self.empty.setText(self._instead())
        self.context.setText("" if error is None or shown is None else self._told(error))
        self.context.setVisible(bool(self.context.text()))
        self.notes.setText(self._unknown())
        self.notes.setVisible(bool(self.notes.text()))
        if shown is not None:
            self._fill(shown)

    def _instead(self) -> str:
        if self._error is not None:
            return self._told(self._error)
        if self._path is None:
            return self.tr(
                "Choose a model file, or drop one here, to read what is inside. Nothing of it runs."
            )
        return self.tr("Reading the file…")

    def _told(self, error: ErrorInfo) -> str:
        return sentences.of_error(error, self._path.name if self._path is not None else "")

    def _unknown(self) -> str:
        """What the file does not tell, each reason once."""
        if self._shown is None:
            return ""
        found = self._shown.found
        reasons = [reason for name, reason in found.unavailable.items() if name in ("nodes", "operators")]
        if not found.nodes and not reasons:
            reasons = list(found.unavailable.values())
        told = "\n".join(dict.fromkeys(reason_sentence(one, sentences.language()) for one in reasons))
        if told and found.operators and not found.nodes:
            return self.tr("What each operator needs is not known: {reason}").format(reason=told)
        return told

    def _fill(self, shown: Inspected) -> None:
        rows = description_table.rows(
            shown.form, shown.size_bytes, shown.sha256, shown.is_trusted, shown.found, sentences.language()
        )
        self._line_up()
        self._show_facts(Group(self.tr("What it is"), tuple(_facts(rows))))
        self.nodes.show_nodes(shown.found.nodes, shown.found.operators)
        QTimer.singleShot(0, self, self._fit)

    def _line_up(self) -> None:
        """The fields begin at one line."""
        width = max(self.batch_name.sizeHint().width(), self.sizes.label_width)
        self.batch_name.setMinimumWidth(width)
        self.sizes.set_label_width(width)

    def _show_facts(self, group: Group) -> None:
        panel = FactPanel(group, self._area.widget())
        if self.facts is not None:
            self._column.removeWidget(self.facts)
            self.facts.hide()
            self.facts.deleteLater()
        self._column.insertWidget(self._column.count() - 1, panel)
        self.facts = panel

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _facts(rows: Sequence[description_table.Row]) -> Iterator[Fact]:
    """A row without a word goes on with the one before."""
    merged: list[tuple[str, list[str]]] = []
    for word, value in rows:
        if word or not merged:
            merged.append((word, []))
        merged[-1][1].append(_breakable(value))
    for word, values in merged:
        yield Fact(word, "\n".join(values))


def _breakable(text: str) -> str:
    """A hash has no spaces to break at."""
    words = text.split(" ")
    return " ".join("\u200b".join(word[at : at + 16] for at in range(0, len(word), 16)) for word in words)

"""A table with the runs side by side, as wide as its words; a sentence where there is nothing to show."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QStackedWidget, QTableView, QVBoxLayout, QWidget

from gui import sentences, tables
from gui.comparing.long_words import breakable
from gui.comparing.scene import Scene
from gui.models.text_table import TextTable
from gui.panel import QuietLabel, wrapped_label
from profiler.comparison.records import Comparison
from profiler.reports import answers_beside, comparison_table, comparison_text, correctness_text, limit_table
from profiler.reports.sections import Section
from profiler.result import Paired, RunResult
from profiler.wording import Language

Make = Callable[[Comparison, Language], Section | None]
_WIDEST, _LEAST = 36, 7


class BesideTable(QWidget):
    """Attributes: `view` the table, `nothing` the sentence in its place."""

    def __init__(self, make: Make, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self._scene: Scene | None = None
        self.view, self.nothing = QTableView(self), wrapped_label(self)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.notes = QuietLabel(self)
        self.notes.setWordWrap(True)
        self.model = TextTable(self, frozenset(range(64)))
        self.view.setModel(self.model)
        tables.prepare(self.view)
        self.view.setAlternatingRowColors(True)
        self._widths: list[int] = []
        # The viewport, because it is narrower where a scroll bar has come.
        self.view.viewport().installEventFilter(self)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.nothing)
        self.bar = QHBoxLayout()
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 8, 10, 8)
        box.addLayout(self.bar)
        box.addWidget(self.stack, 1)
        box.addWidget(self.notes)

    def show_scene(self, scene: Scene) -> None:
        self._scene = scene
        self.refresh()

    def choose(self, index: int | None) -> None:
        """All runs are seen at once."""

    def refresh(self) -> None:
        section = None
        if self._scene is not None:
            section = self._make(self._scene.comparison, sentences.language())
        has_rows = section is not None and len(section.rows) > 1
        self.stack.setCurrentIndex(0 if has_rows else 1)
        self.notes.setText("" if section is None else breakable("\n".join(section.notes)))
        self.notes.setVisible(bool(self.notes.text()))
        if section is not None and has_rows:
            self.model.set_rows(section.rows[0], section.rows[1:])
            self._fit()

    def _fit(self) -> None:
        """As wide as the words, but no cell so wide that the next run is out of sight."""
        each = self.view.fontMetrics().averageCharWidth()
        header = self.view.horizontalHeader()
        columns = range(self.model.columnCount())
        wanted = [max(self.view.sizeHintForColumn(at), header.sectionSizeHint(at)) for at in columns]
        self._widths = [min(max(width, _LEAST * each), _WIDEST * each) for width in wanted]
        self._share()
        rows = self.model.rowCount() * self.view.verticalHeader().defaultSectionSize()
        # Room for the bar below, which comes where the runs are many.
        self.view.setMinimumHeight(header.sizeHint().height() + rows + 24)

    def _share(self) -> None:
        """Room that is left goes to all columns alike."""
        spare = max(0, self.view.viewport().width() - sum(self._widths))
        each = spare // max(1, len(self._widths))
        for column, width in enumerate(self._widths):
            is_last = column == len(self._widths) - 1
            self.view.setColumnWidth(column, width + (spare - each * column if is_last else each))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._share()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.refresh()


class AnswersBeside(BesideTable):
    """Whether the answers of each run are right: parity, accuracy, the same input again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_answers, parent)
        self.retranslate()

    def retranslate(self) -> None:
        self.view.setAccessibleName(self.tr("Whether the answers are right"))
        self.nothing.setText(
            self.tr(
                "Nobody looked at the answers of these runs. On the Run page, choose a reference or labelled "
                "data and measure again."
            )
        )
        super().retranslate()


def _answers(comparison: Comparison, language: Language) -> Section | None:
    """The table, below it the paired test of each run in words, and what speaks against a run."""
    section = answers_beside.section(comparison, language)
    if section is None:
        return None
    tested = [
        comparison_text.say("against_one", language, name=name, why=_test(run, found, language))
        for name, run in zip(comparison.names, comparison.runs, strict=True)
        if (found := run.accuracy.beside_reference) is not None
    ]
    return section._replace(notes=[*section.notes, *tested, *limit_table.against(comparison, language)])


def _test(run: RunResult, found: Paired, language: Language) -> str:
    """McNemar's test of this run beside its reference."""
    return correctness_text.paired(found, correctness_text.reference(run.accuracy, language), language)


class SettingsBeside(BesideTable):
    """All figures and settings. Attribute: `only` the tick that leaves only what differs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self._section, parent)
        self.only = QCheckBox(self)
        self.bar.addWidget(self.only)
        self.bar.addStretch(1)
        self.only.toggled.connect(self.refresh)
        self.retranslate()

    def _section(self, comparison: Comparison, language: Language) -> Section | None:
        return comparison_table.section(comparison, language, self.only.isChecked())

    def retranslate(self) -> None:
        self.only.setText(self.tr("&Only differences"))
        self.view.setAccessibleName(self.tr("Figures and settings side by side"))
        self.nothing.setText(self.tr("No row differs."))
        super().retranslate()

"""Sections of a result, each a heading, a table and sentences below it, one under the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QVBoxLayout, QWidget

from gui import tables
from gui.models.text_table import TextTable
from gui.panel import plain_label, wrapped_label
from profiler.reports.sections import Section


class SectionTable(QTableView):
    """A table as high as its rows and as wide as its words; sentences in its last column wrap."""

    def __init__(self, section: Section, parent: QWidget) -> None:
        super().__init__(parent)
        heads, *rows = section.rows
        leading = _leading(section)
        self.texts = self.model_of(leading)
        self.texts.set_rows(heads, rows)
        self.setModel(self.texts)
        tables.prepare(self)
        self.setWordWrap(True)
        self.setAccessibleName(section.heading)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        header = self.horizontalHeader()
        header.setVisible(any(heads))
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._is_narrow = not _has_sentences(rows)
        if not self._is_narrow:
            header.setSectionResizeMode(len(heads) - 1, QHeaderView.ResizeMode.Stretch)
        header.sectionResized.connect(lambda *_: self.fit())
        self.fit()

    def model_of(self, leading: frozenset[int]) -> TextTable:
        """Whose cells are shown; `leading` columns hold words."""
        return TextTable(self, leading=leading)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """As high as the rows are at this width."""
        self.resizeRowsToContents()
        head = self.horizontalHeader().sizeHint().height() if not self.horizontalHeader().isHidden() else 0
        self.setFixedHeight(head + self.verticalHeader().length() + 2 * self.frameWidth() + 2)
        if self._is_narrow:
            # A number far to the right of its name is not found.
            self.setMaximumWidth(self.horizontalHeader().length() + 2 * self.frameWidth())


def _leading(section: Section) -> frozenset[int]:
    """Columns of words, which are read from the left: all that hold no numbers."""
    return frozenset(at for at, right in enumerate(section.columns_to_the_right) if not right)


def _has_sentences(rows: Sequence[Sequence[str]]) -> bool:
    return any(row[-1].count(" ") > 3 for row in rows)


class SectionView(QWidget):
    """As high as what it shows: the page around it scrolls. Attributes: `tables`, one a section with rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tables: list[SectionTable] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(10, 8, 10, 8)
        self._inside = QWidget(self)
        self._box.addWidget(self._inside)
        self._box.addStretch(1)

    def set_sections(self, sections: Sequence[Section]) -> None:
        """Show these, and only these."""
        inside = QWidget(self)
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        self.tables = []
        for section in sections:
            heading = plain_label(inside, bold=True)
            heading.setText(section.heading)
            box.addWidget(heading)
            if section.rows:
                self.tables.append(self.table_of(section, inside))
                box.addWidget(self.tables[-1])
            for note in section.notes:
                label = wrapped_label(inside)
                label.setText(note)
                box.addWidget(label)
            box.addSpacing(10)
        self._box.replaceWidget(self._inside, inside)
        self._inside.hide()
        self._inside.deleteLater()
        self._inside = inside

    def table_of(self, section: Section, parent: QWidget) -> SectionTable:
        """How the rows of a section are shown."""
        return SectionTable(section, parent)

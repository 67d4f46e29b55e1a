"""A metric card: the plain word, the number, the technical word with its interval, and what is better."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui import tooltips
from gui.panel import Panel, QuietLabel, plain_label


class Reading(NamedTuple):
    """What a card says; every text is in the reader's language and plain.

    `number` is None where it could not be known, and `detail` then says why. `more` is read on hover
    and by screen readers.
    """

    word: str
    number: str | None
    unit: str
    detail: str
    direction: str
    more: str


class MetricCard(Panel):
    """One reading; a number that is not known is a dash on grey with its reason, never 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.word = QuietLabel(self)
        self.number = plain_label(self, scale=1.9, bold=True)
        self.unit = QuietLabel(self, scale=1.1)
        self.detail = QuietLabel(self, scale=0.9)
        self.detail.setWordWrap(True)
        self.direction = QuietLabel(self, scale=0.9)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._arrange()

    def _arrange(self) -> None:
        figure = QHBoxLayout()
        figure.setSpacing(5)
        figure.addWidget(self.number, 0, Qt.AlignmentFlag.AlignBaseline)
        figure.addWidget(self.unit, 0, Qt.AlignmentFlag.AlignBaseline)
        figure.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 9, 12, 9)
        box.setSpacing(2)
        box.addWidget(self.word)
        box.addLayout(figure)
        box.addWidget(self.detail)
        box.addStretch(1)
        box.addWidget(self.direction)

    def show_reading(self, reading: Reading) -> None:
        known = reading.number is not None
        self.word.setText(reading.word)
        self.number.setText(reading.number or "–")
        role = QPalette.ColorRole.WindowText if known else QPalette.ColorRole.PlaceholderText
        self.number.setForegroundRole(role)
        self.unit.setText(reading.unit if known else "")
        self.detail.setText(reading.detail)
        self.direction.setText(reading.direction if known else "")
        self.set_subdued(not known)
        self.setAccessibleName(f"{reading.word}: {reading.number or '–'} {self.unit.text()}".rstrip())
        self.setAccessibleDescription(f"{reading.detail} {reading.more}".strip())
        self.setToolTip(tooltips.plain(reading.more))

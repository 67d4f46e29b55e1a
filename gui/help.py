"""What the words of the window mean, and its keys; open beside the window, not over it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.panel import Panel, plain_label, wrapped_label

Line = tuple[str, str]
_WORDS, _KEYS = range(2)


class Help(QDialog):
    """Two lists of a term and what it stands for. Attributes: `terms` and `meanings`, the labels in order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(False)
        self.titles = [plain_label(self, scale=1.15, bold=True) for _ in (_WORDS, _KEYS)]
        self.terms: list[QLabel] = []
        self.meanings: list[QLabel] = []
        self.area, self.close_button = QScrollArea(self), QPushButton(self)
        self.close_button.clicked.connect(self.close)
        inside = QWidget(self)
        box = QVBoxLayout(inside)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(8)
        for title, lines in zip(self.titles, self._lists(), strict=True):
            box.addWidget(title)
            box.addWidget(self._list(len(lines)))
            box.addSpacing(8)
        box.addStretch(1)
        self._arrange(inside)
        self.retranslate()

    def _arrange(self, inside: QWidget) -> None:
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 12)
        whole.addWidget(self.area, 1)
        whole.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignHCenter)
        width = self.fontMetrics().averageCharWidth() * 104
        self.resize(width, round(width * 0.8))

    def _list(self, count: int) -> Panel:
        panel = Panel(self)
        grid = QGridLayout(panel)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        for row in range(count):
            term, meaning = wrapped_label(panel), wrapped_label(panel)
            font = term.font()
            font.setBold(True)
            term.setFont(font)
            for column, label in enumerate((term, meaning)):
                label.setAlignment(Qt.AlignmentFlag.AlignTop)
                grid.addWidget(label, row, column)
            self.terms.append(term)
            self.meanings.append(meaning)
        return panel

    def _lists(self) -> tuple[Sequence[Line], Sequence[Line]]:
        return self._words(), self._keys()

    def _words(self) -> Sequence[Line]:
        return (*self._times(), *self._settings(), *self._costs())

    def _times(self) -> Sequence[Line]:
        return (
            (
                self.tr("Typical wait (median latency, P50)"),
                self.tr("Half of the answers took at most this long."),
            ),
            (
                self.tr("Slow 1 in 100 (P99)"),
                self.tr(
                    "Of 100 answers one took longer than this. Shown only where there are enough of them."
                ),
            ),
            (
                self.tr("95 % sure"),
                self.tr(
                    "The range in which the number lies, judged from this run alone. "
                    "Starting anew can move it by more."
                ),
            ),
            (
                self.tr("Answers per second (throughput)"),
                self.tr("How many answers came in a second, where the next is asked for when one is there."),
            ),
            (
                self.tr("Getting ready (load and first call)"),
                self.tr("What passes before the first answer is there; it is paid once at every start."),
            ),
            (
                self.tr("Practice runs (warm-up)"),
                self.tr("The first calls are slower than those of daily use: they are made, not counted."),
            ),
        )

    def _settings(self) -> Sequence[Line]:
        return (
            (
                self.tr("Per batch (batch size)"),
                self.tr("How many samples one call answers. More of them wait longer and cost less each."),
            ),
            (
                self.tr("Threads"),
                self.tr("How many cores one call may use at once."),
            ),
        )

    def _costs(self) -> Sequence[Line]:
        return (
            (
                self.tr("Most memory used (peak RSS)"),
                self.tr("The most that the measuring process held in memory: runtime, model and inputs."),
            ),
            (
                self.tr("FLOPs and MACs"),
                self.tr(
                    "How much arithmetic one answer takes, not how fast it is. 1 MAC, a product and a sum, "
                    "is 2 FLOPs."
                ),
            ),
        )

    def _keys(self) -> Sequence[Line]:
        return (
            ("Ctrl+O", self.tr("Choose model files")),
            ("Ctrl+R", self.tr("Start, on the page “Run”")),
            ("Esc", self.tr("Stop, on the page “Measuring”; what was measured is kept")),
            ("Ctrl+1 … Ctrl+8", self.tr("Go to a page")),
            ("Ctrl+E", self.tr("Export, on the page “Results”")),
            ("F6", self.tr("Go to the next part of the window")),
            ("F1", self.tr("This help")),
            ("Ctrl+Q", self.tr("Close the window")),
        )

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("Help"))
        self.titles[_WORDS].setText(self.tr("Words"))
        self.titles[_KEYS].setText(self.tr("Keys"))
        self.area.setAccessibleName(self.tr("Help"))
        self.close_button.setText(self.tr("&Close"))
        lines = [line for part in self._lists() for line in part]
        for label, meaning, line in zip(self.terms, self.meanings, lines, strict=True):
            label.setText(line[0])
            meaning.setText(line[1])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

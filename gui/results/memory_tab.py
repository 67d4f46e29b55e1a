"""Memory of a run: when it was how much, what it was for, and how it grows with the batch."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import sentences
from gui.panel import QuietLabel, plain_label
from gui.plots.memory_bar import MemoryBar, Part
from gui.plots.share_bars import Bar, ShareBars
from profiler import units, wording
from profiler.reports import memory_table
from profiler.reports.operators_table import label
from profiler.result import RunResult

_OF_THE_MODEL = ("weights", "activations", "workspace")


class MemoryTab(QWidget):
    """By phase as bars, the model's peak by kind as one bar, and a bar for each batch of a sweep."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: RunResult | None = None
        self.heads = [plain_label(self, bold=True) for _ in range(3)]
        self.phases, self.kinds, self.batches = ShareBars(self), MemoryBar(self), ShareBars(self)
        self.missing = QuietLabel(self)
        self.missing.setWordWrap(True)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 8, 10, 8)
        box.setSpacing(8)
        for head, chart in zip(self.heads, (self.phases, self.kinds, self.batches), strict=True):
            box.addWidget(head)
            box.addWidget(chart)
            box.addSpacing(10)
        box.addWidget(self.missing)
        box.addStretch(1)
        self.retranslate()

    def show_result(self, result: RunResult) -> None:
        """Show the memory of this result."""
        self._result = result
        self._fill()

    def _fill(self) -> None:
        if self._result is None:
            return
        result, language = self._result, sentences.language()
        known = {code: getattr(result.memory, field) for code, field in memory_table.PHASES.items()}
        self.phases.set_bars(
            self.heads[0].text(),
            [
                Bar(label(f"memory_{code}", language), value, units.size(value))
                for code, value in known.items()
                if value is not None
            ],
        )
        self.heads[0].setVisible(any(value is not None for value in known.values()))
        kinds = {code: getattr(result.memory, memory_table.KINDS[code]) for code in _OF_THE_MODEL}
        is_whole = all(value is not None for value in kinds.values())
        self.heads[1].setVisible(is_whole)
        self.kinds.setVisible(is_whole)
        if is_whole:
            parts = [
                Part(label(f"memory_{code}", language), value, "other" if code == "workspace" else "model")
                for code, value in kinds.items()
            ]
            self.kinds.set_parts(self.heads[1].text(), parts)
        self._fill_batches(result)
        self.missing.setText(self._why(result))

    def _fill_batches(self, result: RunResult) -> None:
        peaks = {
            point.batch: point.memory.peak_rss_bytes
            for point in result.points
            if point.memory is not None and point.memory.peak_rss_bytes is not None
        }
        is_shown = len(peaks) > 1
        self.heads[2].setVisible(is_shown)
        self.batches.setVisible(is_shown)
        if is_shown:
            bars = [
                Bar(self.tr("batch {size}").format(size=f"{batch:,}"), peak, units.size(peak))
                for batch, peak in sorted(peaks.items())
            ]
            self.batches.set_bars(self.heads[2].text(), bars)

    def _why(self, result: RunResult) -> str:
        """What is not shown, and why; each reason once, behind all that it holds for."""
        language = sentences.language()
        names: dict[str, list[str]] = {}
        for code, field in {**memory_table.PHASES, **memory_table.KINDS}.items():
            reason = result.unavailable.get(f"memory.{field}")
            if getattr(result.memory, field) is None and reason is not None:
                sentence = wording.reason_sentence(reason, language)
                names.setdefault(sentence, []).append(label(f"memory_{code}", language))
        words = self.tr("{what}: {reason}")
        return "\n".join(words.format(what="; ".join(own), reason=why) for why, own in names.items())

    def retranslate(self) -> None:
        names = (
            self.tr("The process, from start to end"),
            self.tr("What the model's share of the peak holds"),
            self.tr("Most memory used, by batch"),
        )
        for head, name in zip(self.heads, names, strict=True):
            head.setText(name)
        self._fill()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

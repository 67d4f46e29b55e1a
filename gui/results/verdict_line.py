"""Whether the numbers can be believed: one line, and the reasons on demand."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui import sentences
from gui.panel import QuietLabel, plain_label, wrapped_label
from gui.plots.colours import is_dark
from profiler.result import Level, RunResult, Status

_SIGNS = {Level.TRUSTED: "✓", Level.CAUTION: "!", Level.INVALID: "✕"}
# On light and on dark, each above 4.5:1 there; never green against red.
_COLOURS = {
    Level.TRUSTED: ("#005A8C", "#56B4E9"),
    Level.CAUTION: ("#A65300", "#E69F00"),
    Level.INVALID: ("#A6447D", "#D98CB8"),
}


class VerdictLine(QWidget):
    """A sign, a word, what stands behind it; `Why?` unfolds one sentence for each reason."""

    # Qt sends change events to half-built widgets too.
    _result: RunResult | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.level = plain_label(self, bold=True)
        self.summary = QuietLabel(self)
        self.why = QPushButton(self)
        self.why.setCheckable(True)
        self.reasons = wrapped_label(self)
        self.reasons.hide()
        line = QHBoxLayout()
        line.setSpacing(8)
        for widget in (self.level, self.summary, self.why):
            line.addWidget(widget)
        line.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addLayout(line)
        box.addWidget(self.reasons)
        self.why.toggled.connect(self.reasons.setVisible)

    def show_result(self, result: RunResult) -> None:
        self._result = result
        verdict = result.verdict
        self.why.setChecked(verdict is not None and verdict.level is Level.INVALID)
        self._tint()
        self.retranslate()

    def retranslate(self) -> None:
        result = self._result
        count = 0 if result is None or result.verdict is None else len(result.verdict.reasons)
        self.why.setText(self.tr("&Why? ({count})").format(count=count) if count else self.tr("&Why?"))
        if result is None:
            return
        verdict = result.verdict
        self.level.setVisible(verdict is not None)
        self.why.setVisible(verdict is not None)
        if verdict is not None:
            self.level.setText(f"{_SIGNS[verdict.level]} {self._word(verdict.level)}")
            found = [sentences.of_reason(reason) for reason in verdict.reasons]
            self.reasons.setText("\n".join(f"• {text}" for text in found) or self._nothing_against())
        self.summary.setText(" · ".join(self._facts(result)))

    def _facts(self, result: RunResult) -> list[str]:
        ended = {
            Status.STOPPED: self.tr("stopped early: this is what was measured until then"),
            Status.INTERRUPTED: self.tr("cut off: this is what was measured until then"),
        }
        facts = [ended[result.status]] if result.status in ended else []
        if result.steadiness is not None:
            facts.append(self._steady(result.steadiness.status))
        return [*facts, self._counted(result)]

    def _counted(self, result: RunResult) -> str:
        count = f"{result.latency.count:,}"
        own = [one for one in result.replicates if one.point == (result.chosen_point or 0)]
        if len(own) < 2:
            return self.tr("{count} measurement(s)", "", result.latency.count).format(count=count)
        return self.tr("{count} measurements in {processes} processes").format(
            count=count, processes=len(own)
        )

    def _word(self, level: Level) -> str:
        return {
            Level.TRUSTED: self.tr("Trusted"),
            Level.CAUTION: self.tr("Read with caution"),
            Level.INVALID: self.tr("Not to be relied on"),
        }[level]

    def _steady(self, status: str) -> str:
        known = {
            "stable": self.tr("steady"),
            "drifting": self.tr("drifting"),
            "disturbed": self.tr("disturbed"),
            "throttled": self.tr("slowed down by heat or power"),
            "bimodal": self.tr("two groups of waits"),
            "not_stabilised": self.tr("practice did not settle"),
            "too_few_samples": self.tr("too few to tell whether steady"),
        }
        return known.get(status, status)

    def _nothing_against(self) -> str:
        return self.tr(
            "The run was steady, long enough, and nothing was seen that would put the numbers in doubt."
        )

    def _tint(self) -> None:
        """The colour of the level, which its sign and word say too."""
        verdict = None if self._result is None else self._result.verdict
        if verdict is None:
            return
        wanted = QColor(_COLOURS[verdict.level][is_dark(self.palette())])
        if self.level.palette().color(QPalette.ColorRole.WindowText) != wanted:
            tinted = QPalette()
            tinted.setColor(QPalette.ColorRole.WindowText, wanted)
            self.level.setPalette(tinted)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

"""An open loop: from when requests were due against from when they were begun, and its schedule."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import sentences
from gui.panel import plain_label, wrapped_label
from gui.plots.bars import Group, WaitBars
from gui.results.section_view import SectionView
from profiler.reports import open_loop_text
from profiler.result import RunResult

_PERCENTILES = ("p50", "p90", "p95", "p99")


class ScheduleTab(QWidget):
    """Attributes: `bars` the two times side by side; `sections` the same as tables, with the lateness."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: RunResult | None = None
        self.title, self.about = plain_label(self, bold=True), wrapped_label(self)
        self.bars, self.sections = WaitBars(self), SectionView(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 8, 10, 8)
        box.setSpacing(8)
        for widget in (self.title, self.bars, self.about):
            box.addWidget(widget)
        box.addWidget(self.sections, 1)
        self.retranslate()

    @staticmethod
    def applies(result: RunResult) -> bool:
        return result.boundary.service is not None or result.boundary.lateness is not None

    def show_result(self, result: RunResult) -> None:
        """Show a result of an open loop."""
        self._result = result
        self.retranslate()

    def retranslate(self) -> None:
        self.title.setText(self.tr("Response time against service time"))
        self.about.setText(
            self.tr(
                "Response counts from when a request was due, service from when it was begun: "
                "what lies between is waiting."
            )
        )
        result = self._result
        if result is None:
            return
        service = result.boundary.service
        for widget in (self.title, self.bars, self.about):
            widget.setVisible(service is not None)
        groups = [
            Group(name.upper(), (getattr(result.latency, f"{name}_ns"), getattr(service, f"{name}_ns")))
            for name in _PERCENTILES
            if service is not None
        ]
        self.bars.set_groups(self.title.text(), (self.tr("response"), self.tr("service")), groups)
        language = sentences.language()
        made = (open_loop_text.section(result, language), open_loop_text.schedule(result, language))
        self.sections.set_sections([section for section in made if section is not None])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

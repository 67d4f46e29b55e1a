"""Models that live together: their memory as one bar, and how long this one takes beside the others."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import sentences
from gui.panel import plain_label, wrapped_label
from gui.plots.bars import Group, WaitBars
from gui.plots.memory_bar import MemoryBar, Part
from profiler import wording
from profiler.error_text import visible
from profiler.reports import residents_table
from profiler.result import RunResult, Together


class TogetherPanel(QWidget):
    """Attributes: `memory` and `waits`, the two charts; `fits` what still has room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.memory_title, self.waits_title = plain_label(self, bold=True), plain_label(self, bold=True)
        self.memory, self.waits, self.fits = MemoryBar(self), WaitBars(self), wrapped_label(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        for widget in (self.waits_title, self.waits, self.memory_title, self.memory, self.fits):
            box.addWidget(widget)
        box.addStretch(1)

    def show_result(self, result: RunResult) -> None:
        """Show a result whose `together` is there."""
        language = sentences.language()
        self.memory_title.setText(
            QCoreApplication.translate("Together", "Memory of the models that live together")
        )
        self.waits_title.setText(QCoreApplication.translate("Together", "One answer, by what the others do"))
        groups = [
            Group(
                wording.say("loads", f"together_{point.together}", language),
                (point.latency.p50_ns, point.latency.p99_ns),
            )
            for point in result.points
            if point.together
        ]
        self.waits.set_groups(self.waits_title.text(), ("P50", "P99"), groups)
        if result.together is not None:
            self.memory.set_parts(self.memory_title.text(), parts(result.together))
        section = residents_table.section(result, language)
        self.fits.setText("\n".join(section.notes) if section is not None else "")


def parts(together: Together) -> list[Part]:
    """Residents whose memory is known; what others take and what is free where the whole is known."""
    found = [
        Part(visible(one.name), taken, "model")
        for one in together.residents
        if (taken := one.device_bytes if one.device_bytes is not None else one.memory_bytes)
    ]
    if together.free_bytes is None or together.total_bytes is None:
        return found
    other = together.total_bytes - together.free_bytes - sum(part.size_bytes for part in found)
    if other > 0:
        found.append(Part(QCoreApplication.translate("Together", "in use otherwise"), other, "other"))
    return [*found, Part(QCoreApplication.translate("Together", "free"), together.free_bytes, "free")]

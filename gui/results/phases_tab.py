"""Where the time of a run went: phases as a waterfall, and the two sides of a call on a device."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.panel import QuietLabel, plain_label
from gui.plots.bars import Group, WaitBars
from gui.plots.waterfall import Bar, Waterfall
from gui.results import names
from profiler.result import Boundary, RunResult

_PHASES = (
    "import_ns", "load_ns", "compile_ns", "first_inference_ns", "second_inference_ns", "warmup_ns",
    "steady_ns",
)  # fmt: skip
_START = {"import_ns", "load_ns", "compile_ns", "first_inference_ns"}
_SPANS = ("h2d_ns", "compute_ns", "d2h_ns")


class PhasesTab(QWidget):
    """Phases from the start of the process to the end of measuring, first child of the run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: RunResult | None = None
        self.title, self.calls_title = plain_label(self, bold=True), plain_label(self, bold=True)
        self.phases, self.call = Waterfall(self), Waterfall(self)
        self.both = WaitBars(self)
        self.legend, self.spans_title = QuietLabel(self), QuietLabel(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 8, 10, 8)
        box.setSpacing(8)
        phases = (self.title, self.phases, self.legend)
        for widget in (*phases, self.calls_title, self.both, self.spans_title, self.call):
            box.addWidget(widget)
        box.addStretch(1)
        self.retranslate()

    def show_result(self, result: RunResult) -> None:
        self._result = result
        self.retranslate()

    def retranslate(self) -> None:
        self.title.setText(self.tr("Phases of the run"))
        self.calls_title.setText(self.tr("One call on the device"))
        self.spans_title.setText(self.tr("What the device does in one call, by its own events:"))
        self.legend.setText(
            self.tr("Strong colour: paid at every start. Bar lengths grow with the square root of the time.")
        )
        if self._result is None:
            return
        words = names.words()
        phases = self._result.phases
        self.phases.set_bars(
            [
                Bar(words.get(f"phases.{name}", name), value, name in _START)
                for name in _PHASES
                if (value := getattr(phases, name)) is not None
            ]
        )
        self._show_call(self._result.boundary, self._result.latency.p50_ns)

    def _show_call(self, boundary: Boundary, wall_ns: int | None) -> None:
        """As the application calls it against the device alone, where they differ."""
        has_device = boundary.device_ns is not None
        for widget in (self.calls_title, self.both, self.spans_title, self.call):
            widget.setVisible(has_device)
        if not has_device:
            return
        spans = {
            "h2d_ns": self.tr("Host to device"),
            "compute_ns": self.tr("Compute"),
            "d2h_ns": self.tr("Device to host"),
        }
        parts = [(spans[name], getattr(boundary, name)) for name in _SPANS]
        self.call.set_bars([Bar(name, value, True) for name, value in parts if value is not None])
        groups = [
            Group(self.tr("as your application calls it"), (wall_ns,)),
            Group(self.tr("on the device alone"), (boundary.device_ns,)),
        ]
        self.both.set_groups(self.calls_title.text(), ("P50",), groups)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

"""The line below the pages: the machine, the runtimes, the fonts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from gui import sentences, titles
from gui.panel import ElidedLabel, QuietLabel
from gui.plots.colours import mixed
from profiler.error_text import visible
from profiler.errors import ErrorInfo

if TYPE_CHECKING:
    from hardware.machine import Machine
    from profiler.messages import Surveyed


class StatusLine(QFrame):
    """Says what it was told; until then that it is being looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.machine, self.runtimes, self.fonts = ElidedLabel(self), ElidedLabel(self), QuietLabel(self)
        self._machine: Machine | None = None
        self._surveyed: Surveyed | None = None
        self._errors: dict[str, ErrorInfo] = {}
        self._can_write_chinese: bool | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 5, 20, 5)
        row.setSpacing(24)
        row.addWidget(self.machine)
        row.addStretch(1)
        row.addWidget(self.runtimes)
        row.addWidget(self.fonts)
        self.retranslate()

    def show_machine(self, machine: Machine) -> None:
        self._machine = machine
        self.retranslate()

    def show_runtimes(self, surveyed: Surveyed) -> None:
        self._surveyed = surveyed
        self.retranslate()

    def show_error(self, what: str, error: ErrorInfo) -> None:
        """`what` is machine or runtimes."""
        self._errors[what] = error
        self.retranslate()

    def show_fonts(self, can_write_chinese: bool) -> None:
        self._can_write_chinese = can_write_chinese
        self.retranslate()

    def retranslate(self) -> None:
        self.machine.set_whole(self._machine_words())
        self.runtimes.set_whole(self._runtime_words())
        self.fonts.setText(self._font_words())

    def _machine_words(self) -> str:
        if self._machine is None:
            error = self._errors.get("machine")
            return self.tr("Looking at the machine…") if error is None else sentences.of_error(error)
        # Late: the facts are of no use before the machine has answered.
        from profiler import machine_facts

        machine = self._machine
        words = [visible(machine.cpu.name or self.tr("unknown processor"))]
        if machine.cpu.usable_cores is not None:
            count = f"{machine.cpu.usable_cores:g}"
            words.append(self.tr("{count} usable cores").format(count=count))
        if machine.memory_total_bytes is not None:
            words.append(machine_facts.binary_size(machine.memory_total_bytes))
        words += [visible(gpu.name or "GPU") for gpu in machine.gpus] or [self.tr("no NVIDIA GPU")]
        return " · ".join(words)

    def _runtime_words(self) -> str:
        if self._surveyed is None:
            error = self._errors.get("runtimes")
            return self.tr("Looking for runtimes…") if error is None else sentences.of_error(error)
        from profiler.backends import catalog

        words = []
        # What nothing here could use is not missed.
        has_no_gpu = self._machine is not None and not self._machine.gpus
        useless = {row.name for row in catalog.RUNTIMES if row.needs_gpu and has_no_gpu}
        for runtime in self._surveyed.runtimes:
            if runtime.missing is not None and runtime.name in useless:
                continue
            # PyTorch opens three formats, and is one thing to have.
            title = titles.of_runtime(runtime.name).partition(" (")[0]
            if runtime.missing is None:
                words.append(f"{title} {runtime.version or ''}".rstrip())
            else:
                words.append(self.tr("{title} is missing").format(title=title))
        return " · ".join(dict.fromkeys(words))

    def _font_words(self) -> str:
        if self._can_write_chinese is None:
            return ""
        return self.tr("Fonts: fine") if self._can_write_chinese else "Fonts: none for Chinese"

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        palette = self.palette()
        painter = QPainter(self)
        painter.setPen(mixed(palette.text().color(), palette.window().color(), 0.14))
        painter.drawLine(0, 0, self.width(), 0)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

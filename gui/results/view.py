"""One result, whole: title, answer, verdict, cards, then charts, then tables."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui import sentences, titles
from gui.cards import MetricCard
from gui.models.settings_table import FactsView
from gui.panel import ElidedLabel, QuietLabel, wrapped_label
from gui.results import numbers, settings
from gui.results.answers_tab import AnswersTab
from gui.results.charts import OrderTab, WaitsTab
from gui.results.error_card import ErrorCard
from gui.results.load_tab import LoadTab
from gui.results.memory_tab import MemoryTab
from gui.results.operators_tab import OperatorsTab
from gui.results.page_tabs import PageTabs
from gui.results.phases_tab import PhasesTab
from gui.results.readings import all_readings
from gui.results.schedule_tab import ScheduleTab
from gui.results.section_view import SectionView
from gui.results.verdict_line import VerdictLine
from profiler import sample_parts
from profiler.error_text import visible
from profiler.reports import (
    load_sections,
    memory_table,
    open_loop_text,
    operators_table,
    points_table,
)
from profiler.reports.sections import Section
from profiler.result import RunResult
from profiler.wording import Language

Samples = npt.NDArray[np.int64]
Answer = Callable[[RunResult, Language], str]
_CARDS = 5


class ResultView(QWidget):
    """Shows one result at a time and is used again for the next.

    Signals: `run_again_requested`, `export_requested`, `report_requested`, each with the result shown;
    `save_requested` with a name to suggest and the text that is to be kept.
    """

    run_again_requested = Signal(object)
    export_requested = Signal(object)
    report_requested = Signal(object)
    save_requested = Signal(str, str)

    def __init__(self, answer: Answer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer = answer
        self._result: RunResult | None = None
        self._opened: QWidget | None = None
        self.title = ElidedLabel(self)
        self.context = QuietLabel(self)
        self.answer = wrapped_label(self)
        self.verdict = VerdictLine(self)
        self.error = ErrorCard(self)
        self.cards = [MetricCard(self) for _ in range(_CARDS)]
        self.load, self.schedule = LoadTab(), ScheduleTab()
        self.operators, self.memory = OperatorsTab(), MemoryTab()
        self.answers = AnswersTab()
        self.phases, self.more = PhasesTab(), SectionView()
        self.waits, self.order = WaitsTab(), OrderTab()
        self.numbers, self.settings, self.missing = FactsView(), FactsView(), FactsView()
        self.missing.setColumnHidden(1, True)
        self.tabs = PageTabs(self)
        self.again, self.export, self.report = (QPushButton(self) for _ in range(3))
        self.operators.save_requested.connect(self.save_requested)
        self._prepare()
        self._arrange()
        self.retranslate()

    def _prepare(self) -> None:
        for label, scale in ((self.answer, 1.5), (self.title, 1.15)):
            font = label.font()
            font.setPointSizeF(font.pointSizeF() * scale)
            font.setBold(label is self.title)
            label.setFont(font)
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for page in self._pages():
            self.tabs.add_page(page)
        for button, signal in (
            (self.again, self.run_again_requested),
            (self.export, self.export_requested),
            (self.report, self.report_requested),
        ):
            button.clicked.connect(lambda _checked=False, to=signal: to.emit(self._result))

    def _pages(self) -> tuple[QWidget, ...]:
        charts = (self.load, self.schedule, self.waits, self.order, self.phases)
        return (
            *charts, self.operators, self.memory, self.answers, self.more, self.numbers, self.settings,
            self.missing,
        )  # fmt: skip

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        for button in (self.again, self.export, self.report):
            head.addWidget(button)
        row = QHBoxLayout()
        row.setSpacing(10)
        for card in self.cards:
            row.addWidget(card, 1)
        box = QVBoxLayout(self)
        # Room before the scroll bar of the page.
        box.setContentsMargins(0, 0, 10, 0)
        box.setSpacing(10)
        box.addLayout(head)
        for widget in (self.context, self.answer, self.verdict, self.error):
            box.addWidget(widget)
        box.addLayout(row)
        box.addWidget(self.tabs, 1)

    def show_result(self, result: RunResult, samples: Samples | None) -> None:
        """Show this result; `samples` (int64 ns, in order) are cold calls, warm-up, then what counts."""
        self._result = result
        counted, ordered, cold, warmup = _parts(result, samples)
        self.waits.set_samples(counted, result.latency)
        self.order.set_samples(ordered, cold, warmup)
        self.tabs.setTabVisible(self.tabs.indexOf(self.load), bool(result.points))
        self.tabs.setTabText(self.tabs.indexOf(self.load), self._load_name(result))
        if result.points:
            self.load.show_result(result)
        self.tabs.setTabVisible(self.tabs.indexOf(self.schedule), ScheduleTab.applies(result))
        self.schedule.show_result(result)
        self.tabs.setTabVisible(self.tabs.indexOf(self.answers), AnswersTab.applies(result))
        for page in (self.phases, self.operators, self.memory, self.answers):
            page.show_result(result)
        self.verdict.show_result(result)
        self.error.setVisible(result.error is not None)
        if result.error is not None:
            self.error.show_error(result.error, result.model.name)
        self._open_page(result)
        self._fill(result)

    def _open_page(self, result: RunResult) -> None:
        """What speaks for a result of its kind; of one kind the page stays, so that results are compared."""
        wanted: QWidget = self.waits
        if not result.latency.count:
            wanted = self.settings
        elif result.points:
            wanted = self.load
        elif ScheduleTab.applies(result):
            wanted = self.schedule
        if wanted is not self._opened:
            self.tabs.setCurrentWidget(wanted)
        self._opened = wanted

    def _fill(self, result: RunResult) -> None:
        self.title.set_whole(visible(result.model.name))
        self.context.setText(self._context(result))
        self.answer.setVisible(result.latency.count > 0)
        self.verdict.setVisible(result.latency.count > 0)
        self.answer.setText(self._answer(result, sentences.language()) if result.latency.count else "")
        readings = all_readings(result)
        for card, reading in zip(self.cards, readings, strict=True):
            card.show_reading(reading)
            # Five dashes under an error say nothing that the error does not.
            card.setVisible(result.error is None or any(each.number is not None for each in readings))
        self.numbers.set_sections(numbers.sections(result))
        self.settings.set_sections(settings.sections(result))
        self.missing.set_sections(numbers.not_measurable(result))
        sections = _other_sections(result)
        self.more.set_sections(sections)
        self.tabs.setTabVisible(self.tabs.indexOf(self.more), bool(sections))

    def _load_name(self, result: RunResult) -> str:
        if result.together is not None:
            return self.tr("Together")
        return self.tr("Tries") if points_table.is_search(result) else self.tr("Load")

    def _context(self, result: RunResult) -> str:
        text = self.tr("{format} · {runtime} on {device} · batch {batch} · {when}")
        return text.format(
            format=titles.of_format(result.model.format),
            runtime=titles.of_runtime(result.plan.runtime),
            device=titles.of_device(result.plan.device),
            batch=result.plan.batch,
            when=titles.of_time(result.created),
        )

    def retranslate(self) -> None:
        self.again.setText(self.tr("Run a&gain"))
        self.export.setText(self.tr("&Export…"))
        self.report.setText(self.tr("Re&port…"))
        names = (
            self.tr("Load") if self._result is None else self._load_name(self._result),
            self.tr("Schedule"),
            self.tr("Waits"),
            self.tr("In order"),
            self.tr("Phases"),
            self.tr("Inside"),
            self.tr("Memory"),
            self.tr("Answers"),
            self.tr("Processes and machine"),
            self.tr("All numbers"),
            self.tr("Settings"),
            self.tr("Not measured"),
        )
        for at, name in enumerate(names):
            self.tabs.setTabText(at, name)
        self.tabs.setAccessibleName(self.tr("Charts and tables of this result"))
        self.numbers.setAccessibleName(self.tr("All numbers of this result"))
        self.settings.setAccessibleName(self.tr("Settings of this run"))
        self.missing.setAccessibleName(self.tr("What could not be measured, and why"))
        if self._result is not None:
            self._fill(self._result)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _other_sections(result: RunResult) -> list[Section]:
    """Those that have no tab of their own."""
    language = sentences.language()
    makers = (
        points_table.section,
        open_loop_text.section,
        open_loop_text.schedule,
        operators_table.section,
        memory_table.section,
    )
    shown = [maker(result, language) for maker in makers]
    return [section for section in load_sections.of(result, language) if section not in shown]


def _parts(result: RunResult, samples: Samples | None) -> tuple[Samples | None, Samples | None, int, int]:
    """What counts at the point that speaks for the run; the same behind the first process's cold calls and
    practice runs; how many there are of these."""
    ref = result.samples
    if samples is None or ref is None:
        return None, None, 0, 0
    counted = sample_parts.steady(ref, samples)
    before = samples[: ref.cold_count + ref.warmup_count]
    return counted, np.concatenate([before, counted]), ref.cold_count, ref.warmup_count

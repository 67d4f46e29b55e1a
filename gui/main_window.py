"""The window: the rail, the pages, the bar above and the line below; and who is told what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from gui import languages, panes, sentences, shortcuts
from gui.background import Jobs
from gui.closing import Closing
from gui.comparisons import Comparisons
from gui.demo import DemoPlans, demo_plans
from gui.desk import Desk
from gui.dialogs import Dialogs
from gui.font_banner import FontBanner
from gui.holder import Holder
from gui.keeper import Keeper
from gui.outcomes import Outcomes
from gui.page_maker import COMPARE, HISTORY, INSIDE, LIVE, MACHINE, RESULTS, RUN, START, PageMaker
from gui.rail import Rail
from gui.run_errands import RunErrands
from gui.run_queue import QueuedRun
from gui.services import History, Services
from gui.settings import Settings
from gui.status_line import StatusLine
from gui.surroundings import Surroundings
from gui.top_bar import TopBar
from gui.turns import Turns
from profiler.errors import KnownError
from profiler.result import RunResult

if TYPE_CHECKING:
    from gui.help import Help
    from gui.services import Pair, Samples
    from hardware.machine import Machine
    from profiler.messages import Surveyed

ICONS = ("start", "run", "live", "results", "compare", "inside", "machine", "history")
SMALLEST, USUAL = QSize(1000, 640), QSize(1180, 760)


class MainWindow(QMainWindow):
    """Pages are made when they are first visited, so that the first paint waits for none of them.

    Signals: `first_painted` once; `language_chosen` and `theme_chosen` when the user chose anew.
    """

    first_painted = Signal()
    language_chosen = Signal(str)
    theme_chosen = Signal(object)

    def __init__(self, services: Services, settings: Settings, dialogs: Dialogs | None = None) -> None:
        super().__init__()
        self.services, self.settings = services, settings
        self.dialogs = dialogs or Dialogs(lambda: self)
        self.jobs = Jobs()
        self.turns = Turns(self.jobs)
        self.desk = Desk(services, self.jobs, self.turns, self.dialogs)
        self.keeper = Keeper(services, self.jobs, self.dialogs, settings)
        self.comparisons = Comparisons(services, self.jobs, self.desk, self.keeper, self.dialogs)
        self.around = Surroundings(services, self.turns)
        self.closing = Closing(self.desk, self.keeper, self.dialogs, self)
        self.errands, self.outcomes = RunErrands(self), Outcomes(self)
        self._maker = PageMaker(self)
        self.pages: dict[int, QWidget] = {}
        self._help: Help | None = None
        self._is_painted = False
        self.rail, self.top_bar, self.status_line = Rail(ICONS, self), TopBar(self), StatusLine(self)
        self.font_banner, self.stack = FontBanner(self), QStackedWidget(self)
        self._arrange()
        self._connect()
        self._add_shortcuts()
        self.retranslate()
        self.show_page(START)
        self.page(START).setFocus()

    def _arrange(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        for widget in (self.top_bar, self.font_banner):
            right.addWidget(widget)
        right.addWidget(self.stack, 1)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self.rail)
        upper.addLayout(right, 1)
        centre = QWidget(self)
        whole = QVBoxLayout(centre)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(upper, 1)
        whole.addWidget(self.status_line)
        self.setCentralWidget(centre)
        self.setMinimumSize(SMALLEST)
        self.resize(USUAL)
        self.restoreGeometry(self.settings.geometry)

    def _connect(self) -> None:
        self.rail.chosen.connect(self.show_page)
        self.top_bar.language_chosen.connect(self._on_language)
        self.top_bar.theme_chosen.connect(self.theme_chosen)
        self.top_bar.help.clicked.connect(self.show_help)
        self.closing.ready.connect(self.close)
        self.desk.queued.connect(lambda: self.show_page(LIVE))
        self.desk.delayed.connect(lambda: self._live("delay"))
        self.desk.begun.connect(self._on_begun)
        self.desk.turned.connect(self._on_turned)
        self.desk.happened.connect(lambda run, event: self._live("take", event, run))
        self.desk.ticked.connect(lambda latest, samples: self._live("tick", latest, samples))
        self.desk.queue_changed.connect(lambda: self._live("follow", self.desk.queue))
        self.comparisons.loaded.connect(self._on_comparable)
        self.comparisons.added.connect(lambda pairs: self.page(COMPARE).add_runs(pairs))
        self.around.machine_found.connect(self.status_line.show_machine)
        self.around.machine_found.connect(self._on_machine)
        self.around.surveyed.connect(self.status_line.show_runtimes)
        self.around.surveyed.connect(self._on_surveyed)
        self.around.failed.connect(self._on_not_found)

    def _add_shortcuts(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+O": self.choose_files,
            "Ctrl+R": self._on_start_key,
            "Escape": self._on_stop_key,
            "Ctrl+E": self._on_export_key,
            "F1": self.show_help,
            "F6": self._next_pane,
            "Ctrl+Q": self.close,
        }
        pages = {f"Ctrl+{page + 1}": partial(self.show_page, page) for page in range(len(ICONS))}
        shortcuts.install(self, keys | pages)

    # pages ---------------------------------------------------------------------------------------

    def page(self, position: int) -> Any:
        """The page, made now if this is the first visit."""
        if position not in self.pages:
            made = self._maker.make(position)
            self.pages[position] = made
            self.stack.addWidget(made)
        return self.pages[position]

    def show_page(self, position: int) -> None:
        self.stack.setCurrentWidget(self.page(position))
        self.rail.show_chosen(position)
        self.top_bar.page.setText(self._words()[position])
        self.watch()
        if position == HISTORY:
            self._refresh_history()

    @property
    def current(self) -> int:
        """The position of the page that is shown."""
        return next(at for at, page in self.pages.items() if page is self.stack.currentWidget())

    def _refresh_history(self) -> None:
        holder = self.pages.get(HISTORY)
        if isinstance(holder, Holder) and holder.content is not None:
            content: Any = holder.content
            content.refresh()

    # files and runs ------------------------------------------------------------------------------

    def open_files(self, paths: Sequence[str]) -> None:
        """Show these files on the run page."""
        if not paths:
            return
        self.settings.folder = str(Path(paths[0]).parent)
        page = self.page(RUN)
        if self.current == START:
            page.set_preset(self.page(START).preset)
        page.add_files(paths)
        self.show_page(RUN)

    def choose_files(self) -> None:
        self.open_files(self.dialogs.choose_models(self.settings.folder))

    def choose_inside(self) -> None:
        chosen = self.dialogs.choose_models(self.settings.folder)
        if chosen:
            self.settings.folder = str(Path(chosen[0]).parent)
            self.look_inside(chosen[0])

    def look_inside(self, path: str) -> None:
        """Show what is in this file; nothing of it runs."""
        self.page(INSIDE).show_file(path)
        self.show_page(INSIDE)

    def choose_results(self) -> None:
        """Documents of runs, for the compare page."""
        chosen = self.dialogs.choose_results(self.settings.folder)
        if chosen:
            self.settings.folder = str(Path(chosen[0]).parent)
            self.comparisons.open_files(chosen)

    def show_comparison(self, run_ids: Sequence[str]) -> None:
        """Show these runs beside each other, in this order."""
        self.comparisons.show(run_ids)

    def _on_comparable(self, pairs: list[Pair]) -> None:
        self.page(COMPARE).show_runs(pairs)
        self.show_page(COMPARE)

    def start_demo(self) -> None:
        """Measure the bundled samples, quickly."""
        self.jobs.do(lambda: demo_plans(self.services), self._on_demo_plans)

    def _on_demo_plans(self, made: DemoPlans) -> None:
        for error in made.errors:
            self.dialogs.show_trouble(sentences.of_error(error))
        self.desk.start(made.plans, in_turns=True)

    def open_run(self, run_id: str) -> None:
        """Show a run of the history."""
        self.desk.with_store(
            lambda store: self.jobs.do(
                lambda: (store.load(run_id), store.samples(run_id)), self.show_loaded, self._on_not_loaded
            )
        )

    def show_loaded(self, loaded: tuple[RunResult, Samples | None]) -> None:
        """Show a run and its samples on the results page."""
        self.keeper.remember(*loaded)
        self.page(RESULTS).show_result(*loaded)
        self.show_page(RESULTS)

    def _on_not_loaded(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        self.dialogs.show_trouble(sentences.of_error(error.info))

    def run_again(self, result: RunResult) -> None:
        """The same plan; where its file is not known, the user says where it is."""
        plan = self.keeper.plan_of(result)
        if plan is not None:
            self.desk.start([plan])
        else:
            self.choose_files()

    def _live(self, method: str, *arguments: object) -> None:
        """Tell the live page, which is made with the first run."""
        getattr(self.page(LIVE), method)(*arguments)

    def _on_begun(self, run: QueuedRun) -> None:
        self.page(LIVE).begin(run)
        self.watch()

    def _on_turned(self, run: QueuedRun) -> None:
        self.page(LIVE).turn_to(run)
        self.watch()

    def watch(self) -> None:
        """Read samples only while somebody looks at them."""
        page = self.pages.get(LIVE)
        shown = page is not None and self.stack.currentWidget() is page
        self.desk.bridge.is_watched = shown and self.page(LIVE).is_drawing

    def show_outcome(self) -> None:
        """What the queue left: the comparison that ended last, else the last result."""
        self.outcomes.show()

    # keys ----------------------------------------------------------------------------------------

    def _on_start_key(self) -> None:
        if self.current == RUN:
            self.page(RUN).request_start()

    def _on_stop_key(self) -> None:
        if self.desk.is_running and self.current == LIVE:
            self.desk.stop()

    def _on_export_key(self) -> None:
        if self.current == RESULTS and self.page(RESULTS).stack.currentIndex() == 1:
            self.page(RESULTS).view.export.click()

    def show_help(self) -> None:
        """Words and keys, beside the window: whoever reads a word there wants to see it here."""
        if self._help is None:
            from gui.help import Help

            self._help = Help(self)
        self._help.show()
        self._help.raise_()
        self._help.activateWindow()

    def _next_pane(self) -> None:
        panes.go_on((self.rail, self.page(self.current), self.top_bar), self.focusWidget())

    # after the first paint -----------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            self._once(0, self.first_painted.emit)

    def _once(self, milliseconds: int, then: Callable[[], object]) -> None:
        """A timer of the window's own, so that it cannot outlive the window."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(then)
        timer.start(milliseconds)

    def look_around(self) -> None:
        """Everything that may wait until the window is there: the history, the machine, the runtimes."""
        self.desk.with_store(self._on_store)
        self.turns.do(self.services.preload, lambda _: None)
        self.around.ask()
        self._check_fonts()

    def _on_store(self, store: History) -> None:
        self.turns.do(lambda: self.services.recover(store), lambda _: self.show_recent_runs())

    def show_recent_runs(self) -> None:
        """The newest runs of the history on the start page."""
        self.desk.with_store(lambda store: self.jobs.do(store.rows, self.page(START).show_recent))

    def _on_machine(self, machine: Machine) -> None:
        holder = self.pages.get(MACHINE)
        if isinstance(holder, Holder):
            self._maker.fill_machine(holder, machine)

    def _on_surveyed(self, runtimes: Surveyed) -> None:
        if RUN in self.pages:
            self.page(RUN).show_survey(runtimes)

    def _on_not_found(self, what: str) -> None:
        error = self.around.errors[what]
        self.status_line.show_error(what, error)
        holder = self.pages.get(MACHINE)
        if what == "machine" and isinstance(holder, Holder):
            holder.show_error(error)

    def _check_fonts(self) -> None:
        can_write = languages.can_write_chinese()
        self.status_line.show_fonts(can_write)
        self.font_banner.setVisible(not can_write and self.settings.language == "zh_CN")

    # words and the end ---------------------------------------------------------------------------

    def _on_language(self, code: str) -> None:
        self.settings.language = "zh_CN" if code == "zh_CN" else "en"
        self.language_chosen.emit(code)
        self._check_fonts()

    def _words(self) -> tuple[str, ...]:
        return (
            self.tr("Start"),
            self.tr("Run"),
            self.tr("Measuring"),
            self.tr("Results"),
            self.tr("Compare"),
            self.tr("Inside"),
            self.tr("Machine"),
            self.tr("History"),
        )

    def retranslate(self) -> None:
        self.setWindowTitle("inferometer")
        self.rail.setAccessibleName(self.tr("Pages"))
        self.rail.set_words(self._words())
        if self.pages:
            self.top_bar.page.setText(self._words()[self.current])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.closing.may_close():
            event.ignore()
            return
        self.settings.geometry = self.saveGeometry()
        self.settings.keep()
        self.hide()
        if self._help is not None:
            self._help.close()
        self.jobs.close()
        event.accept()

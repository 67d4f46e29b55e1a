"""How each page is made, at its first visit, and whom it tells what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.holder import Holder
from gui.pages.start import StartPage

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from gui.services import History
    from hardware.machine import Machine

START, RUN, LIVE, RESULTS, COMPARE, INSIDE, MACHINE, HISTORY = range(8)


class PageMaker:
    """Imports a page when it is made: all but the first would hold up the first paint."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._makers = {
            START: self._start,
            RUN: self._run,
            LIVE: self._live,
            RESULTS: self._results,
            COMPARE: self._compare,
            INSIDE: self._inside,
            MACHINE: self._machine,
            HISTORY: self._history,
        }

    def make(self, position: int) -> QWidget:
        return self._makers[position]()

    def _start(self) -> QWidget:
        window = self._window
        page = StartPage(window)
        page.files_given.connect(window.open_files)
        page.choose_requested.connect(window.choose_files)
        page.demo_requested.connect(window.start_demo)
        page.run_opened.connect(window.open_run)
        return page

    def _run(self) -> QWidget:
        from gui.pages.run import RunPage

        window = self._window
        page = RunPage(window.services, window.jobs, window.turns, window, window.settings)
        page.start_requested.connect(window.desk.start)
        page.choose_requested.connect(window.choose_files)
        page.inputs_requested.connect(window.errands.choose_inputs)
        page.source_requested.connect(window.errands.choose_source)
        page.inside_requested.connect(window.look_inside)
        page.variants_requested.connect(window.errands.offer_variants)
        page.data_requested.connect(window.errands.choose_data)
        page.checks.failed.connect(window.errands.tell_trouble)
        page.python_requested.connect(window.errands.choose_python)
        page.set_python(window.settings.python)
        page.python_named.connect(window.errands.keep_python)
        page.form.set_runtime(window.settings.runtime)
        page.form.runtime_chosen.connect(window.errands.keep_runtime)
        window.desk.asking_changed.connect(page.set_asking)
        if window.around.runtimes is not None:
            page.show_survey(window.around.runtimes)
        return page

    def _live(self) -> QWidget:
        from gui.pages.live import LivePage

        page = LivePage(self._window)
        page.stop_requested.connect(self._window.desk.stop)
        page.results_requested.connect(self._window.show_outcome)
        page.drawing_changed.connect(self._window.watch)
        return page

    def _results(self) -> QWidget:
        from gui.pages.results import ResultsPage

        window = self._window
        page = ResultsPage(window)
        # What can be focused is inside; the area itself has nothing to say.
        page.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page.run_again_requested.connect(window.run_again)
        page.export_requested.connect(window.keeper.export)
        page.report_requested.connect(window.keeper.report)
        page.save_requested.connect(window.keeper.save_text)
        return page

    def _compare(self) -> QWidget:
        from gui.pages.compare import ComparePage

        window = self._window
        page = ComparePage(window.turns.do, window.services.compare, window.settings, window)
        page.files_given.connect(window.comparisons.open_files)
        page.choose_requested.connect(window.choose_results)
        page.history_requested.connect(lambda: window.show_page(HISTORY))
        page.run_opened.connect(lambda run, samples: window.show_loaded((run, samples)))
        page.export_requested.connect(window.keeper.report_comparison)
        return page

    def _inside(self) -> QWidget:
        from gui.pages.inspect import InspectPage

        window = self._window
        page = InspectPage(window.services, window.turns, window)
        page.choose_requested.connect(window.choose_inside)
        page.run_requested.connect(lambda path: window.open_files([path]))
        page.save_requested.connect(window.keeper.save_text)
        return page

    def _machine(self) -> QWidget:
        holder, around = Holder(self._window), self._window.around
        if around.machine is not None:
            self.fill_machine(holder, around.machine)
        elif "machine" in around.errors:
            holder.show_error(around.errors["machine"])
        return holder

    def fill_machine(self, holder: Holder, machine: Machine) -> None:
        from gui.pages.machine import MachinePage

        holder.show_content(MachinePage(machine))

    def _history(self) -> QWidget:
        holder = Holder(self._window)
        self._window.desk.with_store(lambda store: self._fill_history(holder, store))
        return holder

    def _fill_history(self, holder: Holder, store: History) -> None:
        from gui.pages.history import HistoryPage

        made = HistoryPage(store)
        made.run_opened.connect(self._window.open_run)
        made.compare_requested.connect(self._window.show_comparison)
        holder.show_content(made)

"""What comes of runs: a result is kept and shown, and after the last one the page that tells of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.page_maker import LIVE, RESULTS
from gui.run_queue import WITH_RESULT, State
from profiler.errors import ErrorInfo
from profiler.plan import RunPlan

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from profiler.runner import Ended


class Outcomes:
    """Follows the desk and the keeper of the window, and shows on its pages what they tell."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._compared: list[str] = []
        window.desk.ended.connect(self._on_ended)
        window.desk.compared.connect(self.take_compared)
        window.desk.all_over.connect(self._on_all_over)
        window.keeper.unsaved_changed.connect(self._on_unsaved)

    def take_compared(self, run_ids: list[str]) -> None:
        """A comparison of these runs has ended."""
        self._compared = run_ids

    def show(self) -> None:
        """The comparison that ended last, else the last result."""
        compared, self._compared = self._compared, []
        if compared:
            self._window.show_comparison(compared)
        else:
            self._window.show_page(RESULTS)

    def _on_ended(self, ended: Ended, plan: RunPlan) -> None:
        self._window.keeper.take(ended, plan)
        self._window.page(RESULTS).show_result(ended.result, ended.samples)
        self._window.show_recent_runs()

    def _on_all_over(self) -> None:
        """Where a run could not begin its reason stands on the live page, and on no other."""
        window = self._window
        states = {run.state for run in window.desk.queue}
        if window.current != LIVE or not states & WITH_RESULT or window.closing.is_waiting:
            self._compared = []
        elif State.REFUSED in states:
            window.page(LIVE).offer_results()
        else:
            self.show()

    def _on_unsaved(self, error: ErrorInfo | None) -> None:
        page = self._window.page(RESULTS)
        if error is None:
            page.clear_not_saved()
            self._window.show_recent_runs()
        else:
            page.show_not_saved(error, self._save_again, self._window.keeper.export_unsaved)

    def _save_again(self) -> None:
        self._window.desk.with_store(self._window.keeper.save_again)

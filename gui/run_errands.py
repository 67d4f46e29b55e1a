"""What the run page needs the window for: choosing files and folders, keeping choices, making variants."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gui import sentences
from gui.page_maker import RUN
from gui.variants import VariantMaker
from profiler.errors import ErrorInfo

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from gui.pages.run import RunPage
    from gui.variants_dialog import VariantsDialog


class RunErrands:
    """Asks by the dialogs of the window and hands the answers to its run page."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._variants: VariantsDialog | None = None

    @property
    def _page(self) -> RunPage:
        page: RunPage = self._window.page(RUN)
        return page

    @property
    def _folder(self) -> str:
        return self._window.settings.folder

    def choose_inputs(self) -> None:
        self._page.set_input_files(self._window.dialogs.choose_inputs(self._folder))

    def choose_source(self, name: str, is_folder: bool) -> None:
        """A file or folder for one input of a model."""
        chosen = self._window.dialogs.choose_source(self._folder, is_folder)
        self._page.set_input_source(name, chosen)

    def tell_trouble(self, error: ErrorInfo) -> None:
        self._window.dialogs.show_trouble(sentences.of_error(error))

    def choose_data(self, what: str) -> None:
        """Labelled data, its labels, or a reference that is not measured."""
        chosen = self._window.dialogs.choose_data(self._folder, what)
        if chosen:
            self._window.settings.folder = str(Path(chosen).parent)
        self._page.checks.take(what, chosen)

    def offer_variants(self) -> None:
        """A dialog beside the run page; what it makes joins the files there."""
        page, window = self._page, self._window
        if self._variants is None:
            from gui.variants_dialog import VariantsDialog

            maker = VariantMaker(window.services, window.turns, window.dialogs, window)
            self._variants = VariantsDialog(maker, window)
            self._variants.added.connect(page.add_variants)
            self._variants.requested.connect(self._choose_for_variants)
        dataset = next((plan.checks.dataset for plan in page.plans if plan.checks.dataset), None)
        self._variants.open_for(page.files, page.plans, dataset)

    def _choose_for_variants(self, what: str) -> None:
        if self._variants is None:
            return
        if what == "out":
            chosen = self._window.dialogs.choose_folder(self._folder)
        else:
            chosen = self._window.dialogs.choose_data(self._folder, what)
        self._variants.set_chosen(what, chosen)

    def choose_python(self) -> None:
        chosen = self._window.dialogs.choose_python()
        if chosen:
            self._page.set_python(chosen)

    def keep_python(self, path: str) -> None:
        self._window.settings.python = path

    def keep_runtime(self, name: str) -> None:
        self._window.settings.runtime = name

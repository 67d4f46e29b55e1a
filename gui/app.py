"""Opens the window and stays until it is closed."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from gui.crash import CrashCatcher
from gui.languages import Languages
from gui.main_window import MainWindow
from gui.services import Services
from gui.settings import APPLICATION, ORGANISATION, Settings
from gui.theme import Theme, Themes
from profiler import folders


def prepared() -> QApplication:
    """The one application of this process, with its name and its style."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(sys.argv[:1])
    application.setOrganizationName(ORGANISATION)
    application.setApplicationName(APPLICATION)
    application.setStyle("Fusion")
    return application


def opened(application: QApplication, services: Services, settings: Settings) -> MainWindow:
    """A window in the chosen language and theme, not yet shown."""
    languages, themes = Languages(application, settings.language), Themes(application, settings.theme)
    window = MainWindow(services, settings)
    window.top_bar.show_choices(settings.language, settings.theme)

    def choose_theme(theme: Theme) -> None:
        settings.theme = theme
        themes.choose(theme)

    window.language_chosen.connect(lambda code: languages.choose("zh_CN" if code == "zh_CN" else "en"))
    window.theme_chosen.connect(choose_theme)
    window.first_painted.connect(window.look_around)
    return window


def run(files: Sequence[str], demo: bool = False) -> int:
    """The window with these files on the run page, or with the samples being measured; its exit code."""
    application = prepared()
    window = opened(application, Services(), Settings())
    catcher = CrashCatcher(folders.data_folder(), window.dialogs.show_crash)
    catcher.install()
    window.open_files(files)
    if demo:
        window.first_painted.connect(window.start_demo)
    window.first_painted.connect(gc.enable)
    QTimer.singleShot(2_000, gc.enable)
    window.show()
    try:
        return application.exec()
    finally:
        catcher.remove()

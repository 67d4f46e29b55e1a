"""Installs the words of a language, ours and Qt's own, so that the window can change while it is open."""

from __future__ import annotations

from importlib import resources

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from gui import theme
from profiler.wording import Language

NAMES: dict[Language, str] = {"en": "English", "zh_CN": "中文"}


class Languages:
    """The language of one application.

    Attributes: `current` the language that is installed.
    """

    def __init__(self, application: QApplication, language: Language) -> None:
        self._application = application
        self._font = QFont(application.font())
        self._installed: list[QTranslator] = []
        self.current: Language = "en"
        self.choose(language)

    def choose(self, language: Language) -> None:
        """Every window gets a LanguageChange and says its words again."""
        for translator in self._installed:
            self._application.removeTranslator(translator)
        self.current = language
        QLocale.setDefault(QLocale("en_US" if language == "en" else language))
        self._application.setFont(theme.font(self._font, language))
        # English has a file too: it knows that one run is not "1 run(s)".
        self._installed = [_of_qt(language), _ours(language)]
        for translator in self._installed:
            self._application.installTranslator(translator)


def _ours(language: Language) -> QTranslator:
    translator = QTranslator()
    path = resources.files("resources").joinpath("i18n", f"inferometer_{language}.qm")
    if not translator.load(str(path)):
        raise FileNotFoundError(path)
    return translator


def _of_qt(language: Language) -> QTranslator:
    """OK and Cancel in Qt's own words; English words where this Qt does not bring them."""
    translator = QTranslator()
    translator.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    return translator


def can_write_chinese() -> bool:
    """Whether any font here has simplified Chinese; without one Qt draws boxes and says nothing."""
    return bool(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))

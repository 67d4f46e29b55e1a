"""The bar above the pages: the name of the page, the theme, the language and the help."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from gui.languages import NAMES
from gui.panel import QuietLabel, plain_label
from gui.theme import Theme
from profiler.wording import Language

THEMES = (Theme.SYSTEM, Theme.LIGHT, Theme.DARK)


class TopBar(QWidget):
    """Signals: `language_chosen` with a code; `theme_chosen` with a Theme. Attribute: `help` the button."""

    language_chosen = Signal(str)
    theme_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.product = plain_label(self, scale=1.05, bold=True)
        self.page = QuietLabel(self)
        self.language, self.theme = QComboBox(self), QComboBox(self)
        self.help = QPushButton(self)
        for code, name in NAMES.items():
            self.language.addItem(name, code)
        for theme in THEMES:
            self.theme.addItem("", theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 8, 20, 8)
        row.setSpacing(10)
        row.addWidget(self.product)
        row.addWidget(self.page, 1)
        row.addWidget(self.theme)
        row.addWidget(self.language)
        row.addWidget(self.help)
        self.product.setText("inferometer")
        self.language.currentIndexChanged.connect(lambda at: self.language_chosen.emit(list(NAMES)[at]))
        self.theme.currentIndexChanged.connect(lambda at: self.theme_chosen.emit(THEMES[at]))
        self.retranslate()

    def show_choices(self, language: Language, theme: Theme) -> None:
        """What is chosen, without saying so to anyone."""
        for box, position in (
            (self.language, list(NAMES).index(language)),
            (self.theme, THEMES.index(theme)),
        ):
            with QSignalBlocker(box):
                box.setCurrentIndex(position)

    def retranslate(self) -> None:
        words = (self.tr("As the system"), self.tr("Light"), self.tr("Dark"))
        for position, word in enumerate(words):
            self.theme.setItemText(position, word)
        self.theme.setAccessibleName(self.tr("Theme"))
        self.theme.setToolTip(self.tr("Theme"))
        self.help.setText(self.tr("Help"))
        self.help.setToolTip("F1")
        # Whoever cannot read the language that is shown still finds the way out of it.
        self.language.setAccessibleName("Language / 语言")
        self.language.setToolTip("Language / 语言")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

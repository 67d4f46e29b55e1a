"""Light and dark: two palettes made by hand for the Fusion style, and the choice between them."""

from __future__ import annotations

import enum

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from profiler.wording import Language

FAMILIES = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei")


class Theme(enum.StrEnum):
    """What the user chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


Role = QPalette.ColorRole
_LIGHT: dict[QPalette.ColorRole, str] = {
    Role.Window: "#F4F5F7",
    Role.WindowText: "#1C2126",
    Role.Base: "#FFFFFF",
    Role.AlternateBase: "#F4F6F8",
    Role.Text: "#1C2126",
    Role.Button: "#FBFBFC",
    Role.ButtonText: "#1C2126",
    Role.BrightText: "#FFFFFF",
    Role.ToolTipBase: "#FFFFFF",
    Role.ToolTipText: "#1C2126",
    Role.PlaceholderText: "#646C76",
    Role.Highlight: "#0069A6",
    Role.HighlightedText: "#FFFFFF",
    Role.Accent: "#0069A6",
    Role.Link: "#005A8C",
    Role.LinkVisited: "#A6447D",
    Role.Light: "#FFFFFF",
    Role.Midlight: "#EDEFF2",
    Role.Mid: "#C3C8CE",
    Role.Dark: "#9BA2AA",
    Role.Shadow: "#6E757D",
}
_DARK: dict[QPalette.ColorRole, str] = {
    Role.Window: "#16181B",
    Role.WindowText: "#E6E8EA",
    Role.Base: "#1E2124",
    Role.AlternateBase: "#24282C",
    Role.Text: "#E6E8EA",
    Role.Button: "#2A2E33",
    Role.ButtonText: "#E6E8EA",
    Role.BrightText: "#FFFFFF",
    Role.ToolTipBase: "#2A2E33",
    Role.ToolTipText: "#E6E8EA",
    Role.PlaceholderText: "#9AA2AB",
    Role.Highlight: "#2A75A8",
    Role.HighlightedText: "#FFFFFF",
    Role.Accent: "#56B4E9",
    Role.Link: "#6CBEF0",
    Role.LinkVisited: "#CC79A7",
    Role.Light: "#3A3F45",
    Role.Midlight: "#32363B",
    Role.Mid: "#44494F",
    Role.Dark: "#0F1113",
    Role.Shadow: "#000000",
}
_FADED = {Role.WindowText, Role.Text, Role.ButtonText, Role.HighlightedText}


def palette(dark: bool) -> QPalette:
    """The whole palette; disabled texts are the quiet grey, never less than 3:1."""
    made = QPalette()
    colours = _DARK if dark else _LIGHT
    for role, name in colours.items():
        made.setColor(role, QColor(name))
    faded = QColor("#7C848D" if dark else "#858C95")
    for role in _FADED:
        made.setColor(QPalette.ColorGroup.Disabled, role, faded)
    made.setColor(QPalette.ColorGroup.Disabled, Role.Highlight, QColor(colours[Role.Mid]))
    made.setColor(QPalette.ColorGroup.Disabled, Role.Accent, QColor(colours[Role.Mid]))
    return made


# Fusion draws edges darker than the window: on a dark ground they vanish, so fields are lighter instead.
_DARK_OF_CLASS: dict[str, dict[QPalette.ColorRole, str]] = {
    "QLineEdit": {Role.Base: "#292D32"},
    "QAbstractSpinBox": {Role.Base: "#292D32"},
    "QCheckBox": {Role.Base: "#3A3F45"},
    "QRadioButton": {Role.Base: "#3A3F45"},
    "QTabWidget": {Role.Button: "#17191B"},
    "QTabBar": {Role.Button: "#17191B"},
}


def palettes_of_classes(dark: bool) -> dict[str, QPalette]:
    """Palettes for single kinds of widgets; in the light theme they are the palette of all."""
    made: dict[str, QPalette] = {}
    for name, roles in _DARK_OF_CLASS.items():
        made[name] = palette(dark)
        for role, colour in roles.items() if dark else ():
            made[name].setColor(role, QColor(colour))
    return made


def wants_dark(choice: Theme, scheme: Qt.ColorScheme) -> bool:
    """Whether the dark palette serves this choice where the system says `scheme`."""
    if choice is Theme.SYSTEM:
        return scheme == Qt.ColorScheme.Dark
    return choice is Theme.DARK


class Themes(QObject):
    """Keeps the application in the chosen palette, and follows the system where that was chosen."""

    def __init__(self, application: QApplication, choice: Theme) -> None:
        super().__init__(application)
        self._application, self.choice = application, choice
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)
        self.choose(choice)

    def choose(self, choice: Theme) -> None:
        self.choice = choice
        scheme = QGuiApplication.styleHints().colorScheme()
        dark = wants_dark(choice, scheme)
        self._application.setPalette(palette(dark))
        for name, made in palettes_of_classes(dark).items():
            # PySide6 6.11 takes a str here, and says in its stub that it wants bytes.
            self._application.setPalette(made, name)  # type: ignore[arg-type]

    def _on_scheme_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self.choice is Theme.SYSTEM:
            self.choose(self.choice)


def font(default: QFont, language: Language) -> QFont:
    """The font of the window; naming the simplified families keeps Japanese shapes out of Chinese text."""
    chosen = QFont(default)
    families = [default.family()] if language == "en" else []
    chosen.setFamilies([*families, *FAMILIES, default.family()])
    return chosen

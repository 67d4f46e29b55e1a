"""What the window remembers, and what it makes of a file that somebody wrote nonsense into."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtGui import QPalette

from gui import theme
from gui.settings import APPLICATION, ORGANISATION, Settings
from gui.theme import Theme


def _write(key: str, value: object) -> None:
    file = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, ORGANISATION, APPLICATION)
    file.setValue(key, value)
    file.sync()


def test_choices_are_there_again_at_the_next_start(qapp: object) -> None:
    settings = Settings()
    settings.language, settings.theme, settings.folder = "zh_CN", Theme.DARK, "/models"
    settings.geometry = QByteArray(b"where")
    settings.keep()
    again = Settings()
    assert (again.language, again.theme, again.folder) == ("zh_CN", Theme.DARK, "/models")
    assert again.geometry == QByteArray(b"where")


def test_without_a_choice_language_and_theme_are_those_of_the_system(
    qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFEROMETER_LANG", "zh_CN")
    assert Settings().language == "zh_CN"
    assert Settings().theme is Theme.SYSTEM


@pytest.mark.parametrize("key", ["language", "theme", "folder", "geometry"])
def test_nonsense_counts_as_not_chosen(qapp: object, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFEROMETER_LANG", "en")
    _write(key, ["no", "such", "thing"])
    settings = Settings()
    assert (settings.language, settings.theme, settings.folder) == ("en", Theme.SYSTEM, "")
    assert settings.geometry.isEmpty()


def test_settings_of_one_test_are_not_seen_by_another(qapp: object) -> None:
    assert Settings().folder == ""


@pytest.mark.parametrize(
    ("choice", "scheme", "dark"),
    [
        (Theme.LIGHT, Qt.ColorScheme.Dark, False),
        (Theme.DARK, Qt.ColorScheme.Light, True),
        (Theme.SYSTEM, Qt.ColorScheme.Dark, True),
        (Theme.SYSTEM, Qt.ColorScheme.Light, False),
        (Theme.SYSTEM, Qt.ColorScheme.Unknown, False),
    ],
)
def test_the_theme_follows_the_system_only_where_that_was_chosen(
    choice: Theme, scheme: Qt.ColorScheme, dark: bool
) -> None:
    assert theme.wants_dark(choice, scheme) is dark


def _luminance(palette: QPalette, role: QPalette.ColorRole, group: QPalette.ColorGroup) -> float:
    colour = palette.color(group, role)
    parts = [colour.redF(), colour.greenF(), colour.blueF()]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    ("text", "ground", "group", "least"),
    [
        ("WindowText", "Window", "Active", 4.5),
        ("Text", "Base", "Active", 4.5),
        ("ButtonText", "Button", "Active", 4.5),
        ("HighlightedText", "Highlight", "Active", 4.5),
        ("PlaceholderText", "Base", "Active", 4.5),
        ("ToolTipText", "ToolTipBase", "Active", 4.5),
        ("Link", "Window", "Active", 4.5),
        ("Accent", "Window", "Active", 3.0),
        ("Text", "Base", "Disabled", 3.0),
        ("ButtonText", "Button", "Disabled", 3.0),
    ],
)
def test_texts_stand_off_their_ground(dark: bool, text: str, ground: str, group: str, least: float) -> None:
    palette, which = theme.palette(dark), QPalette.ColorGroup[group]
    both = [_luminance(palette, QPalette.ColorRole[name], which) for name in (text, ground)]
    contrast = (max(both) + 0.05) / (min(both) + 0.05)
    assert contrast >= least

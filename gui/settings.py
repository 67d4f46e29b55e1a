"""What the window remembers between starts: language, theme, size, the last folder, limits."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from PySide6.QtCore import QByteArray, QSettings

from gui.theme import Theme
from profiler import wording
from profiler.wording import Language

ORGANISATION = APPLICATION = "inferometer"


class Settings:
    """Choices in an .ini file of the user; a value that nobody could have chosen counts as not chosen."""

    def __init__(self) -> None:
        self._file = QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, ORGANISATION, APPLICATION
        )

    @property
    def language(self) -> Language:
        """The chosen language, else that of the system."""
        chosen = self._text("language")
        return next((known for known in wording.LANGUAGES if known == chosen), wording.preferred_language())

    @language.setter
    def language(self, value: Language) -> None:
        self._file.setValue("language", value)

    @property
    def theme(self) -> Theme:
        chosen = self._text("theme")
        return Theme(chosen) if chosen in Theme.__members__.values() else Theme.SYSTEM

    @theme.setter
    def theme(self, value: Theme) -> None:
        self._file.setValue("theme", value.value)

    @property
    def folder(self) -> str:
        """Where the last file was chosen; empty before the first."""
        return self._text("folder")

    @folder.setter
    def folder(self, value: str) -> None:
        self._file.setValue("folder", value)

    @property
    def python(self) -> str:
        """The interpreter of the user's runtime; empty for our own."""
        return self._text("python")

    @python.setter
    def python(self, value: str) -> None:
        self._file.setValue("python", value)

    @property
    def runtime(self) -> str:
        """The runtime that was chosen, as gui.choices knows it; empty for the one that fits the file."""
        return self._text("runtime")

    @runtime.setter
    def runtime(self, value: str) -> None:
        self._file.setValue("runtime", value)

    @property
    def geometry(self) -> QByteArray:
        value = self._file.value("geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._file.setValue("geometry", value)

    @property
    def inputs(self) -> str:
        """What was given for the inputs of models, as gui.remembered writes it."""
        return self._text("inputs")

    @inputs.setter
    def inputs(self, value: str) -> None:
        self._file.setValue("inputs", value)

    @property
    def compare_limits(self) -> dict[str, float]:
        """The limits of the compare page by quantity, in the units of profiler.limits."""
        try:
            return msgspec.json.decode(self._text("compare_limits") or "{}", type=dict[str, float])
        except msgspec.DecodeError:
            return {}

    @compare_limits.setter
    def compare_limits(self, value: Mapping[str, float]) -> None:
        self._file.setValue("compare_limits", msgspec.json.encode(dict(value)).decode())

    def keep(self) -> None:
        """Write to disk now."""
        self._file.sync()

    def _text(self, key: str) -> str:
        value = self._file.value(key)
        return value if isinstance(value, str) else ""

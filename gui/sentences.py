"""Codes as sentences inside the window: the Qt-free catalogue, in the language the window speaks."""

from __future__ import annotations

from PySide6.QtCore import QLocale

from profiler import error_text, wording
from profiler.errors import ErrorInfo
from profiler.result import Reason
from profiler.wording import Language


def language() -> Language:
    """The language of the window, which gui.languages makes Qt's default locale."""
    return "zh_CN" if QLocale().language() == QLocale.Language.Chinese else "en"


def of_reason(reason: Reason) -> str:
    """Why a number is missing or to be doubted; a code without a text is shown as it is."""
    if wording.has("reasons", reason.code):
        return wording.say("reasons", reason.code, language(), **reason.parameters)
    return _bare(reason.code, reason.parameters)


def of_error(error: ErrorInfo, file: str = "") -> str:
    """What went wrong, why, and what to do; `file` names the model where the error does not."""
    return error_text.sentence(error, language(), file)


def _bare(code: str, parameters: dict[str, str]) -> str:
    values = ", ".join(f"{name} = {value}" for name, value in parameters.items())
    return f"{code} ({values})" if values else code

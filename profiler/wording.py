"""The Qt-free text catalogue: a code and its parameters become a sentence in the reader's language.

Texts lie in resources/texts/*.toml, one file a topic, one table a code, both languages side by side.
"""

from __future__ import annotations

import functools
import locale
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from profiler.result import Reason

Language = Literal["en", "zh_CN"]
LANGUAGES: tuple[Language, ...] = ("en", "zh_CN")
BECAUSE = "because"


@functools.cache
def topic(name: str) -> Mapping[str, Mapping[str, str]]:
    """All texts of one topic: code -> language -> template."""
    import tomllib  # here, because the window paints before it needs a text
    from importlib import resources

    text = resources.files("resources").joinpath("texts", f"{name}.toml").read_text(encoding="utf-8")
    return cast(Mapping[str, Mapping[str, str]], tomllib.loads(text))


def has(topic_name: str, code: str) -> bool:
    """Whether the topic holds a text for this code."""
    return code in topic(topic_name)


def say(topic_name: str, code: str, language: Language, /, **parameters: object) -> str:
    """The text of a code with its parameters filled in; raises KeyError for a code without a text.

    Parameters that the template does not name are ignored; one that it names and does not get is
    shown as a dash, because a sentence with a gap still helps and an exception does not.
    """
    template = topic(topic_name)[code][language]
    return template.format_map(_Dashed(parameters))


class _Dashed(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "–"


def preferred_language(environment: Mapping[str, str] | None = None) -> Language:
    """The language of the command line: INFEROMETER_LANG, else the locale of the system."""
    variables = os.environ if environment is None else environment
    for name in ("INFEROMETER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = variables.get(name, "")
        if value:
            return "zh_CN" if value.lower().startswith("zh") else "en"
    if environment is None:
        system = locale.getlocale()[0] or ""
        return "zh_CN" if system.lower().startswith(("zh", "chinese")) else "en"
    return "en"


def reason_sentence(reason: Reason, language: Language) -> str:
    """The sentence of a reason; a code without a text is shown as it is rather than hidden.

    `because` stands for an error: its parameters are those of the error, with its `kind` and `words`.
    """
    if reason.code == BECAUSE:
        return _error_sentence(reason, language)
    for name in ("reasons", "hardware", "native"):
        if has(name, reason.code):
            return say(name, reason.code, language, **reason.parameters)
    return " ".join([reason.code, *reason.parameters.values()])


def _error_sentence(reason: Reason, language: Language) -> str:
    from profiler import error_text  # which is made of texts itself
    from profiler.errors import ErrorInfo

    told = dict(reason.parameters)
    kind, words = told.pop("kind", ""), told.pop("words", "")
    return error_text.sentence(ErrorInfo(kind, told, words), language)

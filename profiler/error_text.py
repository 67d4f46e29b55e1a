"""An error as one sentence in the reader's language: what happened, why, and what to do.

The sentence of a kind stands in resources/texts/errors.toml under `kind`. A finer one stands under
`kind.what`, where `what` is a parameter of the error; where the parameters that a sentence names are not
all there, `kind.short` steps in. `{what}` and `{phase}` become words from formats.toml and phases.toml.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterator

from profiler import units, wording
from profiler.errors import ErrorInfo
from profiler.wording import Language

TOPIC = "errors"
_LONGEST_VALUE = 300
_LONGEST_WORDS = 200
_NOTHING = ("", units.DASH)
_NAMED_IN = {"what": "formats", "phase": "phases"}
_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def sentence(info: ErrorInfo, language: Language, /, file: str = "") -> str:
    """The sentence of an error; `file` names the model where the error itself does not.

    A kind without a text (a newer child) is shown as it came. Sizes (`*_bytes`) are written with units,
    characters that cannot be seen or that turn the direction of writing as their escapes.
    """
    told = {"words": _first_line(info.text), **info.parameters}
    given = {name: value for name, value in told.items() if value not in _NOTHING}
    if file:
        given.setdefault("file", file)
    code = _code(info.kind, given, language)
    if code is None:
        return visible(f"{info.kind}: {info.text}" if info.text else info.kind)
    return wording.say(TOPIC, code, language, **_shown(given, language))


def _first_line(text: str) -> str:
    """What a runtime said, short enough to stand inside a sentence and without its own full stop."""
    line = text.strip().partition("\n")[0].rstrip(".")
    return line if len(line) <= _LONGEST_WORDS else line[:_LONGEST_WORDS] + "…"


def visible(text: str) -> str:
    """The text with control and direction characters as escapes, so that no name can pose as another."""
    return "".join(
        letter.encode("unicode_escape").decode("ascii")
        if unicodedata.category(letter) in _HIDDEN_CATEGORIES
        else letter
        for letter in text[:_LONGEST_VALUE]
    )


def placeholders(template: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def _code(kind: str, given: dict[str, str], language: Language) -> str | None:
    known = [code for code in _candidates(kind, given.get("what", "")) if wording.has(TOPIC, code)]
    whole = (code for code in known if placeholders(wording.topic(TOPIC)[code][language]) <= given.keys())
    return next(whole, known[-1] if known else None)


def _candidates(kind: str, what: str) -> Iterator[str]:
    if what:
        yield f"{kind}.{what}"
        yield f"{kind}.{what}.short"
    yield kind
    yield f"{kind}.short"


def _shown(given: dict[str, str], language: Language) -> dict[str, str]:
    return {name: _value(name, value, language) for name, value in given.items()}


def _value(name: str, value: str, language: Language) -> str:
    topic = _NAMED_IN.get(name)
    if topic and wording.has(topic, value):
        return wording.say(topic, value, language)
    if name == "phase" and wording.has("phases", value):
        return wording.say("phases", value, language)
    if name.endswith("_bytes") and value.isdecimal():
        return units.size(int(value))
    return visible(value)

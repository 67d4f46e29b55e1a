"""Where the numbers of an input come from, in the reader's language."""

from __future__ import annotations

from profiler import wording
from profiler.error_text import visible
from profiler.wording import Language

TOPIC = "inputs"
_PICTURE = ("count", "size", "layout", "values")


def of_origin(code: str, language: Language) -> str:
    """The words of a code of profiler.input_origin; one from a newer version is shown as it is."""
    name, _, rest = code.partition(":")
    if name == "images" and rest.count(":") == 3:
        return _pictures(dict(zip(_PICTURE, rest.split(":"), strict=True)), language)
    if name == "files" and rest.isdecimal():
        return wording.say(TOPIC, "files", language, count=rest)
    if name == "made" and rest:
        return _made(rest, language)
    return wording.say(TOPIC, name, language) if code in ("made", "file") else visible(code)


def _made(kind: str, language: Language) -> str:
    name, _, numbers = kind.partition(":")
    code = f"made_{name}"
    if not wording.has(TOPIC, code):
        return visible(kind)
    low, _, high = numbers.partition(",")
    return wording.say(TOPIC, code, language, low=visible(low), high=visible(high or low))


def _pictures(found: dict[str, str], language: Language) -> str:
    code = f"values_{found['values']}"
    values = wording.say(TOPIC, code, language) if wording.has(TOPIC, code) else visible(found["values"])
    return wording.say(
        TOPIC,
        "images",
        language,
        count=visible(found["count"]),
        size=visible(found["size"].replace("x", " × ")),
        layout=visible(found["layout"]),
        values=values,
    )

"""The values of a difference in words: codes of profiler.comparison.conditions, others as they are."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from profiler import input_words, wording
from profiler.error_text import visible
from profiler.result import Reason
from profiler.wording import Language

TOPIC = "comparison"


def reason_code(reason: Reason) -> str:
    """A reason with its figures as one value, in which nothing separates tokens."""
    given = urlencode(reason.parameters)
    return f"{reason.code}?{given}" if given else reason.code


def value_words(value: str, language: Language) -> str:
    """One run's value of one aspect; empty where it is not known."""
    words = [_token(token, language) for token in value.split("; ") if token]
    return wording.say(TOPIC, "value_separator", language).join(words)


def _token(token: str, language: Language) -> str:
    code, equals, rest = token.partition("=")
    if code == "input" and equals:
        return visible(input_words.of_origin(rest, language))
    if code == "reason" and equals:
        named, _, given = rest.partition("?")
        return wording.reason_sentence(Reason(named, dict(parse_qsl(given))), language)
    known = f"value_{code}"
    if wording.has(TOPIC, known):
        return wording.say(TOPIC, known, language, value=visible(rest))
    return visible(token)

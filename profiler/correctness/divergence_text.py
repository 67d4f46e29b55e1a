"""Where answers part, in words, for reports, the command line and the window."""

from __future__ import annotations

from profiler import wording
from profiler.answer_blocks import Divergence, DivergentTensor
from profiler.error_text import visible
from profiler.wording import Language

_TOPIC = "divergence"


def sentence(divergence: Divergence, language: Language) -> str:
    """What was found, or why it could not be looked for."""
    if divergence.state == "not_possible" or divergence.first is None:
        said = [wording.say(_TOPIC, "none", language, count=divergence.compared)]
        if divergence.reason is not None:
            reason = wording.reason_sentence(divergence.reason, language)
            said = [reason] if divergence.state == "not_possible" else [*said, reason]
        return _joined(said, language)
    first = divergence.first
    return wording.say(
        _TOPIC,
        _form(divergence),
        language,
        name=visible(first.name),
        node=visible(first.node),
        type=visible(first.type),
        what=_what(first, language),
    )


def method(divergence: Divergence, language: Language) -> str:
    """How it was looked for, in one sentence; empty where nothing was looked at."""
    if not divergence.method or not divergence.matched_by:
        return ""
    ways = [wording.say(_TOPIC, f"method_{one}", language) for one in divergence.method.split(", ")]
    joint = "; " if language == "en" else "；"
    matched = wording.say(_TOPIC, f"matched_{divergence.matched_by}", language)
    return wording.say(_TOPIC, "method", language, method=joint.join(ways), matched=matched)


def _form(divergence: Divergence) -> str:
    code = divergence.reason.code if divergence.reason is not None else ""
    if code == "divergence_in_inputs":
        return "found_input"
    if code == "divergence_only_outputs":
        return "found_output"
    return "found" if len(divergence.trail) > 1 else "found_first"


def _what(first: DivergentTensor, language: Language) -> str:
    """A tensor that is beyond tolerance without figures is so for its zeros or for what is not finite."""
    if first.is_unlike:
        return wording.say(_TOPIC, "what_unlike", language)
    if first.max_relative is None:
        return wording.say(_TOPIC, "what_zero", language)
    return wording.say(_TOPIC, "what_relative", language, percent=_percent(first.max_relative))


def _percent(share: float) -> str:
    return f"{100 * share:,.0f}" if share >= 0.1 else f"{100 * share:.2g}"


def _joined(said: list[str], language: Language) -> str:
    return (" " if language == "en" else "").join(said)

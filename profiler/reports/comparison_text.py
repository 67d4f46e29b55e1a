"""The words of a comparison that tables and charts share."""

from __future__ import annotations

from profiler import limits as limit_units
from profiler import units, wording
from profiler.comparison import figures, ratios
from profiler.comparison.records import Comparison, Ratio
from profiler.wording import Language

TOPIC = "comparison_report"
QUANTITIES = ratios.QUANTITIES
MORE_IS_BETTER = figures.MORE_IS_BETTER
# The ratio from which the smallest difference that would have been found is told as a multiple.
MULTIPLES_FROM = 2.0


def say(code: str, language: Language, /, **parameters: object) -> str:
    return wording.say(TOPIC, code, language, **parameters)


def quantity(code: str, language: Language) -> str:
    """What a quantity is called; one without a word of its own by its code."""
    known = f"quantity_{code}"
    return say(known, language) if wording.has(TOPIC, known) else code.upper()


def measured(comparison: Comparison) -> list[str]:
    """The quantities that have a ratio for any run, in the order of reading."""
    return [one for one in QUANTITIES if any(comparison.ratios.get(one, ()))]


def ratio(found: Ratio | None) -> str:
    """0.52× (0.50 – 0.55)."""
    if found is None:
        return units.DASH
    text = f"{units.significant(found.value)}×"
    if found.low is None or found.high is None or found.low == found.high:
        return text
    return f"{text} ({units.significant(found.low)} – {units.significant(found.high)})"


def value(code: str, amount: float | None) -> str:
    """An amount of a quantity of profiler.limits, with its unit."""
    return units.DASH if amount is None else limit_units.text_of(code, amount)


def direction(comparison: Comparison, code: str, language: Language) -> str:
    """How the multiples of a quantity are to be read."""
    better = "more_is_better" if code in MORE_IS_BETTER else "less_is_better"
    return say(better, language, baseline=comparison.names[comparison.baseline])


def method_notes(comparison: Comparison, code: str, language: Language) -> list[str]:
    """What the intervals are and the smallest difference that would have been found, each once."""
    found = [one for one in comparison.ratios.get(code, ()) if one is not None]
    notes = [
        say(f"method_{name}", language)
        for name in dict.fromkeys(one.method for one in found)
        if wording.has(TOPIC, f"method_{name}")
    ]
    least = max((one.detectable for one in found if one.detectable is not None), default=None)
    if least is not None:
        notes.append(_smallest(least, language))
    return notes


def _smallest(least: float, language: Language) -> str:
    """Per cent far above 100 say nothing to anybody; multiples do."""
    if least < MULTIPLES_FROM:
        return say("detectable", language, least=units.percent(least - 1))
    return say("detectable_times", language, times=units.significant(least))


def call(comparison: Comparison, found: Ratio, language: Language) -> str:
    """Better, worse or no clear difference; withheld until every difference is accepted."""
    if found.call in ("better", "worse") and not comparison.may_judge:
        return say("call_withheld", language)
    return say(f"call_{found.call}", language)


def may_colour(comparison: Comparison, found: Ratio) -> bool:
    """Whether a ratio may be shown as better or worse."""
    return comparison.may_judge and found.call in ("better", "worse")

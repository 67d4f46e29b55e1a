"""Whether a run of one point keeps its limits; of several points the best is named instead."""

from __future__ import annotations

from profiler import settings_text, wording
from profiler.comparison import standing
from profiler.result import RunResult
from profiler.wording import Language


def sentence(result: RunResult, language: Language) -> str:
    """Begins with a space in English; empty where there are no limits, or several points."""
    limits = result.plan.limits
    if not limits or _is_of_several(result):
        return ""
    kept = standing.standing(result, result, limits).kept
    unknown = [one.quantity for one in kept if one.kept is None]
    broken = [one.quantity for one in kept if one.kept is False]
    code, names = _told(broken, unknown, list(limits))
    words = settings_text.limits({name: limits[name] for name in names}, language)
    return wording.say("answers", code, language, limits=words)


def _is_of_several(result: RunResult) -> bool:
    """Also where it was stopped at the first: a search and living together have more to come."""
    return len(result.points) > 1 or any(point.stage or point.together for point in result.points)


def _told(broken: list[str], unknown: list[str], every: list[str]) -> tuple[str, list[str]]:
    """One limit that is broken decides; none is kept that was not measured."""
    if broken:
        return "breaks_limits", broken
    return ("unknown_limits", unknown) if unknown else ("keeps_limits", every)

"""Settings of a point and limits of a plan in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from profiler import limits as limit_units
from profiler import units, wording
from profiler.result import Point
from profiler.wording import Language

FIELDS = ("batch", "concurrency", "threads", "rate_per_s")


def varied(points: Sequence[Point], sweep: Iterable[str] = ()) -> list[str]:
    """The settings in which points differ, or that were swept; those of a failed one may be its wish.

    How many workers an open loop has follows from its rate, and tells nothing that the rate does not.
    """
    swept = set(sweep)
    is_open = all(point.rate_per_s is not None for point in points)
    follows = {"concurrency"} if is_open else set()
    differ = {field for field in FIELDS if len({getattr(point, field) for point in points}) > 1}
    return [field for field in FIELDS if field in swept | (differ - follows)]


def setting(point: Point, fields: Sequence[str], language: Language) -> str:
    """What tells a point from the others: batch size 4, 2 in flight."""
    comma = wording.say("loads", "comma", language)
    return comma.join(
        wording.say("loads", f"setting_{field}", language, value=value(point, field)) for field in fields
    )


def swept(sweep: Mapping[str, Sequence[float]], language: Language) -> str:
    """Everything that was gone through: batch size 1, 4, 16; 1, 2 threads."""
    return "; ".join(
        wording.say("loads", f"setting_{field}", language, value=", ".join(f"{one:.10g}" for one in values))
        for field, values in sweep.items()
        if values
    )


def value(point: Point, field: str) -> str:
    """One setting as it stands in a table."""
    found = getattr(point, field)
    return units.rate(found) if field == "rate_per_s" else str(found)


def limits(most: Mapping[str, float], language: Language) -> str:
    """P99 <= 10.0 ms, memory <= 500 MB."""
    comma = wording.say("loads", "comma", language)
    return comma.join(
        f"{_quantity(name, language)} ≤ {limit_units.text_of(name, value)}" for name, value in most.items()
    )


def _quantity(name: str, language: Language) -> str:
    code = f"quantity_{name}"
    return wording.say("loads", code, language) if wording.has("loads", code) else name.upper()

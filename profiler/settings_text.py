"""Settings of a point and limits of a plan in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from profiler import limits as limit_units
from profiler import units, wording
from profiler.error_text import visible
from profiler.plan import Sweep
from profiler.result import Point
from profiler.wording import Language

FIELDS = ("batch", "concurrency", "threads", "rate_per_s")
# Stands before the name of a dimension that was gone through.
SIZE = "dimension."


def varied(points: Sequence[Point], sweep: Iterable[str] = ()) -> list[str]:
    """The settings in which points differ, or that were swept; those of a failed one may be its wish.

    How many workers an open loop has follows from its rate, and tells nothing that the rate does not.
    """
    swept = set(sweep)
    is_open = all(point.rate_per_s is not None for point in points)
    follows = {"concurrency"} if is_open else set()
    differ = {field for field in FIELDS if len({getattr(point, field) for point in points}) > 1}
    own = [field for field in FIELDS if field in swept | (differ - follows)]
    return [*own, *dict.fromkeys(SIZE + name for point in points for name in point.dimensions)]


def gone_through(sweep: Sweep) -> list[str]:
    """The settings that a plan goes through."""
    return [
        *(field for field in FIELDS if getattr(sweep, field)),
        *(SIZE + name for name in sweep.dimensions),
    ]


def recorded(sweep: Sweep) -> dict[str, tuple[float, ...]]:
    """What is gone through, as a result keeps it: values by setting."""
    sizes = {SIZE + name: tuple(map(float, values)) for name, values in sweep.dimensions.items()}
    return {field: tuple(getattr(sweep, field)) for field in FIELDS if getattr(sweep, field)} | sizes


def is_of_shapes(points: Sequence[Point]) -> bool:
    """Whether points differ in shapes alone: they are other work, not more of the same load."""
    fields = varied(points)
    return bool(fields) and all(field.startswith(SIZE) for field in fields)


def setting(point: Point, fields: Sequence[str], language: Language) -> str:
    """What tells a point from the others: batch size 4, 2 in flight."""
    comma = wording.say("loads", "comma", language)
    return comma.join(_worded(field, value(point, field), language) for field in fields)


def heading(field: str, language: Language) -> str:
    """What a column of this setting is called; a dimension by its own name."""
    if field.startswith(SIZE):
        return visible(field.removeprefix(SIZE))
    return wording.say("loads", field, language)


def _worded(field: str, values: str, language: Language) -> str:
    if field.startswith(SIZE):
        name = visible(field.removeprefix(SIZE))
        return wording.say("loads", "setting_dimension", language, name=name, value=values)
    return wording.say("loads", f"setting_{field}", language, value=values)


def swept(sweep: Mapping[str, Sequence[float]], language: Language) -> str:
    """Everything that was gone through: batch size 1, 4, 16; 1, 2 threads."""
    return "; ".join(
        _worded(field, ", ".join(f"{one:.10g}" for one in values), language)
        for field, values in sweep.items()
        if values
    )


def value(point: Point, field: str) -> str:
    """One setting as it stands in a table."""
    found = number(point, field)
    return units.rate(found) if field == "rate_per_s" else str(found)


def number(point: Point, field: str) -> float | None:
    """One setting as a number; None where the point has none."""
    if field.startswith(SIZE):
        return point.dimensions.get(field.removeprefix(SIZE))
    found: float | None = getattr(point, field)
    return found


def limits(most: Mapping[str, float], language: Language) -> str:
    """P99 <= 10.0 ms, memory <= 500 MB."""
    comma = wording.say("loads", "comma", language)
    return comma.join(
        f"{_quantity(name, language)} ≤ {limit_units.text_of(name, value)}" for name, value in most.items()
    )


def _quantity(name: str, language: Language) -> str:
    code = f"quantity_{name}"
    return wording.say("loads", code, language) if wording.has("loads", code) else name.upper()

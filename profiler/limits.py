"""Limits that a model must keep, as people write them: p99=10ms,memory=500MB,accuracy_loss=0.5%."""

from __future__ import annotations

import math
import re

import msgspec

from profiler import units

_TIME = {"ns": 1.0, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9}
_BYTES = {
    "b": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 2.0**10, "mib": 2.0**20, "gib": 2.0**30,
}  # fmt: skip
_ENERGY = {"uJ": 1e-6, "µJ": 1e-6, "mJ": 1e-3, "J": 1.0, "kJ": 1e3}
_SHARE = {"%": 0.01}

UNITS: dict[str, dict[str, float]] = {
    "p50": _TIME,
    "p90": _TIME,
    "p95": _TIME,
    "p99": _TIME,
    "mean": _TIME,
    "memory": _BYTES,
    "energy": _ENERGY,
    "accuracy_loss": _SHARE,
    "size": _BYTES,
}
QUANTITIES = tuple(UNITS)

# The Greek letter and the micro sign look the same, and keyboards have either.
_GREEK_MU, _MICRO = "\u03bc", "\u00b5"
_WRITTEN = re.compile(r"([+-]?[0-9.]+(?:e[+-]?[0-9]+)?)\s*(.*)", re.IGNORECASE)


class Limit(msgspec.Struct, frozen=True):
    """The most that a quantity may be: ns, bytes, J per inference, or a share (0.005 is 0.5 %)."""

    quantity: str
    most: float


def parse(text: str) -> tuple[Limit, ...]:
    """Limits from "quantity=value,quantity=value", in the order written; a number always has its unit.

    Raises ValueError with one sentence for anything else.
    """
    found = [_limit(part.strip()) for part in text.split(",")]
    names = [limit.quantity for limit in found]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"'{name}' is limited twice.")
    return tuple(found)


def by_quantity(limits: tuple[Limit, ...]) -> dict[str, float]:
    """As RunPlan.limits holds them."""
    return {limit.quantity: limit.most for limit in limits}


def _limit(part: str) -> Limit:
    name, equals, value = (piece.strip() for piece in part.partition("="))
    if not equals:
        raise ValueError(f"A limit is written like p99=10ms, not '{part}'.")
    quantity = name.lower()
    if quantity not in UNITS:
        raise ValueError(f"'{name}' cannot be limited; these can: {', '.join(QUANTITIES)}.")
    return Limit(quantity, _amount(quantity, value))


def _amount(quantity: str, text: str) -> float:
    known = UNITS[quantity]
    written = _WRITTEN.fullmatch(text.replace(_GREEK_MU, _MICRO))
    number, unit = written.groups() if written is not None else ("", "")
    factor = known.get(unit if known is _ENERGY else unit.lower())
    try:
        amount = float(number)
    except ValueError:
        raise ValueError(f"'{quantity}' needs a number with a unit, like {example(quantity)}.") from None
    if factor is None:
        raise ValueError(f"'{quantity}' needs one of the units {', '.join(_spelled(known))}.")
    if not math.isfinite(amount) or amount < 0 or (amount == 0 and known is not _SHARE):
        raise ValueError(f"'{quantity}' needs a number above zero, not '{number}'.")
    return amount * factor


def _spelled(known: dict[str, float]) -> tuple[str, ...]:
    return ("B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB") if known is _BYTES else tuple(known)


def example(quantity: str) -> str:
    """How a limit of this quantity may be written."""
    values = ((_TIME, "10ms"), (_BYTES, "500MB"), (_ENERGY, "2mJ"), (_SHARE, "0.5%"))
    return f"{quantity}=" + next(value for known, value in values if UNITS[quantity] is known)


def text_of(quantity: str, most: float) -> str:
    """The most, as people read it, with three significant digits: 10.0 ms, 500 MB, 2.00 mJ, 0.500 %."""
    known = UNITS[quantity]
    if known is _TIME:
        return units.duration(most)
    if known is _BYTES:
        return units.size(most)
    if known is _SHARE:
        return units.percent(most)
    unit = next((unit for unit in ("kJ", "J", "mJ") if most >= _ENERGY[unit]), "µJ")
    return f"{units.significant(most / _ENERGY[unit])} {unit}"

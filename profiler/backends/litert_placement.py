"""Which operators XNNPACK took over, by the list of operators that an interpreter of LiteRT has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from profiler.result import Placement

XNNPACK, OWN_KERNELS = "XNNPACK", "LiteRT"
_DELEGATE = "DELEGATE"

Details = Mapping[str, Any]


def of(interpreter: Any) -> tuple[Placement, ...]:
    """Operators by who runs them; without counts where this version of the interpreter does not list them."""
    listing = getattr(interpreter, "_get_ops_details", None)
    if listing is None:
        return (Placement(OWN_KERNELS),)
    every: list[Details] = listing()
    taken = [one for one in every if one["op_name"] == _DELEGATE]
    own = [one for one in every if one["op_name"] != _DELEGATE]
    over = len(_taken_over(own, taken))
    counts = ((XNNPACK, over), (OWN_KERNELS, len(own) - over))
    return tuple(Placement(name, count) for name, count in counts if count)


def _taken_over(own: Sequence[Details], taken: Sequence[Details]) -> set[int]:
    """Operators between what a delegate reads and what it makes: it stands in the list beside them."""
    makers = {int(index): place for place, one in enumerate(own) for index in one["outputs"]}
    found: set[int] = set()
    for delegate in taken:
        stops = {int(index) for index in delegate["inputs"]}
        waiting = [int(index) for index in delegate["outputs"]]
        while waiting:
            place = makers.get(waiting.pop(), -1)
            if place >= 0 and place not in found:
                found.add(place)
                waiting += [int(index) for index in own[place]["inputs"] if int(index) not in stops]
    return found

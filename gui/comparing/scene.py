"""What every part of the compare page shows: a comparison, the samples beside it, the look of each run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gui.plots.compared_chart import Named
from profiler.comparison.records import Comparison
from profiler.result import RunResult

if TYPE_CHECKING:
    from gui.services import Samples

Pair = tuple[RunResult, "Samples | None"]


class Scene(NamedTuple):
    """Samples (int64 ns, in order) and slots of looks stand in the order of the runs."""

    comparison: Comparison
    samples: tuple[Samples | None, ...]
    slots: tuple[int, ...]

    def named(self, index: int) -> Named:
        return Named(index, self.comparison.names[index], self.slots[index])

    @property
    def runs(self) -> list[Named]:
        return [self.named(index) for index in range(len(self.slots))]

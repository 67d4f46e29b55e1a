"""How long a load takes with what was chosen, and in how many processes; no widget."""

from __future__ import annotations

from dataclasses import dataclass

from gui.loads import LISTED, Load, Task
from profiler.plan import COMPARED_PROCESSES, PROCESSES, STOPPING, Preset

# A search tries about so many rates: capacity, bracket, bisection, confirmation.
TRIES = 12
CONDITIONS = 3
# A batch that fills the memory answers three times before it counts.
_QUICKEST_TRY_S, _LONGEST_TRY_S = 0.5, 30.0


@dataclass(frozen=True)
class Pace:
    """How thorough; `duration_s` instead of the preset's rule, `replicates` 0 for the preset's processes, of
    which a file that `is_compared` may have more.
    """

    preset: Preset = Preset.STANDARD
    duration_s: float | None = None
    replicates: int = 0
    is_compared: bool = False

    def points(self, load: Load) -> int:
        """How many points are measured; of a search, about."""
        if load.is_search:
            return TRIES
        if load.task in LISTED:
            return max(1, len(load.values))
        if load.task is Task.AT_RANDOM:
            return max(1, len(load.rates))
        return CONDITIONS if load.task is Task.TOGETHER else 1

    def seconds(self, load: Load) -> tuple[float, float]:
        """The shortest and the longest time of measuring one file."""
        points = self.points(load)
        if load.task is Task.LARGEST_BATCH:
            return points * _QUICKEST_TRY_S, points * _LONGEST_TRY_S
        if load.is_search:
            # Imported late: the search brings numpy, which would delay the first paint.
            from profiler import rate_search

            return points * rate_search.SHORTEST_S, points * rate_search.POLICIES[self.preset].most_s
        if self.duration_s is not None:
            return points * self.duration_s, points * self.duration_s
        rule = STOPPING[self.preset]
        return points * rule.minimum_s, points * rule.maximum_s

    def processes(self, load: Load) -> int:
        """How many fresh processes measure one file, one after another or `world_size` at once."""
        if load.is_search:
            return TRIES
        at_once = load.processes if load.task is Task.PROCESSES else 1
        return self.points(load) * self.replicates_of_a_point * at_once

    @property
    def replicates_of_a_point(self) -> int:
        return self.replicates or (COMPARED_PROCESSES if self.is_compared else PROCESSES)[self.preset]

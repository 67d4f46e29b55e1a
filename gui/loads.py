"""What is to be found out, as chosen on the run page, and what it puts into a plan; no widget."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from profiler.plan import (
    Companion,
    Concurrency,
    MultiStream,
    Offline,
    RunPlan,
    Scenario,
    Server,
    SingleStream,
    Sweep,
)


class Task(enum.Enum):
    """A question in plain words; the scenario that answers it is in `Load.fields`."""

    ONE_ANSWER = enum.auto()
    RISING_LOAD = enum.auto()
    MOST_PER_SECOND = enum.auto()
    AT_RANDOM = enum.auto()
    QUERY = enum.auto()
    PROCESSES = enum.auto()
    TOGETHER = enum.auto()


LISTED = (Task.RISING_LOAD, Task.MOST_PER_SECOND)
LIMITED = (*LISTED, Task.AT_RANDOM)


@dataclass(frozen=True)
class Load:
    """The question with its numbers; `rate_per_s` None looks for the highest that keeps `limit_ms`."""

    task: Task = Task.ONE_ANSWER
    values: tuple[int, ...] = ()
    rate_per_s: float | None = None
    limit_ms: float | None = None
    samples_per_query: int = 8
    processes: int = 2

    @property
    def is_search(self) -> bool:
        return self.task is Task.AT_RANDOM and self.rate_per_s is None

    @property
    def trouble(self) -> str:
        """A code of what is missing, or empty."""
        if self.task in LISTED and not self.values:
            return "values"
        return "limit" if self.is_search and self.limit_ms is None else ""

    @property
    def points(self) -> int:
        """How many points are measured; a search tries about twelve."""
        if self.task in LISTED:
            return max(1, len(self.values))
        return 12 if self.is_search else 3 if self.task is Task.TOGETHER else 1

    def fields(self) -> dict[str, Any]:
        """Fields of a RunPlan."""
        limits = {"p99": self.limit_ms * 1e6} if self.limit_ms is not None and self.task in LIMITED else {}
        found: dict[str, Any] = {"scenario": self._scenario(), "limits": limits}
        if self.task is Task.RISING_LOAD:
            found["sweep"] = Sweep(concurrency=self.values)
        elif self.task is Task.MOST_PER_SECOND:
            found["sweep"] = Sweep(batch=self.values)
        elif self.task is Task.PROCESSES:
            found["world_size"] = self.processes
        return found

    def _scenario(self) -> Scenario:
        known: dict[Task, Scenario] = {
            Task.RISING_LOAD: Concurrency(),
            Task.MOST_PER_SECOND: Offline(),
            Task.AT_RANDOM: Server(self.rate_per_s),
            Task.QUERY: MultiStream(self.samples_per_query),
        }
        return known.get(self.task, SingleStream())


def numbers(text: str) -> tuple[int, ...] | None:
    """Whole numbers of at least 1, as people list them: 1, 2, 4; None for anything else."""
    parts = text.replace(";", ",").replace("，", ",").replace(" ", ",").split(",")
    words = [part for part in parts if part]
    if not words or not all(word.isdecimal() and int(word) for word in words):
        return None
    return tuple(dict.fromkeys(int(word) for word in words))


def rising_to(usable_cpus: int) -> tuple[int, ...]:
    """1, 2, 4, ... up to twice the processors."""
    most = max(2, 2 * usable_cpus)
    return tuple(1 << power for power in range(most.bit_length()) if 1 << power <= most)


def together(plans: Sequence[RunPlan]) -> list[RunPlan]:
    """Each plan with the models of the others as its companions."""
    return [
        msgspec.structs.replace(
            plan,
            companions=tuple(
                Companion(other.model_path, other.runtime) for other in plans if other is not plan
            ),
        )
        for plan in plans
    ]

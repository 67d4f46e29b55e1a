"""What is to be found out, as chosen on the run page, and what it puts into a plan; no widget."""

from __future__ import annotations

import enum
import re
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
    LARGEST_BATCH = enum.auto()


LISTED = (Task.RISING_LOAD, Task.MOST_PER_SECOND)
LIMITED = tuple(task for task in Task if task not in (Task.TOGETHER, Task.LARGEST_BATCH))
# What a limit may be on, and of how many answers in a hundred it then speaks.
PERCENTILES = {"p99": 99, "p95": 95, "p90": 90, "p50": 50}
MOST_AT_ONCE, MOST_BATCH, MOST_RATE = 1_024, 65_536, 1e6

_APART = re.compile(r"[,;，；、\s]+")
_RATE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


@dataclass(frozen=True)
class Load:
    """The question with its numbers; `is_search`: the run decides by itself what it tries.

    `limit_ms` is the most that the percentile `limit_on` may be, None for no limit.
    """

    task: Task = Task.ONE_ANSWER
    values: tuple[int, ...] = ()
    rates: tuple[float, ...] = ()
    highest: bool = False
    limit_on: str = "p99"
    limit_ms: float | None = None
    samples_per_query: int = 8
    processes: int = 2

    @property
    def is_search(self) -> bool:
        return self.task is Task.LARGEST_BATCH or self.is_rate_search

    @property
    def is_rate_search(self) -> bool:
        return self.task is Task.AT_RANDOM and self.highest

    @property
    def troubles(self) -> dict[str, str]:
        """A code of what is wrong by the field that it is wrong in; nothing starts while there is one."""
        found = {}
        if self.task in LISTED:
            most = MOST_AT_ONCE if self.task is Task.RISING_LOAD else MOST_BATCH
            found["values"] = "" if self.values and max(self.values) <= most else "values"
        if self.task is Task.AT_RANDOM and not self.highest:
            found["rates"] = "" if self.rates and max(self.rates) <= MOST_RATE else "rates"
        if self.is_rate_search and self.limit_ms is None:
            found["limit"] = "limit"
        return {field: code for field, code in found.items() if code}

    def batches(self, otherwise: int) -> tuple[int, ...]:
        """Every batch that is measured."""
        return self.values if self.task is Task.MOST_PER_SECOND and self.values else (otherwise,)

    def fields(self) -> dict[str, Any]:
        """Fields of a RunPlan; a list of one value is no sweep."""
        found: dict[str, Any] = {"scenario": self._scenario(), "sweep": self._sweep()}
        if self.limit_ms is not None and self.task in LIMITED:
            found["limits"] = {self.limit_on: self.limit_ms * 1e6}
        if self.task is Task.MOST_PER_SECOND and self.values:
            found["batch"] = self.values[0]
        if self.task is Task.LARGEST_BATCH:
            found["finds_largest_batch"] = True
        if self.task is Task.PROCESSES:
            found["world_size"] = self.processes
        return found

    def _sweep(self) -> Sweep:
        several = self.values if len(self.values) > 1 else ()
        if self.task is Task.RISING_LOAD:
            return Sweep(concurrency=several)
        if self.task is Task.MOST_PER_SECOND:
            return Sweep(batch=several)
        is_rates = self.task is Task.AT_RANDOM and not self.highest and len(self.rates) > 1
        return Sweep(rate_per_s=self.rates) if is_rates else Sweep()

    def _scenario(self) -> Scenario:
        first_value = self.values[0] if self.values else 1
        first_rate = self.rates[0] if self.rates and not self.highest else None
        known: dict[Task, Scenario] = {
            Task.RISING_LOAD: Concurrency(first_value),
            Task.MOST_PER_SECOND: Offline(),
            Task.AT_RANDOM: Server(first_rate),
            Task.QUERY: MultiStream(self.samples_per_query),
        }
        return known.get(self.task, SingleStream())


def _listed(text: str) -> list[str]:
    return [word for word in _APART.split(text) if word]


def numbers(text: str) -> tuple[int, ...] | None:
    """Whole numbers of at least 1, as people list them: 1, 2, 4; None for anything else."""
    words = _listed(text)
    if not words or not all(word.isascii() and word.isdecimal() and len(word) < 10 for word in words):
        return None
    found = tuple(dict.fromkeys(int(word) for word in words))
    return found if min(found) >= 1 else None


def rates(text: str) -> tuple[float, ...] | None:
    """Rates above 0, as people list them: 50, 99.5, 200; None for anything else."""
    words = _listed(text)
    if not words or not all(_RATE.fullmatch(word) for word in words):
        return None
    found = tuple(dict.fromkeys(float(word) for word in words))
    return found if min(found) > 0 else None


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

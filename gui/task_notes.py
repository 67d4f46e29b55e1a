"""What is to be said beside a field about its value: what is wrong, what will not be as it seems."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from gui.loads import LIMITED, MOST_AT_ONCE, MOST_BATCH, PERCENTILES, Load, Task
from profiler import units


@dataclass(frozen=True)
class Around:
    """What a question stands in: cores, graphics cards (0 where the device is none), files, batch, and
    whether every runtime is to measure each file.
    """

    usable_cpus: int = 1
    cards: int = 0
    files: int = 0
    batch: int = 1
    is_every_runtime: bool = False

    @property
    def at_once(self) -> int:
        """How many processes have a place of their own."""
        return self.cards or self.usable_cpus


def notes_of(load: Load, around: Around) -> dict[str, str]:
    """A sentence by the name of the field that it belongs beside; `task` is the question itself."""
    notes = {field: _wrong(code, load.task) for field, code in load.troubles.items()}
    if load.limit_ms is not None and load.task in LIMITED:
        words = QCoreApplication.translate("TaskNotes", "{share} of 100 answers are to come within {time}.")
        time = units.duration(load.limit_ms * 1e6)
        notes["limit"] = words.format(share=PERCENTILES[load.limit_on], time=time)
    if load.task is Task.TOGETHER and around.files < 2:
        notes["task"] = QCoreApplication.translate("TaskNotes", "This needs at least two files that can run.")
    elif load.task is Task.TOGETHER and around.is_every_runtime:
        notes["task"] = QCoreApplication.translate("TaskNotes", "For this, choose one runtime.")
    if load.task is Task.QUERY and load.samples_per_query % around.batch:
        notes["samples"] = _uneven(load.samples_per_query, around.batch)
    if load.task is Task.PROCESSES and load.processes > around.at_once:
        notes["processes"] = _crowded(around)
    return notes


def _wrong(code: str, task: Task) -> str:
    most = MOST_AT_ONCE if task is Task.RISING_LOAD else MOST_BATCH
    return {
        "values": QCoreApplication.translate(
            "TaskNotes", "List whole numbers from 1 to {most}, such as 1, 2, 4."
        ).format(most=f"{most:,}"),
        "rates": QCoreApplication.translate("TaskNotes", "List rates above 0, such as 50, 100, 200."),
        "limit": QCoreApplication.translate("TaskNotes", "The highest rate needs a limit to keep."),
    }[code]


def _uneven(samples: int, batch: int) -> str:
    total = -(-samples // batch) * batch
    words = QCoreApplication.translate("TaskNotes", "In batches of {batch} a query becomes {total} samples.")
    return words.format(batch=batch, total=total)


def _crowded(around: Around) -> str:
    if around.cards:
        words = QCoreApplication.translate("TaskNotes", "Graphics cards: {count}. The processes share one.")
        return words.format(count=around.cards)
    words = QCoreApplication.translate("TaskNotes", "Cores to use: {count}. The processes share them.")
    return words.format(count=around.usable_cpus)

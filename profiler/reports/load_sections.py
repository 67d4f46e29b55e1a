"""Every section that the load of a result calls for, in the order in which they are read."""

from __future__ import annotations

from profiler.reports import open_loop_text, points_table, processes_table, residents_table
from profiler.reports.sections import Section
from profiler.result import RunResult
from profiler.wording import Language

_MAKERS = (
    points_table.section,
    residents_table.section,
    open_loop_text.section,
    open_loop_text.schedule,
    processes_table.section,
)


def of(result: RunResult, language: Language) -> list[Section]:
    """Empty for one process that took one request at a time."""
    made = (maker(result, language) for maker in _MAKERS)
    return [section for section in made if section is not None]

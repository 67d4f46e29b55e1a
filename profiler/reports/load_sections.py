"""Every section that a result calls for besides its numbers, in the order in which they are read."""

from __future__ import annotations

from profiler.reports import (
    call_table,
    machine_sections,
    memory_table,
    open_loop_text,
    operators_table,
    points_table,
    processes_table,
    residents_table,
)
from profiler.reports.sections import Section
from profiler.result import RunResult
from profiler.wording import Language

_MAKERS = (
    points_table.section,
    residents_table.section,
    open_loop_text.section,
    open_loop_text.schedule,
    operators_table.section,
    call_table.section,
    processes_table.section,
    memory_table.section,
    machine_sections.during,
    machine_sections.before,
)


def of(result: RunResult, language: Language) -> list[Section]:
    """What does not apply to this result is not there."""
    made = (maker(result, language) for maker in _MAKERS)
    return [section for section in made if section is not None]

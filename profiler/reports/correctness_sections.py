"""Everything that a report says of the answers, in the order in which it is read."""

from __future__ import annotations

from profiler.reports import correctness_text, idempotence_table, labelled_table, parity_table
from profiler.reports.sections import Section
from profiler.result import RunResult
from profiler.wording import Language

_MAKERS = (
    parity_table.section,
    parity_table.trail,
    labelled_table.section,
    labelled_table.confusion,
    labelled_table.iou,
    idempotence_table.section,
)


def of(result: RunResult, language: Language) -> list[Section]:
    """The sentences, then the tables that they rest on; empty where nobody looked at the answers."""
    told = correctness_text.sentences(result, language)
    made = (maker(result, language) for maker in _MAKERS)
    sections = [section for section in made if section is not None]
    if not (told or sections):
        return []
    return [Section(correctness_text.say("heading", language), [], told), *sections]

"""What a load adds to a result's numbers: tables with a heading and notes, alike in terminal and report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from profiler import wording
from profiler.wording import Language


class Section(NamedTuple):
    """A table, its first row the heads, and sentences below it; without rows there are the notes only."""

    heading: str
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()


def label(code: str, language: Language, **parameters: object) -> str:
    return wording.say("loads", code, language, **parameters)

"""Aligned columns of text for a terminal, where a Chinese character takes two cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """Cells that the text takes in a terminal."""
    return sum(_cells(character) for character in text)


def aligned(rows: Sequence[Sequence[str]], right: Sequence[bool], gap: str = "  ") -> list[str]:
    """One line a row; `right` says for each column whether it is aligned to the right."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(right))]
    return [_line(row, widths, right, gap) for row in rows]


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool], gap: str) -> str:
    parts = []
    for text, wanted, to_the_right in zip(row, widths, right, strict=True):
        padding = " " * (wanted - width(text))
        parts.append(padding + text if to_the_right else text + padding)
    return gap.join(parts).rstrip()


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1

"""A table made to fit the width of a terminal: long cells are broken, too many columns come in parts."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterator, Sequence

# Where nobody can tell how wide a terminal is, as of a file.
USUAL = (120, 24)
GAP = "   "
# A column of words that is made no narrower than this; of those left in parts none is wider than that.
NARROWEST, WIDEST = 32, 44

Cell = Sequence[str]


def columns() -> int:
    """Of the terminal, or of COLUMNS where that is set."""
    return shutil.get_terminal_size(USUAL).columns


def width(text: str) -> int:
    """Columns that a text takes in a terminal: East Asian wide letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def parts(rows: Sequence[Sequence[str]], room: int) -> Iterator[list[list[Cell]]]:
    """The table with each cell as its lines, whole where it fits; each part begins with the first column."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    longest = max(range(len(widths)), key=lambda at: widths[at], default=0)
    left = room - sum(widths) - len(GAP) * (len(widths) - 1)
    if left < 0 and widths[longest] + left >= NARROWEST:
        widths[longest] += left
    elif left < 0:
        widths = [min(one, WIDEST) for one in widths]
    made = [[broken(cell, most) for cell, most in zip(row, widths, strict=True)] for row in rows]
    for group in _groups(widths, room):
        yield [[row[at] for at in group] for row in made]


def _groups(widths: Sequence[int], room: int) -> Iterator[list[int]]:
    """The columns of each part; a part has the first column and at least one other."""
    group, taken = [0], widths[0] if widths else 0
    for at in range(1, len(widths)):
        needed = len(GAP) + widths[at]
        if len(group) > 1 and taken + needed > room:
            yield group
            group, taken = [0], widths[0]
        group.append(at)
        taken += needed
    yield group


def broken(text: str, most: int) -> list[str]:
    """Lines of at most `most` columns, at spaces where there are any, else between letters."""
    if width(text) <= most:
        return [text]
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if width(joined) <= most:
            line = joined
            continue
        if line and (width(word) <= most or most - width(line) < 2):
            lines.append(line)
            line = ""
        rest = f"{line} {word}" if line else word
        while width(rest) > most:
            cut = _cut(rest, most)
            lines.append(rest[:cut].rstrip())
            rest = rest[cut:].lstrip()
        line = rest
    return [*lines, line] if line else lines


def _cut(text: str, most: int) -> int:
    """How many letters go into the width; at least one."""
    taken = 0
    for at, letter in enumerate(text):
        taken += width(letter)
        if taken > most:
            return max(1, at)
    return len(text)

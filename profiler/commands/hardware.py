"""`inferometer hardware`: this machine beside the reference table of cards."""

from __future__ import annotations

import argparse
import string
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import msgspec

from hardware import catalog, probe, reference
from hardware.machine import Machine
from hardware.reference import COLUMNS, Figure, Kind, Row
from profiler import error_text, machine_facts, reference_text, wording
from profiler.commands import documents
from profiler.errors import KnownError
from profiler.text_columns import aligned
from profiler.units import DASH
from profiler.wording import Language

_REMARK = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="every card of the reference table")
    parser.add_argument(
        "--json", metavar="OUT.json", help="the machine and the cards as JSON; - writes to standard output"
    )


def run(arguments: argparse.Namespace, language: Language, out: TextIO, err: TextIO) -> int:
    return show(probe.probe_in_child(), arguments, language, out, err)


def show(
    machine: Machine, arguments: argparse.Namespace, language: Language, out: TextIO, err: TextIO
) -> int:
    """Print and save what was asked for; 1 where the file cannot be written."""
    cards = catalog.reference_order() if arguments.all else catalog.selection()
    if arguments.json != "-":
        lines = [*_machine(machine, language), "", *Table(reference.rows(machine, cards), language).lines()]
        print("\n".join(lines), file=out)
        if not arguments.all:
            print(_more(len(cards), language), file=out)
    if not arguments.json:
        return 0
    return _save(machine, arguments.json, language, out, err)


def _save(machine: Machine, target: str, language: Language, out: TextIO, err: TextIO) -> int:
    document = {"machine": machine, "cards": catalog.reference_order()}
    text = msgspec.json.format(msgspec.json.encode(document), indent=2)
    if target == "-":
        out.write(text.decode() + "\n")
        return 0
    try:
        documents.save(Path(target), text + b"\n")
    except KnownError as error:
        print(error_text.sentence(error.info, language), file=err)
        return 1
    return 0


def _more(shown: int, language: Language) -> str:
    return wording.say("hardware", "more_cards", language, shown=shown, total=len(catalog.cards()))


def _machine(machine: Machine, language: Language) -> list[str]:
    lines = [machine_facts.sentence(machine, language)]
    for group in machine_facts.groups(machine, language):
        facts = [(f"  {fact.name}", fact.value or f"{DASH} ({fact.why})") for fact in group.facts]
        lines += ["", group.title, *aligned(facts, (False, False))]
    return lines


class Table:
    """The rows as aligned text; what does not fit a cell is lettered and numbered below."""

    def __init__(self, rows: Sequence[Row], language: Language) -> None:
        self._rows, self._language = rows, language
        self._reasons: dict[str, str] = {}
        self._sources: dict[str, int] = {}

    def lines(self) -> list[str]:
        texts = [self._headings(), self._units(), *(self._cells(row) for row in self._rows)]
        right = (False, *[True] * len(COLUMNS), False)
        return [*aligned(texts, right, gap=" "), "", *self._legend()]

    def _headings(self) -> list[str]:
        names = ("name", *COLUMNS, "source")
        return self._spaced([reference_text.heading(name, self._language)[0] for name in names])

    def _units(self) -> list[str]:
        units = (reference_text.heading(name, self._language)[1] for name in COLUMNS)
        return self._spaced(["", *units, ""])

    def _spaced(self, texts: list[str]) -> list[str]:
        return [texts[0], *(text + " " * _REMARK for text in texts[1:-1]), texts[-1]]

    def _cells(self, row: Row) -> list[str]:
        figures = [self._figure(row, column) for column in COLUMNS]
        return [reference_text.name(row, self._language), *figures, self._source(row)]

    def _figure(self, row: Row, column: str) -> str:
        figure = row.figures[column]
        remark = reference_text.mark(figure) + self._letter_of(figure)
        # Marks stand in a place of their own, so that digits stay below digits.
        return reference_text.number(figure) + remark.ljust(_REMARK)

    def _letter_of(self, figure: Figure) -> str:
        if figure.note is None:
            return ""
        sentence = machine_facts.note_sentence(figure.note, self._language)
        return " " + self._reasons.setdefault(sentence, _letter(len(self._reasons)))

    def _source(self, row: Row) -> str:
        if row.kind is not Kind.CARD:
            return reference_text.source(row, self._language)
        numbers = [self._sources.setdefault(part, len(self._sources) + 1) for part in row.sources]
        return ",".join(f"{number}" for number in sorted(numbers))

    def _legend(self) -> list[str]:
        lines = [self._say("legend_marks")]
        if self._reasons:
            lines += ["", self._say("legend_reasons")]
            lines += [f"  {letter}  {sentence}" for sentence, letter in self._reasons.items()]
        lines += ["", self._say("legend_sources")]
        return lines + [f"  {number:>2}  {source}" for source, number in self._sources.items()]

    def _say(self, code: str) -> str:
        return wording.say("hardware", code, self._language)


def _letter(index: int) -> str:
    """a, b, ... z, aa, ab, ..."""
    rest, last = divmod(index, len(string.ascii_lowercase))
    return (_letter(rest - 1) if rest else "") + string.ascii_lowercase[last]

"""Rows of the reference table as words in the reader's language, for the command line and the window."""

from __future__ import annotations

from hardware.reference import COLUMNS, Basis, Figure, Kind, Row
from profiler import wording
from profiler.machine_facts import note_sentence
from profiler.units import DASH
from profiler.wording import Language

MARKS = {Basis.COMPUTED: "*", Basis.ESTIMATED: "~"}


def heading(column: str, language: Language) -> tuple[str, str]:
    """What a column is called, and its unit (empty for counts)."""
    unit = wording.say("hardware", f"unit_{column}", language) if column in COLUMNS else ""
    return wording.say("hardware", f"column_{column}", language), unit


def name(row: Row, language: Language) -> str:
    """The name of a row; a detected one says that it is this machine."""
    if row.kind is Kind.CARD:
        return row.name or DASH
    unnamed = "unnamed_processor" if row.kind is Kind.PROCESSOR else "unnamed_card"
    called = row.name or wording.say("hardware", unnamed, language)
    if row.count > 1:
        called = wording.say("hardware", "several", language, count=row.count, name=called)
    return wording.say("hardware", "this_machine", language, name=called)


def number(figure: Figure) -> str:
    """Four significant digits at most, and whole from 1,000 on; a dash where it is not known."""
    if figure.value is None:
        return DASH
    return f"{figure.value:,.0f}" if figure.value >= 999.5 else f"{figure.value:.4g}"


def mark(figure: Figure) -> str:
    """What stands behind a number that was computed or estimated; empty for the others."""
    return MARKS.get(figure.basis, "") if figure.basis is not None else ""


def source(row: Row, language: Language) -> str:
    """Where the figures of a row come from, in one line."""
    if row.origin is not None:
        return note_sentence(row.origin, language)
    return "; ".join(row.sources)


def explanation(row: Row, column: str, language: Language) -> str:
    """One cell in words: value and where it comes from, or why it is not known; several lines."""
    figure, (title, unit) = row.figures[column], heading(column, language)
    said = {"name": name(row, language), "column": title}
    if figure.value is None:
        lines = [wording.say("hardware", "cell_unknown", language, **said)]
    else:
        basis = wording.say("hardware", f"basis_{figure.basis}", language)
        value = f"{number(figure)} {unit}".rstrip()
        lines = [wording.say("hardware", "cell_known", language, value=value, basis=basis, **said)]
    if figure.note is not None:
        lines.append(note_sentence(figure.note, language))
    return "\n".join([*lines, *origin(row, language)])


def origin(row: Row, language: Language) -> list[str]:
    """Source, how well it was checked, and notes of a row, one line each; the last two are in English."""
    lines = [wording.say("hardware", "cell_source", language, source=source(row, language))]
    if row.verification:
        lines.append(wording.say("hardware", "cell_verification", language, verification=row.verification))
    if row.notes:
        lines.append(wording.say("hardware", "cell_notes", language, notes=row.notes))
    return lines

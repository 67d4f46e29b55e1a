"""Outputs beside the reference's: how far they are apart, what was allowed, and where they part."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from profiler import units
from profiler.correctness import divergence_text
from profiler.error_text import visible
from profiler.reports.correctness_text import looked_at, say, tolerance, why_not
from profiler.reports.sections import Section
from profiler.result import Agreement, DivergentTensor, OutputParity, RunResult
from profiler.wording import Language

Cell = Callable[[OutputParity], str]


def section(result: RunResult, language: Language) -> Section | None:
    """A row an output; None where nothing was held against a reference."""
    found = result.accuracy.agreement
    parity = result.accuracy.parity
    if found is None or found.state == "is_reference" or not (parity or found.unmatched):
        return None
    columns = _columns(parity, language)
    heads = [head for head, _ in columns]
    rows = [[cell(one) for _, cell in columns] for one in parity]
    notes = [*_notes(found, parity, language), say("parity_note", language)]
    return Section(say("outputs", language), [heads, *rows] if rows else [], notes)


def error(value: float | None) -> str:
    """A difference as engineers write it: 1.2e-07."""
    return units.DASH if value is None else f"{value:.3g}"


def _columns(parity: Sequence[OutputParity], language: Language) -> list[tuple[str, Cell]]:
    head = say("output", language)
    columns: list[tuple[str, Cell]] = [(head, lambda one: visible(one.name))]
    if any(_is_otherwise(one) for one in parity):
        columns.append((say("reference_output", language), _partner))
        columns.append((say("matched_by", language), lambda one: _matched(one, language)))
    columns += [
        *((say(field, language), _error(field)) for field in (
            "max_absolute", "mean_absolute", "max_relative", "mean_relative",
        )),
        (say("cosine", language), lambda one: units.DASH if one.cosine is None else f"{one.cosine:.6f}"),
        (say("snr_db", language), snr),
    ]  # fmt: skip
    if any(one.top1_agreement is not None for one in parity):
        columns.append((say("top1_agreement", language), lambda one: units.percent(one.top1_agreement)))
    if any(one.nan or one.infinite or one.reference_nan or one.reference_infinite for one in parity):
        columns.append((say("nan_infinite", language), lambda one: f"{one.nan:,} / {one.infinite:,}"))
    return [*columns, (say("agrees", language), lambda one: agrees(one, language))]


def _error(field: str) -> Cell:
    return lambda one: error(getattr(one, field))


def snr(one: OutputParity) -> str:
    """In dB; where every bit is the same there is no noise."""
    if one.is_exact:
        return "∞"
    return units.DASH if one.snr_db is None else f"{one.snr_db:.1f} dB"


def agrees(one: OutputParity, language: Language) -> str:
    if one.is_exact:
        return say("agrees_exact", language)
    return say("agrees_no" if one.broken else "agrees_yes", language)


def _is_otherwise(one: OutputParity) -> bool:
    return one.name != one.reference_name or one.matched_by != "name" or bool(one.transposed)


def _partner(one: OutputParity) -> str:
    name = visible(one.reference_name)
    return f"{name} ({visible(one.transposed)})" if one.transposed else name


def _matched(one: OutputParity, language: Language) -> str:
    return say(f"matched_{one.matched_by}", language)


def _notes(found: Agreement, parity: Sequence[OutputParity], language: Language) -> list[str]:
    broken = [
        say("broken", language, output=visible(one.name), why=why_not(reason, language))
        for one in parity
        for reason in one.broken
    ]
    names = say("list_comma", language).join(map(visible, found.unmatched))
    unmatched = say("unmatched", language, list=names) if names else ""
    notes = [*broken, unmatched, tolerance(found, language), looked_at(found, language)]
    return [note for note in notes if note]


def trail(result: RunResult, language: Language) -> Section | None:
    """The last tensors before the first that differs, and that one; None where none was found."""
    found = result.accuracy.divergence
    if found is None or found.first is None:
        return None
    rows = found.trail or (found.first,)
    method = divergence_text.method(found, language)
    codes = ("tensor", "node", "node_type", "max_relative", "snr_db", "beyond_tolerance")
    heads = [say(code, language) for code in codes]
    return Section(
        say("trail", language), [heads, *(_tensor(one, language) for one in rows)], [method] if method else []
    )


def _tensor(one: DivergentTensor, language: Language) -> list[str]:
    noise = units.DASH if one.snr_db is None else f"{one.snr_db:.1f} dB"
    beyond = say("agrees_yes" if one.is_beyond else "agrees_no", language)
    return [visible(one.name), visible(one.node), visible(one.type), error(one.max_relative), noise, beyond]

"""The variants that were made, as text: a line for each kind, and below it what is to be said of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from profiler import units, wording
from profiler.error_text import visible
from profiler.messages import Variant, VariantsMade
from profiler.text_columns import aligned
from profiler.wording import Language

_TOPIC = "variants"
_INDENT = "  "


def lines(made: VariantsMade, language: Language) -> list[str]:
    """A heading with the tool, then kind, file and size of each; its reasons are indented below."""
    rows = aligned([_row(one, language) for one in made.variants], [False, False, True])
    heading = wording.say(_TOPIC, "heading" if made.tool else "heading_none", language, tool=made.tool)
    found = [heading]
    for row, one in zip(rows, made.variants, strict=True):
        found.append(_INDENT + row)
        found += [f"{_INDENT * 2}{said}" for said in _said(one, language)]
    return found


def _row(one: Variant, language: Language) -> tuple[str, str, str]:
    kind = wording.say(_TOPIC, one.kind, language)
    if one.missing is not None:
        return kind, wording.say(_TOPIC, "not_made", language), ""
    return kind, visible(Path(one.file).name), units.size(one.size_bytes)


def _said(one: Variant, language: Language) -> Iterator[str]:
    for reason in (*((one.missing,) if one.missing is not None else ()), *one.notes):
        yield visible(wording.reason_sentence(reason, language))

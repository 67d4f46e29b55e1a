"""Models that were resident at once: what each takes, and what still fits."""

from __future__ import annotations

from profiler import error_text, units
from profiler.reports.sections import Section, label
from profiler.result import Resident, RunResult
from profiler.wording import Language


def section(result: RunResult, language: Language) -> Section | None:
    """None where the model was measured by itself."""
    together = result.together
    if together is None:
        return None
    heads = [label("model", language), label("memory", language), label("share", language)]
    rows = [_row(one) for one in together.residents]
    rows.append([label("sum", language), units.size(together.sum_bytes), ""])
    notes = []
    if together.more_like_this is not None:
        notes.append(
            label(
                "fits",
                language,
                free=units.size(together.free_bytes),
                count=f"{together.more_like_this:,}",
                model=error_text.visible(result.model.name),
            )
        )
    return Section(label("residents", language), [heads, *rows], notes)


def _row(one: Resident) -> list[str]:
    """On a device its memory, else the process's."""
    taken = one.device_bytes if one.device_bytes is not None else one.memory_bytes
    return [error_text.visible(one.name), units.size(taken), units.percent(one.share)]

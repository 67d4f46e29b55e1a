"""The machine around a run as tables: what was checked before, and what was counted while it was measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from profiler import units, wording
from profiler.reports.sections import Section
from profiler.result import Check, Disturbance, RunResult
from profiler.wording import Language

_STATES = ("warning", "note", "unknown", "ok")


def _say(code: str, language: Language, **parameters: object) -> str:
    return wording.say("surroundings", code, language, **parameters)


def before(result: RunResult, language: Language) -> Section | None:
    """Warnings first, each with how to change it; None for documents that have no checks."""
    if not result.readiness:
        return None
    heads = [_say(code, language) for code in ("check", "state", "found")]
    ordered = sorted(result.readiness, key=lambda check: _STATES.index(check.state))
    rows = [
        [_text(check, "name", language), _say(check.state, language), _finding(check, language)]
        for check in ordered
    ]
    return Section(_say("before", language), [heads, *rows])


def _finding(check: Check, language: Language) -> str:
    found = _text(check, check.state, language)
    how = _text(check, "how", language) if check.state in ("warning", "note") else ""
    return f"{found} {how}".strip()


def _text(check: Check, part: str, language: Language) -> str:
    code = f"{check.code}.{part}"
    return (
        wording.say("readiness", code, language, **check.parameters) if wording.has("readiness", code) else ""
    )


def during(result: RunResult, language: Language) -> Section | None:
    """Counters of the sampler and of the first process; what nothing tells is left out."""
    own = [one.disturbance for one in result.replicates if one.point == (result.chosen_point or 0)]
    first = next((one for one in own if one is not None), None)
    lines = [*_of_machine(result.disturbances, language), *_of_process(first, language)]
    if not lines:
        return None
    heads = [_say("what", language), _say("value", language)]
    return Section(_say("during", language), [heads, *([name, value] for name, value in lines)])


def _of_machine(found: dict[str, Any], language: Language) -> Iterator[tuple[str, str]]:
    for code, write in (
        ("own_cpus", units.significant),
        ("other_cpus", units.significant),
        ("steal_share", units.percent),
        ("pressure_share", units.percent),
        ("swapped_pages", "{:,}".format),
        ("clock_ratio", units.percent),
        ("max_temperature_c", "{:.0f} °C".format),
        ("cpu_throttles", "{:,}".format),
    ):
        if found.get(code) is not None:
            yield _say(code, language), write(found[code])
    low, high = found.get("frequency_min_mhz"), found.get("frequency_max_mhz")
    if low is not None and high is not None:
        yield _say("frequency", language), f"{low:,.0f} – {high:,.0f} MHz"
    for card in found.get("gpus") or ():
        yield _say("gpu", language, index=card.get("index", 0)), _card(card)


def _card(card: dict[str, Any]) -> str:
    heat = card.get("max_temperature_c")
    words = [units.percent(card.get("throttled_share")), units.percent(card.get("clock_ratio"))]
    return ", ".join([*words, units.DASH if heat is None else f"{heat:.0f} °C"])


def _of_process(seen: Disturbance | None, language: Language) -> Iterator[tuple[str, str]]:
    if seen is None:
        return
    for code in ("involuntary_switches", "migrations", "major_faults", "throttled_count"):
        value = getattr(seen, code)
        if value is not None:
            yield _say(code, language), f"{value:,}"
    if seen.spinning_cpu_s is not None:
        yield _say("spinning_cpu_s", language), units.duration(seen.spinning_cpu_s * 1e9)
    for code in ("gap_p50_ns", "p99_undisturbed_ns"):
        if getattr(seen, code) is not None:
            yield _say(code, language), units.duration(getattr(seen, code))

"""A result as labelled lines of text: what terminal, report and tables show alike."""

from __future__ import annotations

from typing import NamedTuple

from profiler import units, wording
from profiler.error_text import visible
from profiler.result import Interval, Latency, NativeFigure, RunResult
from profiler.wording import Language


class Figure(NamedTuple):
    """One number for people; the note holds its interval, or what is needed to show it."""

    label: str
    value: str
    technical: str
    note: str = ""
    better: str = ""


class Line(NamedTuple):
    """A label and its value."""

    label: str
    value: str


def _label(code: str, language: Language, **parameters: object) -> str:
    return wording.say("report", code, language, **parameters)


def _interval(interval: Interval | None) -> str:
    return "" if interval is None else f"{units.duration(interval[0])} – {units.duration(interval[1])}"


def cards(result: RunResult, language: Language) -> list[Figure]:
    """The five numbers that everybody asks for."""
    latency, memory, phases = result.latency, result.memory, result.phases
    ready = None
    if phases.load_ns is not None and phases.first_inference_ns is not None:
        ready = phases.load_ns + (phases.compile_ns or 0) + phases.first_inference_ns
    slow_note = _interval(latency.p99_ci_ns)
    if latency.p99_ns is None and latency.count:
        slow_note = _label("needs", language, needed=299)
    rows = (
        ("typical_wait", units.duration(latency.p50_ns), _interval(latency.p50_ci_ns), "lower_better"),
        ("slow_wait", units.duration(latency.p99_ns), slow_note, "lower_better"),
        ("per_second", units.rate(per_second(result)), "", "higher_better"),
        ("getting_ready", units.duration(ready), "", "lower_better"),
        ("memory", units.size(memory.peak_rss_bytes), "", "lower_better"),
    )
    model = units.size(memory.model_peak_bytes)
    return [
        Figure(
            _label(code, language),
            value,
            load_words(result, code, language) or _label(f"{code}_technical", language, model=model),
            note,
            _label(better, language),
        )
        for code, value, note, better in rows
    ]


def per_second(result: RunResult) -> float | None:
    """Of one request at a time its inferences, of every other load its samples."""
    alone = result.plan.scenario == "SingleStream" and result.throughput.world_size == 1
    return result.throughput.inferences_per_s if alone else result.throughput.samples_per_s


def load_words(result: RunResult, code: str, language: Language) -> str | None:
    """The technical word of a card, where the load gives it a meaning of its own."""
    plan = result.plan
    # A search that found no rate speaks by its closed loops.
    scenario = "Concurrency" if plan.scenario == "Server" and plan.rate_per_s is None else plan.scenario
    name = f"{code}_{'world' if result.throughput.world_size > 1 else scenario}"
    if not wording.has("loads", name):
        return None
    return wording.say(
        "loads",
        name,
        language,
        samples=plan.samples_per_query,
        batch=plan.batch,
        concurrency=plan.concurrency,
        rate=units.rate(plan.rate_per_s),
        world=result.throughput.world_size,
    )


def shapes(result: RunResult) -> str:
    """What each input was given."""
    given = result.plan.shapes.items()
    return ", ".join(f"{name} {' × '.join(map(str, shape)) or '()'}" for name, shape in given) or units.DASH


def percentiles(result: RunResult, language: Language) -> list[Line]:
    """Every percentile, or how many measurements it needs."""
    latency = result.latency
    lines = [
        Line(_label("count", language), f"{latency.count:,}"),
        Line(_label("mean_ns", language), _mean(result)),
    ]
    for field in ("min_ns", "p50_ns", "p90_ns", "p95_ns", "p99_ns", "p999_ns", "max_ns"):
        value = getattr(latency, field)
        reason = result.unavailable.get(f"latency.{field}")
        text = units.duration(value)
        if value is None and reason is not None and latency.count:
            text = wording.reason_sentence(reason, language)
        lines.append(Line(_percentile_name(field), text))
    return lines + _intervals(latency, language)


def _intervals(latency: Latency, language: Language) -> list[Line]:
    """Intervals under what they are: the range of a few processes is no 95 % interval."""
    if latency.interval_method == "range_of_processes":
        name = wording.say("loads", "range", language)
    else:
        name = _label("interval", language)
    pairs = (("P50", latency.p50_ci_ns), ("P99", latency.p99_ci_ns))
    return [Line(f"{name}, {which}", _interval(pair)) for which, pair in pairs if pair is not None]


def _mean(result: RunResult) -> str:
    text = units.duration(result.latency.mean_ns)
    return (
        text if result.latency.std_ns is None else f"{text} ± {units.duration(result.latency.std_ns)} (std)"
    )


def _percentile_name(field: str) -> str:
    return {"p999_ns": "P99.9"}.get(field, field.removesuffix("_ns").replace("p", "P"))


def phases(result: RunResult, language: Language) -> list[Line]:
    """How long each phase took, in order; phases that were not reached are left to `unavailable`."""
    fields = (
        "import_ns", "load_ns", "compile_ns", "first_inference_ns", "second_inference_ns", "warmup_ns",
        "steady_ns", "start_to_first_inference_ns",
    )  # fmt: skip
    values = ((field, getattr(result.phases, field)) for field in fields)
    return [
        Line(_label(field, language), units.duration(value)) for field, value in values if value is not None
    ]


def work(result: RunResult, language: Language) -> list[Line]:
    """Arithmetic, size, the loop's own cost, and whether answers repeat."""
    flops, lines = result.flops, list[Line]()
    if flops.per_inference is not None:
        lines.append(Line(_label("flops", language), units.flops(flops.per_inference)))
    if flops.achieved_per_s is not None:
        lines.append(Line(_label("achieved", language), units.flop_rate(flops.achieved_per_s)))
    if flops.counted_fraction is not None:
        lines.append(Line(_label("counted", language), _counted(result, language)))
    if result.model.parameters is not None:
        lines.append(Line(_label("parameters", language), units.quantity(result.model.parameters)))
    if result.memory.weights_bytes is not None:
        lines.append(Line(_label("weights", language), units.size(result.memory.weights_bytes)))
    if result.boundary.null_call_ns is not None:
        overhead = units.percent(result.boundary.host_overhead)
        text = f"{units.duration(result.boundary.null_call_ns)} ({overhead})"
        lines.append(Line(_label("null_call", language), text))
    native = result.boundary.native
    if native is not None:
        lines.append(_native(native, result, language))
    if result.accuracy.idempotent is not None and result.accuracy.idempotence is None:
        difference = result.accuracy.max_repeat_difference
        code = "yes" if result.accuracy.idempotent else "no"
        lines.append(Line(_label("same_again", language), _label(code, language, difference=difference)))
    return lines


def _native(native: NativeFigure, result: RunResult, language: Language) -> Line:
    """The same statistic of both loops: P50, or the mean where the native loop tells no more."""
    is_mean = native.p50_ns is None
    python = result.latency.mean_ns if is_mean else result.latency.p50_ns
    method = wording.say("loads", native.method, language)
    value = units.duration(native.mean_ns if is_mean else native.p50_ns)
    return Line(
        wording.say("loads", "native", language, method=method),
        wording.say("loads", "native_value", language, value=value, python=units.duration(python)),
    )


def _counted(result: RunResult, language: Language) -> str:
    text = units.percent(result.flops.counted_fraction)
    left = result.flops.uncounted_operators
    if not left:
        return text
    names = ", ".join(f"{visible(name)} × {count}" for name, count in sorted(left.items()))
    return f"{text} ({_label('uncounted', language, operators=names)})"


def reasons(result: RunResult, language: Language) -> list[str]:
    """Why the verdict is what it is."""
    return (
        [wording.reason_sentence(reason, language) for reason in result.verdict.reasons]
        if result.verdict
        else []
    )


def not_measured(result: RunResult, language: Language) -> list[Line]:
    """Reasons for what is missing; quantities that share a reason share a line."""
    grouped: dict[str, list[str]] = {}
    for name, reason in result.unavailable.items():
        grouped.setdefault(visible(wording.reason_sentence(reason, language)), []).append(name)
    return [Line(", ".join(names), sentence) for sentence, names in grouped.items()]

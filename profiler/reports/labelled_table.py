"""Accuracy on labelled data: the shares with their intervals, the classes, and what was taken for what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from profiler import units, wording
from profiler.error_text import visible
from profiler.reports import confusion_chart
from profiler.reports.correctness_text import expected_figure, preprocessing, say
from profiler.reports.parity_table import error
from profiler.reports.sections import Section
from profiler.result import Labelled, Paired, RunResult
from profiler.wording import Language

_MOST_CLASSES, _MOST_MISTAKES = 20, 15


def section(result: RunResult, language: Language) -> Section | None:
    """None where no labelled data was given."""
    found = result.accuracy.labelled
    if found is None:
        return None
    rows = [*_rows(found, language), *_beside(result.accuracy.beside_reference, language)]
    notes = [visible(wording.reason_sentence(reason, language)) for reason in found.notes]
    return Section(say("labelled", language), [["", ""], *map(list, rows)], notes)


def _rows(found: Labelled, language: Language) -> Iterator[tuple[str, str]]:
    def of(planned: int) -> str:
        counts = {"count": f"{found.count:,}", "planned": f"{planned:,}"}
        return counts["count"] if found.count == planned else say("count_of", language, **counts)

    yield say("dataset", language), visible(found.dataset)
    yield say("labelled_count", language), of(found.planned)
    if found.output:
        yield say("judged_output", language), visible(found.output)
    if found.classes is not None:
        yield say("classes", language), str(found.classes)
    for field in ("top1", "top5"):
        if (value := getattr(found, field)) is not None:
            yield say(field, language), share(value, getattr(found, f"{field}_ci"), language)
    for field in ("mean_absolute_error", "root_mean_square_error", "r2"):
        if (value := getattr(found, field)) is not None:
            yield say(field, language), error(value)
    for field in ("mean_iou", "pixel_accuracy"):
        if (value := getattr(found, field)) is not None:
            yield say(field, language), units.percent(value)
    if found.metric:
        yield f"{say('metric', language)} {visible(found.metric)}", _plain(found.metric_value)
    if found.expected is not None:
        yield say("expected", language), expected_figure(found)
    if found.preprocessing is not None:
        yield say("preprocessing", language), preprocessing(found.preprocessing, language)
    if found.elapsed_ns:
        yield say("elapsed", language), units.duration(found.elapsed_ns)


def share(value: float, interval: tuple[float, float] | None, language: Language) -> str:
    """97.2 %  (95 % interval 96.1 % – 98.0 %)."""
    if interval is None:
        return units.percent(value)
    low, high = map(units.percent, interval)
    return say("with_interval", language, value=units.percent(value), low=low, high=high)


def _plain(value: float | None) -> str:
    return units.DASH if value is None else f"{value:.6g}"


def _beside(found: Paired | None, language: Language) -> Iterator[tuple[str, str]]:
    if found is not None:
        low, high = (_points(bound) for bound in found.loss_ci)
        loss = say("points", language, value=_points(found.loss))
        yield say("loss", language), say("with_interval", language, value=loss, low=low, high=high)


def _points(share_lost: float) -> str:
    return units.significant(share_lost * 100)


def confusion(result: RunResult, language: Language) -> Section | None:
    """Up to twenty classes: what each was taken for; more: the most frequent mistakes. None without any."""
    found = result.accuracy.labelled
    if found is None or not found.confusion:
        return None
    if found.classes is not None and found.classes <= _MOST_CLASSES:
        return _table(found, found.classes, language)
    mistakes = [one for one in found.confusion if one[0] != one[1]][:_MOST_MISTAKES]
    if not mistakes:
        return None
    heads = [say(f"mistake_{code}", language) for code in ("label", "answer", "count")]
    rows = [[class_name(found, a), class_name(found, b), f"{count:,}"] for a, b, count in mistakes]
    return Section(say("mistakes", language), [heads, *rows])


def _table(found: Labelled, classes: int, language: Language) -> Section:
    counts = [[0] * classes for _ in range(classes)]
    for label, answer, count in found.confusion:
        counts[label][answer] += count
    names = [class_name(found, index) for index in range(classes)]
    heads = [say("confusion_head", language), *names]
    rows = [[name, *map(_count, row)] for name, row in zip(names, counts, strict=True)]
    return Section(
        say("confusion", language),
        [heads, *rows],
        [say("confusion_note", language)],
        chart=confusion_chart.chart(names, counts, language),
        is_folded=True,
        is_shown_by_chart=True,
    )


def _count(count: int) -> str:
    return f"{count:,}" if count else ""


def class_name(found: Labelled, index: int) -> str:
    """By its name where the data has names, else by its number."""
    names: Sequence[str] = found.class_names
    return visible(names[index]) if 0 <= index < len(names) else str(index)


def iou(result: RunResult, language: Language) -> Section | None:
    """Each class of a segmentation; None for every other kind."""
    found = result.accuracy.labelled
    if found is None or not found.iou_by_class:
        return None
    heads = [say("class", language), say("iou", language)]
    rows = [
        [class_name(found, index), units.percent(value)] for index, value in enumerate(found.iou_by_class)
    ]
    return Section(say("iou_classes", language), [heads, *rows], is_folded=True)

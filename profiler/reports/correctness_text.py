"""Whether a model's answers are right, in sentences for people who do not program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from profiler import units, wording
from profiler.checks_plan import Preprocessing, Tolerance
from profiler.correctness import divergence_text
from profiler.error_text import visible
from profiler.result import Accuracy, Agreement, Idempotence, Labelled, Paired, Reason, Repeat, RunResult
from profiler.wording import Language

TOPIC = "correctness"
LEAST_CHANCE = 0.001
_PLACES = ("alone", "in_batch", "concurrent")


def say(code: str, language: Language, /, **parameters: object) -> str:
    return wording.say(TOPIC, code, language, **parameters)


def sentences(result: RunResult, language: Language) -> list[str]:
    """What is to be said of this result's answers, the most important first; empty where nobody looked."""
    accuracy = result.accuracy
    told = [agreement(accuracy, language)]
    if accuracy.divergence is not None:
        told.append(divergence_text.sentence(accuracy.divergence, language))
    told += _labelled(accuracy, language) if accuracy.labelled is not None else [_missing(result, language)]
    if accuracy.idempotence is not None:
        told.append(idempotence(accuracy.idempotence, language))
    return [sentence for sentence in told if sentence]


def _missing(result: RunResult, language: Language) -> str:
    """Why labelled data that were given say nothing; empty where none were given."""
    codes = {reason.code for reason in result.verdict.reasons} if result.verdict is not None else set()
    if "labels_not_judged" not in codes:
        return ""
    return say(
        "labelled_missing", language, why=why_not(result.unavailable.get("accuracy.labelled"), language)
    )


def agreement(accuracy: Accuracy, language: Language) -> str:
    """Whether the answers are the reference's; empty where no reference was given."""
    found = accuracy.agreement
    if found is None:
        return ""
    if found.state != "unknown":
        return say(found.state, language, reference=reference(accuracy, language), precision=found.precision)
    why = why_not(found.reason, language)
    if accuracy.reference is None:
        return say("unknown_alone", language, why=why)
    return say("unknown", language, reference=reference(accuracy, language), why=why)


def reference(accuracy: Accuracy, language: Language) -> str:
    """What the reference is called."""
    return visible(accuracy.reference) if accuracy.reference else say("the_reference", language)


def why_not(reason: Reason | None, language: Language) -> str:
    return visible(wording.reason_sentence(reason, language)) if reason else say("not_compared", language)


def looked_at(found: Agreement, language: Language) -> str:
    """On how many inputs the agreement rests; empty where none were compared."""
    if not found.sets:
        return ""
    inputs = say(f"inputs_{found.inputs}", language) if found.inputs else units.DASH
    return say("looked_at", language, samples=f"{found.samples:,}", sets=found.sets, inputs=inputs)


def tolerance(found: Agreement, language: Language) -> str:
    """The tolerance that was judged by; empty where there was none."""
    parts = list(_tolerances(found.tolerance, language))
    if not parts:
        return ""
    joined = say("semicolon", language).join(parts)
    return say("tolerance", language, precision=found.precision, parts=joined)


def _tolerances(given: Tolerance, language: Language) -> Iterator[str]:
    written = {
        "max_relative": units.percent(given.max_relative),
        "min_cosine": f"{given.min_cosine}",
        "min_snr_db": f"{given.min_snr_db}",
        "min_top1": units.percent(given.min_top1),
    }
    for field, value in written.items():
        if getattr(given, field) is not None:
            yield say(f"tolerance_{field}", language, value=value)


def places(found: Idempotence, language: Language) -> list[tuple[str, Repeat]]:
    """Where the same input was run again, in words, with what came of it."""
    return [
        (say(f"again_{place}", language, batch=found.batch, lanes=found.lanes), getattr(found, place))
        for place in _PLACES
    ]


def idempotence(found: Idempotence, language: Language) -> str:
    """Whether the same input gives the same answer; empty where it was tried nowhere."""
    if found.is_random:
        operators = say("list_comma", language).join(map(visible, found.random_operators))
        return say("is_random_by" if operators else "is_random", language, operators=operators)
    tried = [(place, one) for place, one in places(found, language) if one.state != "not_tried"]
    if not tried:
        return ""
    differing = [place for place, one in tried if one.state == "differs"]
    if differing:
        return say("repeats_differs", language, where=say("list_comma", language).join(differing))
    is_within = any(one.state == "within" for _, one in tried)
    return say("repeats_within" if is_within else "repeats_identical", language)


def _labelled(accuracy: Accuracy, language: Language) -> Iterator[str]:
    found = accuracy.labelled
    if found is None:
        return
    if found.top1 is not None:
        right = units.percent(found.top1)
        yield say("accuracy_says", language, right=right, count=f"{found.count:,}")
    yield expected(found, language)
    if accuracy.beside_reference is not None:
        yield paired(accuracy.beside_reference, reference(accuracy, language), language)
    if found.is_partial:
        yield say("partial", language)


def expected(found: Labelled, language: Language) -> str:
    """Whether the figure reached in training is kept; empty where none was given or it cannot be said."""
    if found.keeps_expected is None:
        return ""
    code = "keeps_expected" if found.keeps_expected else "loses_expected"
    return say(code, language, expected=expected_figure(found))


def expected_figure(found: Labelled) -> str:
    """As a share, beside an own metric as that metric counts."""
    is_share = found.top1 is not None
    return units.percent(found.expected) if is_share else f"{found.expected:.6g}"


def paired(found: Paired, reference: str, language: Language) -> str:
    """McNemar's test in a sentence: a difference of one sample is no loss."""
    call = "paired_no_clear"
    if found.is_clear:
        call = "paired_lost" if found.loss > 0 else "paired_gained"
    return say(
        "paired", language, reference=reference, only_reference=found.only_reference,
        only_own=found.only_own, call=say(call, language), p=chance(found.p),
    )  # fmt: skip


def chance(p: float) -> str:
    """p = 0.62, or that it is below the least that anybody tells apart."""
    return f"p = {units.significant(p, 2)}" if p >= LEAST_CHANCE else f"p < {LEAST_CHANCE}"


def preprocessing(given: Preprocessing, language: Language) -> str:
    """From a picture to an input, in the order in which it is done."""
    steps = [
        *_sizes(given, language),
        say(f"channels_{given.channels}", language),
        say(f"values_{given.values}", language),
        *([say("mean_subtracted", language, values=_numbers(given.mean))] if given.mean else []),
        *([say("std_divided", language, values=_numbers(given.std))] if given.std else []),
        *(
            [say("interpolation", language, name=_interpolation(given, language))]
            if given.interpolation
            else []
        ),
    ]
    words = say("list_comma", language).join(steps)
    return say("by_preset", language, preset=visible(given.preset), steps=words) if given.preset else words


def _interpolation(given: Preprocessing, language: Language) -> str:
    known = f"interpolation_{given.interpolation}"
    return say(known, language) if wording.has(TOPIC, known) else visible(given.interpolation)


def _sizes(given: Preprocessing, language: Language) -> Iterator[str]:
    if given.resize:
        yield say("resize_side", language, size=given.resize)
    elif given.interpolation:
        yield say("resize_whole", language)
    if given.crop:
        yield say("crop", language, size=given.crop)


def _numbers(values: Sequence[float]) -> str:
    return f"({', '.join(f'{value:g}' for value in values)})"

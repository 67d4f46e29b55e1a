"""A comparison in words: which run to use, in a sentence for people who do not program."""

from __future__ import annotations

from collections.abc import Sequence

from profiler import limits as limit_units
from profiler import units, wording
from profiler.comparison import standing as standings
from profiler.comparison.gate import open_aspects
from profiler.comparison.records import Comparison, Kept, Ratio
from profiler.error_text import visible
from profiler.metrics.curve import LATENCIES
from profiler.result import RunResult
from profiler.wording import Language

TOPIC = "comparison"
# Words that reports use for quantities and aspects.
_SHARED = "comparison_report"
# What is said of a run as a multiple of another's: waiting, or amounts.
_SPEEDS = (*LATENCIES, "throughput", "load")


def say(code: str, language: Language, /, **parameters: object) -> str:
    return wording.say(TOPIC, code, language, **parameters)


def winner(comparison: Comparison, language: Language) -> str:
    """Which one to use, or why none is named; and which ones not, because of their answers."""
    parts = (_chosen, _below_training, _open, _warning)
    return "".join(part(comparison, language) for part in parts)


def _below_training(comparison: Comparison, language: Language) -> str:
    """The one that is named may be the best of those that are there, and no good."""
    found = comparison.winner
    if found.index is None or (found.is_withheld and len(comparison.runs) > 1):
        return ""
    labelled = comparison.runs[found.index].accuracy.labelled
    if labelled is None or labelled.keeps_expected is not False or labelled.expected is None:
        return ""
    expected = f"{labelled.expected:.6g}" if labelled.top1 is None else units.percent(labelled.expected)
    return say(
        "winner_below_training", language, name=name(comparison, found.index, language), expected=expected
    )


def _open(comparison: Comparison, language: Language) -> str:
    """Of several that are said to do equally well, those whose answers nobody could judge."""
    found = comparison.winner
    if found.is_withheld or found.decided_by != "nothing":
        return ""
    unknown = [at for at in found.tied if at != found.index and comparison.standings[at].is_right is None]
    if not unknown:
        return ""
    return say(
        "winner_not_known",
        language,
        names=_listed([name(comparison, at, language) for at in unknown], language),
    )


def _warning(comparison: Comparison, language: Language) -> str:
    """Wrong answers are wrong under whatever conditions; where none can be used, that is said already."""
    wrong = [index for index, one in enumerate(comparison.standings) if one.is_right is False]
    is_said = comparison.winner.index is None and not comparison.winner.is_withheld
    if not wrong or len(comparison.runs) == 1 or is_said:
        return ""
    names = _listed([name(comparison, one, language) for one in wrong], language)
    return say("winner_not_these", language, names=names)


def _chosen(comparison: Comparison, language: Language) -> str:
    found = comparison.winner
    if found.is_withheld and len(comparison.runs) > 1:
        aspects = [_shared(f"aspect_{one}", one, language) for one in open_aspects(comparison.differences)]
        return say("winner_withheld", language, aspects=_comma(language).join(aspects))
    if found.index is None:
        return _none(comparison, language)
    return _named(comparison, found.index, language)


def _named(comparison: Comparison, index: int, language: Language) -> str:
    found = comparison.winner
    said = {
        "name": name(comparison, index, language),
        "names": _listed([name(comparison, one, language) for one in found.tied], language),
        "among": _among(comparison, language),
        "count": len(comparison.runs),
        "wait": _wait(comparison.runs[index], language),
        "speed": _speed(comparison, index, language),
        "answers": _answers(comparison, index, language),
    }
    if len(comparison.runs) == 1:
        return say("winner_alone", language, **said)
    if found.decided_by in ("memory", "size"):
        why = say(f"winner_why_{found.decided_by}", language)
        return say("winner_tied", language, why=why, **said)
    code = {"only_one": _only_code(comparison), "nothing": "winner_alike"}.get(found.decided_by, "winner")
    return say(code, language, **said)


def _only_code(comparison: Comparison) -> str:
    return "winner_only_keeps" if _is_by_limits(comparison) else "winner_only_one"


def _is_by_limits(comparison: Comparison) -> bool:
    """Whether it is limits alone that those break which do not qualify."""
    return not any(one.against for one in comparison.standings if not one.qualifies)


def _among(comparison: Comparison, language: Language) -> str:
    """A run that does not qualify may well be faster, and stands in the charts."""
    if all(one.qualifies for one in comparison.standings):
        return ""
    return say("among_keeping" if _is_by_limits(comparison) else "among_usable", language)


def name(comparison: Comparison, index: int, language: Language) -> str:
    """The name that tells it from the others, with its runtime where there are several, unless it says so."""
    own, code = comparison.names[index], comparison.runs[index].plan.runtime
    if f"({code}" in own or len({run.plan.runtime for run in comparison.runs}) == 1:
        return own
    known = f"runtime_{code}"
    runtime = say(known, language) if wording.has(TOPIC, known) else visible(code)
    return say("on", language, name=own, runtime=runtime)


def _wait(run: RunResult, language: Language) -> str:
    if run.latency.p99_ns is not None:
        return say("wait_p99", language, p99=units.duration(run.latency.p99_ns))
    return say("wait_p50", language, p50=units.duration(run.latency.p50_ns))


def _speed(comparison: Comparison, index: int, language: Language) -> str:
    """Beside the baseline; of the baseline itself that it is the fastest; nothing of one tied with it."""
    found, how = comparison.ratios["p50"][index], comparison.winner
    if index == comparison.baseline and how.decided_by == "speed":
        qualified = sum(one.qualifies for one in comparison.standings)
        code = "speed_fastest" if qualified == len(comparison.runs) else "speed_fastest_usable"
        return say(code, language, count=qualified)
    if found is None or comparison.baseline in how.tied or found.call == "not_known":
        return ""
    words = ratio_words(found, "p50", language, comparison.names[comparison.baseline])
    return say("speed", language, ratio=words)


def _answers(comparison: Comparison, index: int, language: Language) -> str:
    """What labelled data clearly show comes first, then whether answers agree."""
    run = comparison.runs[index]
    paired = standings.accuracy_beside(run, comparison.runs[comparison.baseline])
    state = run.accuracy.agreement.state if run.accuracy.agreement is not None else "unknown"
    if paired is not None and paired.is_clear:
        code = "answers_lost" if paired.loss > 0 else "answers_gained"
        return say(code, language, loss=units.significant(abs(paired.loss) * 100))
    if state == "within":
        return _within(run, language)
    if state in ("exact", "is_reference"):
        return say(f"answers_{state}", language)
    return say("answers_unknown" if paired is None else "answers_not_clear", language)


def _within(run: RunResult, language: Language) -> str:
    """The same where the same answer comes first in each; else in how many, or but for rounding."""
    same = [one.top1_agreement for one in run.accuracy.parity if one.top1_agreement is not None]
    if not same:
        return say("answers_within_rounding", language)
    if min(same) < 1:
        return say("answers_within_share", language, share=units.percent(min(same)))
    return say("answers_within", language)


def _none(comparison: Comparison, language: Language) -> str:
    nearest = comparison.winner.nearest
    if nearest is not None:
        worst = _worst(comparison.standings[nearest].kept)
        if worst is not None and worst.value is not None:
            excess = say(
                f"excess_{worst.quantity}",
                language,
                value=limit_units.text_of(worst.quantity, worst.value),
                most=limit_units.text_of(worst.quantity, worst.most),
            )
            code = "winner_nearest" if len(comparison.runs) > 1 else "winner_nearest_one"
            return say(code, language, name=name(comparison, nearest, language), excess=excess)
        return say("winner_unjudged", language, reasons=_unjudged(comparison, language))
    return say("winner_none", language, reasons=_against(comparison, language))


def _worst(kept: Sequence[Kept]) -> Kept | None:
    """The limit that is broken most; None where none is broken, and one could not be judged."""
    broken = [one for one in kept if one.kept is False and one.excess is not None]
    return max(broken, key=lambda one: one.excess or 0.0, default=None)


def _unjudged(comparison: Comparison, language: Language) -> str:
    """Each limit that could not be judged, once, with why."""
    told = {
        one.quantity: wording.reason_sentence(one.reason, language)
        for standing in comparison.standings
        for one in standing.kept
        if one.kept is None and one.reason is not None
    }
    quantities = ((_shared(f"quantity_{code}", code, language), reason) for code, reason in told.items())
    return _semicolon(language).join(
        say("because", language, name=words, reason=reason) for words, reason in quantities
    )


def _against(comparison: Comparison, language: Language) -> str:
    told = []
    for index, standing in enumerate(comparison.standings):
        reasons = [
            *standing.against,
            *(one.reason for one in standing.kept if one.kept is False and one.reason),
        ]
        words = [wording.reason_sentence(reason, language) for reason in reasons]
        if words:
            said = _comma(language).join(words)
            told.append(say("because", language, name=comparison.names[index], reason=said))
    return _semicolon(language).join(told)


def ratio_words(ratio: Ratio, quantity: str, language: Language, baseline: str) -> str:
    """A ratio as people say it: 2.1 times as fast as a.onnx, or that there is no clear difference."""
    named = _shared(f"quantity_{quantity}", quantity, language)
    said = {"quantity": named, "baseline": baseline}
    if ratio.call == "not_known":
        return say("not_judged", language, times=times(ratio.value), **said)
    if ratio.call == "no_clear_difference":
        return say("same_speed" if quantity in _SPEEDS else "same_quantity", language, **said)
    if quantity in _SPEEDS:
        is_slow_above = quantity != "throughput"
        multiple = ratio.value if (ratio.call == "worse") == is_slow_above else 1 / ratio.value
        return say("slower" if ratio.call == "worse" else "faster", language, times=times(multiple), **said)
    if ratio.value < 1:
        return say("less", language, percent=units.percent(1 - ratio.value), **said)
    return say("more", language, times=times(ratio.value), **said)


def times(value: float) -> str:
    """1.05, 2.1, 14, 140: as many digits as a multiple needs to be told from 1."""
    return f"{value:.2f}" if value < 1.995 else units.significant(value, 2)


def _listed(names: Sequence[str], language: Language) -> str:
    if len(names) < 2:
        return "".join(names)
    first = _comma(language).join(names[:-1])
    return say("and_last", language, first=first, last=names[-1])


def _shared(code: str, fallback: str, language: Language) -> str:
    return wording.say(_SHARED, code, language) if wording.has(_SHARED, code) else visible(fallback)


def _comma(language: Language) -> str:
    return wording.say(_SHARED, "comma", language)


def _semicolon(language: Language) -> str:
    return wording.say(_SHARED, "semicolon", language)

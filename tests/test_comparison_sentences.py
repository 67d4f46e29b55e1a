"""The sentence that says which run to ship, word by word, in both languages."""

from __future__ import annotations

import msgspec
import pytest

from profiler.comparison import sentences
from profiler.comparison.compare import compare
from profiler.comparison.records import Comparison, Ratio
from profiler.result import Labelled, Level, OutputParity, Paired, Reason, RunResult, Status, Verdict
from tests import builders
from tests.test_winner import agreeing, compared, labelled, run

OPENVINO = builders.plan(runtime="openvino")


def _said(found: Comparison) -> tuple[str, str]:
    return sentences.winner(found, "en"), sentences.winner(found, "zh_CN")


def _runs() -> tuple[RunResult, RunResult]:
    reference = run(0.31e6, name="digits.onnx", accuracy=agreeing("is_reference"))
    return reference, run(0.15e6, name="digits.xml", accuracy=agreeing("within"), plan=OPENVINO)


def test_the_fastest_is_named_with_its_runtime_and_how_much_faster_it_is() -> None:
    assert _said(compared(*_runs())) == (
        "Ship digits.xml on OpenVINO: 99 of 100 answers came within 300 µs, 2.1 times as "
        "fast as digits.onnx, "
        "and its answers are the same but for rounding.",
        "推荐使用 digits.xml（OpenVINO）：100 次结果中有 99 次在 300 µs 以内，速度是 "
        "digits.onnx 的 2.1 倍，除舍入误差外结果一致。",
    )


def test_the_baseline_may_be_the_fastest() -> None:
    quick = run(1e6, name="a.onnx", accuracy=agreeing("is_reference"))
    assert _said(compared(quick, run(2e6, name="b.onnx", accuracy=agreeing("exact")))) == (
        "Ship a.onnx: 99 of 100 answers came within 2.00 ms, the fastest of 2, and its "
        "answers are those that "
        "count as right.",
        "推荐使用 a.onnx：100 次结果中有 99 次在 2.00 ms 以内，是 2 个中最快的，其结果即为参考。",
    )


@pytest.mark.parametrize(
    ("memory", "size", "en", "zh"),
    [
        (0.5e8, 100, "needs less memory", "占用内存更少"),
        (1e8, 50, "is the smaller file", "文件更小"),
    ],
)
def test_a_tie_is_decided_by_what_is_said(memory: float, size: int, en: str, zh: str) -> None:
    found = compared(run(1e6, name="a.onnx"), run(1.0005e6, memory, size, "b.onnx"))
    assert _said(found) == (
        f"a.onnx and b.onnx are the fastest, with no clear difference between them; b.onnx "
        f"{en}. Ship b.onnx: "
        "99 of 100 answers came within 2.00 ms; whether its answers are right is not known.",
        f"a.onnx 和 b.onnx 最快，彼此没有明显差异；b.onnx {zh}。推荐使用 b.onnx：100 "
        f"次结果中有 99 次在 2.00 ms 以内；"
        "结果是否正确未知。",
    )


def test_where_nothing_tells_them_apart_any_will_do() -> None:
    runs = [run(1e6, name=name, accuracy=agreeing("exact")) for name in ("a.onnx", "b.onnx", "c.onnx")]
    assert _said(compared(*runs)) == (
        "a.onnx, b.onnx and c.onnx are the fastest, with no clear difference between them in "
        "speed, memory or "
        "size: any of them will do. a.onnx: 99 of 100 answers came within 2.00 ms, and its "
        "answers are exactly "
        "the same.",
        "a.onnx、b.onnx 和 c.onnx 最快，速度、内存和文件大小都没有明显差异：任选其一即可。"
        "a.onnx：100 次结果中有 99 次在 "
        "2.00 ms 以内，结果完全一致。",
    )


def test_the_only_one_that_is_left_is_said_to_be() -> None:
    broken = run(1e6, name="b.onnx", accuracy=agreeing("beyond"))
    kept = run(2e6, name="a.onnx", accuracy=agreeing("is_reference"))
    assert _said(compared(kept, broken))[0] == (
        "Ship a.onnx, the only one of 2 that can be used: 99 of 100 answers came within 4.00 ms, and its "
        "answers are those that count as right. Do not ship b.onnx: the answers are not right."
    )
    slower = run(3e6, name="b.onnx", accuracy=agreeing("exact"))
    assert _said(compared(kept, slower, p99=5e6)) == (
        "Ship a.onnx, the only one of 2 that keeps all limits: 99 of 100 answers came within "
        "4.00 ms, and its "
        "answers are those that count as right.",
        "推荐使用 a.onnx（2 个中唯一满足全部限制的）：100 次结果中有 99 次在 4.00 ms 以内，其结果即为参考。",
    )


def test_a_slower_winner_says_how_much_longer_it_takes_than_a_baseline_that_is_wrong() -> None:
    wrong = run(1e6, name="a.onnx", accuracy=agreeing("beyond"))
    right = run(1.5e6, name="b.onnx", accuracy=agreeing("is_reference"))
    assert _said(compared(wrong, right)) == (
        "Ship b.onnx, the only one of 2 that can be used: 99 of 100 answers came within 3.00 "
        "ms, taking 1.50 "
        "times as long as a.onnx, and its answers are those that count as right. "
        "Do not ship a.onnx: the answers are not right.",
        "推荐使用 b.onnx（2 个中唯一可用的）：100 次结果中有 99 次在 3.00 ms 以内，耗时是 "
        "a.onnx 的 1.50 倍，其结果即为参考。请勿使用 a.onnx：结果不正确。",
    )


def test_the_fastest_of_those_that_can_be_used_is_not_called_the_fastest_of_all() -> None:
    wrong = [run(0.1e6, name=name, accuracy=agreeing("beyond")) for name in ("x.onnx", "y.onnx")]
    first = run(1e6, name="a.onnx", accuracy=agreeing("is_reference"))
    alike, slower = (run(at * 1e6, name="b.onnx", accuracy=agreeing("exact")) for at in (1.0, 2.0))
    en, zh = _said(compared(first, slower, *wrong))
    assert en.endswith(
        "the fastest of 2 that can be used, and its answers are those that count as right. "
        "Do not ship x.onnx and y.onnx: the answers are not right."
    )
    assert zh.endswith("，是可用的 2 个中最快的，其结果即为参考。请勿使用 x.onnx 和 y.onnx：结果不正确。")
    en, zh = _said(compared(first, alike, *wrong))
    assert en.startswith("Of those that can be used, a.onnx and b.onnx are the fastest, ")
    assert zh.startswith("在可用的模型中，a.onnx 和 b.onnx 最快")
    en, _ = _said(compared(first, alike, run(5e6, name="c.onnx", accuracy=agreeing("exact")), p99=9e6))
    assert en.startswith("Of those that keep all limits, a.onnx and b.onnx are the fastest, ")


def test_wrong_answers_are_told_also_where_conditions_withhold_a_winner() -> None:
    plan = builders.plan(threads=7)
    other = run(1e6, name="b.onnx", accuracy=agreeing("beyond"), plan=plan)
    found = compared(run(1e6, name="a.onnx", accuracy=agreeing("is_reference")), other)
    assert found.winner.is_withheld
    assert _said(found)[0].endswith("so no winner is named. Do not ship b.onnx: the answers are not right.")


@pytest.mark.parametrize(
    ("paired", "en"),
    [
        (
            Paired(0.14, (0.1, 0.2), 28, 0, 1e-8, True),
            "and its share of right answers is 14.0 percentage points lower.",
        ),
        (
            Paired(-0.14, (-0.2, -0.1), 0, 28, 1e-8, True),
            "and its share of right answers is 14.0 percentage points higher.",
        ),
        (
            Paired(0.005, (0.0, 0.02), 1, 0, 1.0, False),
            "and it gives no clearly different number of right answers.",
        ),
    ],
)
def test_what_labelled_data_show_is_said(paired: Paired, en: str) -> None:
    found = compared(run(1e6, accuracy=labelled(9, beside_reference=paired)), accuracy_loss=0.5)
    assert _said(found)[0] == f"a.onnx: 99 of 100 answers came within 2.00 ms, {en}"


@pytest.mark.parametrize(
    ("limits", "en", "zh"),
    [
        (
            {"p99": 10e6},
            "for 99 of 100 answers it needs 12.1 ms where 10.0 ms are allowed",
            "100 次中有 99 次需要 12.1 ms，而上限为 10.0 ms",
        ),
        (
            {"memory": 5e7},
            "it needs 100 MB of memory where 50.0 MB are allowed",
            "需要 100 MB 内存，而上限为 50.0 MB",
        ),
        ({"size": 50}, "the file has 100 B where 50 B are allowed", "文件为 100 B，而上限为 50 B"),
        (
            {"p50": 3e6},
            "it typically needs 6.05 ms where 3.00 ms are allowed",
            "通常需要 6.05 ms，而上限为 3.00 ms",
        ),
        (
            {"mean": 3e6},
            "on average it needs 6.05 ms where 3.00 ms are allowed",
            "平均需要 6.05 ms，而上限为 3.00 ms",
        ),
    ],
)
def test_where_none_keeps_all_limits_the_nearest_is_named(limits: dict[str, float], en: str, zh: str) -> None:
    first = run(6.05e6, name="digits.onnx")
    found = compared(first, run(9e6, 2e8, 300, "b.onnx"), **limits)
    assert _said(found) == (
        f"None keeps all limits; digits.onnx comes nearest: {en}.",
        f"没有一个满足全部限制；最接近的是 digits.onnx：{zh}。",
    )
    assert sentences.winner(compared(first, **limits), "en") == f"digits.onnx does not keep all limits: {en}."


def test_a_lost_share_of_answers_may_be_the_limit_that_is_broken() -> None:
    own = labelled(6, beside_reference=Paired(0.02, (0.0, 0.05), 4, 0, 0.125, False))
    assert _said(compared(run(accuracy=own), accuracy_loss=0.005))[0] == (
        "a.onnx does not keep all limits: it loses 2.00 % of accuracy where 0.500 % are allowed."
    )


def test_a_limit_that_nobody_could_judge_is_said_with_its_reason() -> None:
    found = compared(run(name="a.onnx"), run(name="b.onnx"), accuracy_loss=0.01)
    assert _said(found) == (
        "Nobody can say which keeps all limits, because not everything could be measured: "
        "Accuracy lost: its "
        "answers were held against no reference and no labelled data.",
        "无法判断哪个满足全部限制，因为有些量未能测得：准确率损失：未与参考结果或带标签的数据对比。",
    )


def test_where_none_can_be_used_each_says_why() -> None:
    wrong = run(name="a.onnx", accuracy=agreeing("beyond"))
    failed = run(name="b.onnx", status=Status.FAILED)
    assert _said(compared(wrong, failed)) == (
        "None of them can be used: a.onnx: its answers differ from the reference's beyond "
        "tolerance; b.onnx: the "
        "run failed.",
        "没有一个可以使用：a.onnx：结果与参考结果的差异超出容差；b.onnx：运行失败。",
    )


def test_no_winner_is_named_before_what_differs_is_accepted() -> None:
    others = run(1e6, plan=builders.plan(threads=4, batch=4))
    pairs = [(run(2e6), None), (others, None)]
    assert _said(compare(pairs)) == (
        "These runs were not made under the same conditions (threads, scenario), so no winner is named.",
        "这些测量的条件不同（线程数、场景），因此不给出推荐。",
    )
    assert sentences.winner(compare(pairs, accepted=["threads", "scenario"]), "en").startswith(
        "Ship a.onnx ("
    )


def test_without_a_p99_the_typical_wait_is_told() -> None:
    few = msgspec.structs.replace(run(), latency=msgspec.structs.replace(run().latency, p99_ns=None))
    assert _said(compared(few))[0].startswith("a.onnx: an answer typically came within 1.00 ms; whether")


def test_an_invalid_clock_wins_nothing() -> None:
    wrong = run(name="b.onnx", verdict=Verdict(Level.INVALID, (Reason("clock_wrong"),)))
    found = compare([(run(name="a.onnx"), None), (wrong, None)], accepted=["verdict"])
    assert sentences.winner(found, "en").startswith("Ship a.onnx, the only one of 2 that can be used")


RATIOS = (
    ("p50", Ratio(0.476, call="better"), "2.1 times as fast as a", "速度是 a 的 2.1 倍"),
    ("p50", Ratio(1.05, call="worse"), "taking 1.05 times as long as a", "耗时是 a 的 1.05 倍"),
    ("throughput", Ratio(14.2, call="better"), "14 times as fast as a", "速度是 a 的 14 倍"),
    ("throughput", Ratio(0.5, call="worse"), "taking 2.0 times as long as a", "耗时是 a 的 2.0 倍"),
    (
        "p50",
        Ratio(1.01, call="no_clear_difference"),
        "with no clear difference in speed from a",
        "速度与 a 没有明显差异",
    ),
    (
        "memory",
        Ratio(0.6, call="better"),
        "Most memory used: 40.0 % less than a",
        "最高内存占用：比 a 少 40.0 %",
    ),
    ("size", Ratio(2.5, call="worse"), "Size of the file: 2.5 times that of a", "文件大小：是 a 的 2.5 倍"),
    (
        "memory",
        Ratio(1.0, call="no_clear_difference"),
        "no clear difference in Most memory used from a",
        "最高内存占用与 a 没有明显差异",
    ),
    (
        "energy",
        Ratio(0.5),
        "Energy of one answer: 0.50 times that of a, with nothing to tell how sure that is",
        "一次结果的能耗：是 a 的 0.50 倍，无从得知其可靠程度",
    ),
)


@pytest.mark.parametrize(("quantity", "ratio", "en", "zh"), RATIOS)
def test_ratios_are_said_as_people_say_them(quantity: str, ratio: Ratio, en: str, zh: str) -> None:
    assert sentences.ratio_words(ratio, quantity, "en", "a") == en
    assert sentences.ratio_words(ratio, quantity, "zh_CN", "a") == zh


def test_of_those_that_do_equally_well_the_ones_that_nobody_could_judge_are_named() -> None:
    known = run(1e6, name="a.onnx", accuracy=agreeing("is_reference"))
    en, zh = _said(compared(known, run(1.0005e6, name="b.onnx", accuracy=agreeing("unknown"))))
    assert en.endswith("Whether the answers of b.onnx are right is not known.")
    assert zh.endswith("b.onnx 的结果是否正确未知。")


@pytest.mark.parametrize(
    ("same", "en"),
    [
        ((1.0, None), "its answers are the same."),
        ((0.94, 1.0), "in 94.0 % of the cases its answer is the same."),
    ],
)
def test_answers_within_tolerance_are_the_same_only_where_the_same_comes_first(
    same: tuple[float | None, ...], en: str
) -> None:
    parity = tuple(OutputParity("y", "y", "name", 64, top1_agreement=one) for one in same)
    own = msgspec.structs.replace(agreeing("within"), parity=parity)
    assert _said(compared(run(1e6, accuracy=own)))[0].endswith(f"and {en}")


def test_the_best_that_there_is_may_still_be_below_what_was_reached_in_training() -> None:
    own = msgspec.structs.replace(labelled(6), labelled=_below(0.97))
    en, zh = _said(compared(run(1e6, name="a.onnx", accuracy=own), run(2e6, name="b.onnx", accuracy=own)))
    assert en.endswith(
        "Even so, a.onnx does not reach the 97.0 % of training: check the preprocessing and the export first."
    )
    assert zh.endswith("没有达到训练时的 97.0 %：请先检查预处理和导出。")
    kept = msgspec.structs.replace(own, labelled=msgspec.structs.replace(_below(0.97), keeps_expected=True))
    assert "training" not in _said(compared(run(1e6, accuracy=kept), run(2e6, accuracy=kept)))[0]


def _below(expected: float) -> Labelled:
    found = labelled(6).labelled
    assert found is not None
    return msgspec.structs.replace(found, expected=expected, keeps_expected=False)

"""Whether the answers are right, as every kind of report says it."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET

import markupsafe
import msgspec
import pytest

from profiler.reports import (
    confusion_chart,
    console,
    correctness_sections,
    correctness_text,
    html,
    labelled_table,
    markdown,
    parity_table,
    table_csv,
)
from profiler.reports.sections import Section
from profiler.reports.svg import shortened, width_of
from profiler.result import (
    Accuracy,
    Agreement,
    Divergence,
    Idempotence,
    Level,
    OutputParity,
    Paired,
    Reason,
    Repeat,
    RunResult,
    Verdict,
)
from profiler.wording import LANGUAGES, Language
from tests import builders, builders_comparison

HOSTILE = "<img src=x onerror=alert(1)>\u202e|`"


def _with(accuracy: Accuracy) -> RunResult:
    return builders.result(accuracy=accuracy)


def _told(accuracy: Accuracy) -> str:
    return " ".join(correctness_text.sentences(_with(accuracy), "en"))


def _terminal(result: RunResult, language: Language = "en") -> str:
    out = io.StringIO()
    console.print_result(result, language, out)
    return out.getvalue()


def _rows(section: Section | None) -> dict[str, list[str]]:
    assert section is not None
    return {row[0]: list(row[1:]) for row in section.rows}


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("is_reference", "This is the reference"),
        ("exact", "those of digits.onnx, to the last bit"),
        ("within", "agree with those of digits.onnx, within what fp16"),
        ("beyond", "differ from those of digits.onnx by more than fp16"),
    ],
)
def test_agreement_is_a_sentence(state: str, words: str) -> None:
    assert words in _told(builders_comparison.accuracy(state))


def test_an_agreement_that_is_not_known_says_why() -> None:
    unknown = Agreement("unknown", reason=Reason("answers_not_finite"))
    told = _told(Accuracy(reference="a.onnx", agreement=unknown))
    assert told.startswith(
        "Whether its answers agree with those of a.onnx is not known: The answers hold NaN"
    )
    assert "is not known: no reason" in _told(Accuracy(agreement=Agreement("unknown")))


def test_each_output_has_its_figures_its_partner_and_what_is_broken() -> None:
    section = parity_table.section(_with(builders_comparison.accuracy("beyond")), "en")
    assert section is not None
    rows = _rows(section)
    assert section.rows[0] == [
        "output", "the reference's", "matched by", "max abs", "mean abs", "max rel", "mean rel", "cosine",
        "SNR", "same top 1", "NaN / Inf", "agrees",
    ]  # fmt: skip
    assert rows["logits"] == [
        "logits", "name", "0.0123", "1.2e-05", "0.02", "0.004", "0.999120", "33.2 dB", "98.4 %", "3 / 0",
        "no",
    ]  # fmt: skip
    assert rows["features"][:2] == ["feature_map (NCHW→NHWC)", "order"]
    assert rows["features"][-1] == "to the last bit"
    notes = " ".join(section.notes)
    assert "logits: The answers hold NaN" in notes
    assert "Tolerance for fp16: largest difference at most 1.00 % of the largest value" in notes
    assert "64 samples in 8 sets of inputs (made up)" in notes


def test_columns_that_tell_nothing_are_left_out() -> None:
    plain = OutputParity("y", "y", "name", 10, max_absolute=0.1, max_relative=0.01, snr_db=50.0)
    accuracy = Accuracy(reference="a", parity=(plain,), agreement=Agreement("within", "fp32", sets=1))
    section = parity_table.section(_with(accuracy), "en")
    assert section is not None
    assert not {"the reference's", "same top 1", "NaN / Inf"} & set(section.rows[0])


def test_outputs_without_a_partner_are_named() -> None:
    agreement = Agreement("unknown", unmatched=("aux", "boxes"), reason=Reason("answers_not_finite"))
    section = parity_table.section(_with(Accuracy(reference="a", agreement=agreement)), "en")
    assert section is not None
    assert section.rows == []
    assert "Outputs without a partner on the other side: aux, boxes." in section.notes
    assert "aux, boxes" in _terminal(_with(Accuracy(reference="a", agreement=agreement)))


def test_the_first_tensor_that_differs_is_shown_with_its_node() -> None:
    result = _with(builders_comparison.accuracy("beyond"))
    rows = _rows(parity_table.trail(result, "en"))
    assert rows["add_3"] == ["/layer3/add", "Add", "0.03", "28.0 dB", "yes"]
    assert "/layer3/add" in " ".join(correctness_text.sentences(result, "en"))
    none = Divergence("not_possible", reason=Reason("answers_not_finite"))
    other = builders_comparison.accuracy("beyond", divergence=none)
    assert parity_table.trail(_with(other), "en") is None
    assert "The answers hold NaN" in _told(other)


def test_the_same_input_again_tells_each_place() -> None:
    text = _terminal(_with(builders_comparison.accuracy()))
    lines = [line.split("   ") for line in text.splitlines() if line.startswith("  ")]
    found = {line[0].strip(): " ".join(part.strip() for part in line[1:] if part) for line in lines}
    assert found["alone"].startswith("identical to the last bit")
    assert found["within a batch of 8"].startswith("within tolerance")
    assert found["while 4 calls run at once"].startswith("not tried")
    assert "Not tried while 4 calls run at once: One process was measured" in text
    assert "Same input, same answer" not in text


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (("identical", "identical", "identical"), "the same answer, to the last bit"),
        (("identical", "within", "not_tried"), "within tolerance, but not to the last bit"),
        (
            ("identical", "differs", "differs"),
            "not always give the same answer: within a batch of 2, while 3",
        ),
        (("not_tried", "not_tried", "not_tried"), ""),
    ],
)
def test_repeats_are_a_sentence(found: tuple[str, str, str], words: str) -> None:
    block = Idempotence(*(Repeat(state) for state in found), batch=2, lanes=3)
    told = correctness_text.idempotence(block, "en")
    assert words in told
    assert bool(told) == bool(words)


def test_a_model_that_draws_random_numbers_is_named_as_such() -> None:
    differs = Repeat("differs", 9, 1.0)
    block = Idempotence(differs, differs, differs, is_random=True, random_operators=("Dropout",))
    assert "draws random numbers (Dropout)" in correctness_text.idempotence(block, "en")


def test_accuracy_has_its_interval_its_preprocessing_and_what_was_expected() -> None:
    result = _with(builders_comparison.accuracy())
    rows = _rows(labelled_table.section(result, "en"))
    assert rows["Top 1"] == ["97.2 %  (95 % interval 96.1 % – 98.0 %)"]
    assert rows["Samples"] == ["931"]
    assert rows["Preprocessing"][0].startswith("imagenet: shorter side to 256 px, a square of 224 px")
    assert "minus mean (0.485, 0.456)" in rows["Preprocessing"][0]
    assert "keeps the 97.5 % that was reached in training" in _told(result.accuracy)
    lost = builders_comparison.labelled(keeps_expected=False, count=400, is_partial=True)
    told = _told(builders_comparison.accuracy(labelled=lost))
    assert "does not keep the 97.5 %" in told
    assert "Only part of the data" in told
    partial = _with(builders_comparison.accuracy(labelled=lost))
    assert _rows(labelled_table.section(partial, "en"))["Samples"] == ["400 of 931"]


def test_a_difference_of_a_few_samples_is_no_loss() -> None:
    few = correctness_text.paired(Paired(0.002, (-0.001, 0.005), 3, 1, 0.625, False), "a.onnx", "en")
    assert "3 that only the reference got right, 1 that only this one: no clear difference (p = 0.62)" in few
    clear = correctness_text.paired(Paired(0.2, (0.1, 0.3), 90, 2, 1e-9, True), "a.onnx", "en")
    assert "accuracy is clearly lost" in clear
    gained = correctness_text.paired(Paired(-0.2, (-0.3, -0.1), 2, 90, 1e-9, True), "a.onnx", "en")
    assert "accuracy is clearly gained" in gained


def test_regression_segmentation_and_an_own_metric_have_their_rows() -> None:
    block = builders_comparison.labelled(
        kind="segmentation", top1=None, top5=None, mean_absolute_error=0.1, root_mean_square_error=0.0,
        r2=0.9, mean_iou=0.7, pixel_accuracy=0.0, iou_by_class=(0.5, None), metric="mine:f1",
        metric_value=0.0, expected=0.5,
    )  # fmt: skip
    result = _with(builders_comparison.accuracy(labelled=block))
    rows = _rows(labelled_table.section(result, "en"))
    assert rows["Root mean square error"] == ["0"]
    assert rows["Mean IoU"] == ["70.0 %"]
    assert rows["Pixels right"] == ["0 %"]
    assert rows["Own metric mine:f1"] == ["0"]
    assert rows["Reached in training"] == ["0.5"]
    assert _rows(labelled_table.iou(result, "en")) == {
        "class": ["IoU"], "zero": ["50.0 %"], "one": ["–"],
    }  # fmt: skip


def test_few_classes_are_a_whole_table_and_many_are_their_mistakes() -> None:
    rows = _rows(labelled_table.confusion(_with(builders_comparison.accuracy()), "en"))
    assert rows["three"][8] == "4"
    assert rows["three"][3] == "91"
    assert rows["three"][0] == ""
    many = builders_comparison.labelled(
        classes=1000, class_names=(), confusion=((5, 5, 40), (7, 9, 6), (9, 7, 2))
    )
    section = labelled_table.confusion(_with(builders_comparison.accuracy(labelled=many)), "en")
    assert section is not None
    assert section.rows == [["label", "answered", "times"], ["7", "9", "6"], ["9", "7", "2"]]
    right = msgspec.structs.replace(many, confusion=((5, 5, 40),))
    assert labelled_table.confusion(_with(builders_comparison.accuracy(labelled=right)), "en") is None


def test_the_grid_is_darker_where_more_samples_lie_and_orange_where_they_are_wrong() -> None:
    drawing = ET.fromstring(confusion_chart.chart(["a", "b"], [[9, 1], [0, 10]], "en"))
    cells = [node.attrib for node in drawing.iter("{http://www.w3.org/2000/svg}rect")]
    right, wrong, whole, frame = cells
    assert float(wrong["fill-opacity"]) < float(right["fill-opacity"]) < float(whole["fill-opacity"])
    assert right["fill"] == whole["fill"] != wrong["fill"]
    assert frame["fill"] == "none"


def test_every_report_says_it_in_both_languages() -> None:
    result = _with(builders_comparison.accuracy("beyond"))
    for language in LANGUAGES:
        page = html.render([(result, None)], language)
        pages = {
            page: markupsafe.escape,
            markdown.text([result], language): markdown.escaped,
            _terminal(result, language): str,
        }
        for text, escaped in pages.items():
            assert correctness_text.say("heading", language) in text
            for sentence in correctness_text.sentences(result, language):
                assert str(escaped(sentence)) in text
        assert "<details>" in page
        assert page.count("<details>") == page.count("</details>")
    assert correctness_sections.of(builders.result(), "en") == []


def test_names_from_strangers_stay_text() -> None:
    hostile = builders_comparison.accuracy(
        "beyond",
        reference=HOSTILE,
        labelled=builders_comparison.labelled(
            dataset=HOSTILE, classes=2, class_names=(HOSTILE, HOSTILE), confusion=((0, 1, 3),)
        ),
        parity=(builders_comparison.parity(HOSTILE, HOSTILE, state="beyond"),),
        agreement=Agreement("beyond", "fp32", unmatched=(HOSTILE,), sets=1, inputs="files"),
    )
    page = html.render([(_with(hostile), None)], "en")
    assert "<img" not in page
    assert "\u202e" not in page
    text = markdown.text([_with(hostile)], "en")
    assert "<img" not in text.replace("\\<img", "")
    assert "\u202e" not in _terminal(_with(hostile))
    ET.fromstring(confusion_chart.chart([HOSTILE, "b"], [[1, 1], [0, 1]], "en"))


def test_csv_has_the_worst_output_and_the_labelled_figures() -> None:
    accuracy = builders_comparison.accuracy("beyond")
    (row,) = csv.DictReader(io.StringIO(table_csv.text([_with(accuracy)])))
    assert row["accuracy.agreement"] == "beyond"
    assert (row["accuracy.max_relative"], row["accuracy.min_cosine"]) == ("0.02", "0.99912")
    assert (row["accuracy.nan"], row["accuracy.infinite"]) == ("3", "0")
    assert row["accuracy.repeats_concurrent"] == "not_tried"
    assert (row["accuracy.top1"], row["accuracy.top1_ci_low"]) == ("0.972", "0.961")
    assert (row["accuracy.only_reference"], row["accuracy.only_own"]) == ("3", "1")
    (empty,) = csv.DictReader(io.StringIO(table_csv.text([_with(Accuracy())])))
    assert {value for name, value in empty.items() if name.startswith("accuracy.")} == {""}


def test_words_are_cut_to_the_width_they_have() -> None:
    assert shortened("short", 100) == "short"
    cut = shortened("a name that is far too long", 80)
    assert cut.endswith("…")
    assert width_of(cut) <= 80
    assert width_of("宽宽") > 1.5 * width_of("ab")


def test_a_chance_too_small_to_be_told_apart_is_not_written_out() -> None:
    lost = correctness_text.paired(Paired(0.9, (0.8, 0.95), 314, 0, 1e-94, True), "a.onnx", "en")
    assert "accuracy is clearly lost (p < 0.001)" in lost


def test_labelled_data_that_could_not_be_judged_say_why_where_answers_are_spoken_of() -> None:
    why = Reason("examine_failed", {"detail": "one.png is no picture"})
    verdict = Verdict(Level.CAUTION, (Reason("labels_not_judged"),))
    result = msgspec.structs.replace(
        builders.result(), verdict=verdict, unavailable={"accuracy.labelled": why}
    )
    told = " ".join(correctness_text.sentences(result, "en"))
    assert "labelled data" in told
    assert "one.png is no picture" in told

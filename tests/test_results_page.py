"""The results page: finished, stopped, failed, old and hostile results, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QLocale, Qt, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLabel, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gui import sentences
from gui.models.batch_table import BatchTable
from gui.models.settings_table import Fact, FactsTable, Section
from gui.models.text_table import TextTable
from gui.pages.results import MOST_KEPT, ResultsPage
from gui.results import numbers, settings
from profiler import answer as catalogue_answer
from profiler import wording
from profiler.errors import ErrorInfo
from profiler.result import Environment, Latency, Level, Reason, RunResult, Status, Verdict
from profiler.wording import Language
from tests import builders

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def answer(result: RunResult, language: Language) -> str:
    return f"{language}: {result.model.name}"


@pytest.fixture
def page(qtbot: QtBot) -> ResultsPage:
    made = ResultsPage(answer=answer)
    qtbot.addWidget(made)
    made.resize(1_000, 640)
    made.show()
    return made


class Marked(QTranslator):
    """A language in which every text stands in brackets."""

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return f"【{text}】"

    def isEmpty(self) -> bool:
        return False


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def rows(model: FactsTable) -> dict[str, tuple[str, str]]:
    cells = [[model.index(row, column).data() for column in range(3)] for row in range(model.rowCount())]
    return {name: (value, note) for name, value, note in cells}


def test_an_empty_page_says_what_to_do(page: ResultsPage) -> None:
    assert "Open a model file" in texts(page)


def test_a_result_shows_answer_verdict_cards_and_charts(page: ResultsPage) -> None:
    samples = builders.samples()
    page.show_result(builders.result(samples), samples)
    shown = texts(page)
    assert "en: resnet50.onnx" in shown
    assert "✓ Trusted" in shown
    assert "steady · 1,000 measurement" in shown
    assert "4.10" in shown
    assert "99 of 100 answers came within 5.18 ms." in shown
    assert page.view.waits.chart.accessibleDescription().startswith("1,000 counted waits")
    assert "1,000 counted waits" in page.view.order.strip.accessibleDescription()


def test_the_reasons_of_a_verdict_unfold(page: ResultsPage) -> None:
    reasons = (Reason("drifting", {"spread_percent": "12"}), Reason("one_process"))
    page.show_result(builders.result(verdict=Verdict(Level.CAUTION, reasons)), None)
    line = page.view.verdict
    assert line.level.text() == "! Read with caution"
    assert not line.reasons.isVisible()
    line.why.click()
    assert line.reasons.isVisible()
    assert line.reasons.text().count("•") == 2
    assert "12 %" in line.reasons.text()


@pytest.mark.parametrize(
    ("status", "word"), [(Status.STOPPED, "stopped early"), (Status.INTERRUPTED, "cut off")]
)
def test_a_run_that_ended_early_says_so(page: ResultsPage, status: Status, word: str) -> None:
    page.show_result(builders.result(status=status), None)
    assert word in page.view.verdict.summary.text()


def test_a_failed_run_shows_its_sentence_and_keeps_what_was_measured(page: ResultsPage) -> None:
    page.show_result(builders.failed(), None)
    card = page.view.error
    assert card.isVisible()
    assert "operator" in card.sentence.text()
    assert "FancyOp(1)" in card.raw.text()
    assert not card.details.isVisible()
    assert not page.view.answer.isVisible()
    assert rows(page.view.numbers.facts)["Import of the runtime"][0] == "210 ms"


def test_the_details_of_an_error_unfold_and_are_copied(page: ResultsPage) -> None:
    page.show_result(builders.failed(), None)
    card = page.view.error
    card.fold.click()
    assert "Traceback" in card.details.toPlainText()
    assert card.details.isVisible()
    card.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert "operator_unknown" in copied
    assert "Traceback" in copied


def test_a_run_that_failed_after_measuring_keeps_its_cards(page: ResultsPage) -> None:
    samples = builders.samples()
    broken = builders.result(samples, status=Status.FAILED, error=ErrorInfo("child_crashed"))
    page.show_result(broken, samples)
    assert page.view.error.isVisible()
    assert page.view.cards[0].isVisible()
    assert page.view.cards[0].number.text() == "4.10"


def test_withheld_percentiles_are_grey_with_what_they_need() -> None:
    few = builders.result(builders.samples(steady=40))
    table = FactsTable()
    table.set_sections(numbers.sections(few))
    found = rows(table)
    assert found["Slow 1 in 10 (P90)"][0] != "–"
    assert found["Slow 1 in 20 (P95)"] == ("–", "needs n ≥ 59")
    assert found["Slow 1 in 100 (P99)"] == ("–", "needs n ≥ 299")
    assert found["Slow 1 in 1,000 (P99.9)"] == ("–", "needs n ≥ 2,995")


def test_everything_unavailable_is_listed_with_a_sentence() -> None:
    result = builders.result()
    sections = numbers.not_measurable(result)
    facts = [fact for section in sections for fact in section.facts]
    assert len(facts) == len(result.unavailable) > 10
    assert all(fact.value is None and len(fact.note) > 10 for fact in facts)


def test_a_reason_without_a_text_is_shown_as_its_code() -> None:
    result = builders.result(unavailable={"new.thing_w": Reason("from_the_future", {"why": "x"})})
    fact = numbers.not_measurable(result)[-1].facts[0]
    assert fact == Fact("new.thing_w", None, "from_the_future (why = x)")


def test_no_table_shows_zero_for_what_is_not_known() -> None:
    nothing = msgspec.structs.replace(builders.failed(), latency=Latency())
    values = [fact.value for section in numbers.sections(nothing) for fact in section.facts]
    assert "0" not in values


def test_settings_hold_plan_environment_and_machine() -> None:
    table = FactsTable()
    table.set_sections(settings.sections(builders.result()))
    found = rows(table)
    assert found["Threads"][0] == "2"
    assert found["Ran on CPUExecutionProvider"][0] == "126 operators"
    assert found["Processor"][0] == "Example CPU 9000"
    assert found["Memory"][0] == "137 GB"
    assert found["Input “input”"] == ("1 × 3 × 224 × 224", "made up from the seed")


def test_results_of_a_batch_stand_side_by_side_without_a_winner(qtbot: QtBot, page: ResultsPage) -> None:
    first, second = builders.samples(), builders.samples(p50_ns=2_000_000)
    page.show_result(builders.result(first), first)
    assert not page.strip.isVisible()
    page.show_result(builders.result(second, id="2", model=builders.model("other.pt")), second)
    assert page.strip.isVisible()
    assert page.view.title.accessibleName() == "other.pt"
    cells = [page.batch.index(row, 2).data() for row in range(2)]
    assert cells == ["4.10 ms", "2.00 ms"]
    everything = texts(page).casefold()
    assert "faster" not in everything
    assert "slower" not in everything
    page.strip.setFocus()
    qtbot.keyClick(page.strip, Qt.Key.Key_Up)
    assert page.view.title.accessibleName() == "resnet50.onnx"


def test_results_of_different_shapes_are_marked(page: ResultsPage) -> None:
    long, short = (
        builders.result(
            id=str(size), plan=msgspec.structs.replace(builders.result().plan, shapes={"ids": (1, size)})
        )
        for size in (128, 16)
    )
    page.show_result(long, None)
    page.show_result(long, None)
    assert not page.differ.isVisible()
    page.show_result(short, None)
    assert page.differ.isVisible()
    assert "ids 1 × 128" in page.differ.accessibleName()
    assert "ids 1 × 16" in page.differ.accessibleName()


def test_a_result_shown_again_takes_its_own_place(page: ResultsPage) -> None:
    for name in ("a", "b", "a"):
        page.show_result(builders.result(id=name), None)
    assert page.batch.rowCount() == 2


def test_only_the_last_results_are_kept(page: ResultsPage) -> None:
    for number in range(MOST_KEPT + 3):
        page.show_result(builders.result(id=str(number)), None)
    assert page.batch.rowCount() == MOST_KEPT


def test_a_result_without_its_samples_says_so(page: ResultsPage) -> None:
    page.show_result(builders.result(), None)
    assert page.view.waits.stack.currentWidget() is page.view.waits.nothing
    assert "none were kept" in page.view.waits.nothing.text()
    assert "4.10" in texts(page)


@pytest.mark.parametrize("signal", ["run_again", "export", "report"])
def test_buttons_ask_for_the_result_that_is_shown(qtbot: QtBot, page: ResultsPage, signal: str) -> None:
    result = builders.result()
    page.show_result(result, None)
    button = {"run_again": page.view.again, "export": page.view.export, "report": page.view.report}[signal]
    with qtbot.waitSignal(getattr(page, f"{signal}_requested"), timeout=2_000) as asked:
        button.click()
    assert asked.args == [result]


def test_what_is_not_saved_can_be_retried_and_exported(page: ResultsPage) -> None:
    calls: list[str] = []
    error = ErrorInfo("disk_full")
    page.show_not_saved(error, lambda: calls.append("retry"), lambda: calls.append("export"))
    assert page.banner.isVisible()
    assert len(page.banner.sentence.text()) > 20
    page.banner.retry.click()
    page.banner.export.click()
    assert calls == ["retry", "export"]
    page.clear_not_saved()
    assert not page.banner.isVisible()


def test_charts_are_read_as_tables(page: ResultsPage) -> None:
    samples = builders.samples()
    samples[700] = 90_000_000
    page.show_result(builders.result(samples), samples)
    tab = page.view.waits
    tab.as_table.setChecked(True)
    assert tab.stack.currentWidget() is tab.table
    counts = [int(tab.model.index(row, 2).data().replace(",", "")) for row in range(tab.model.rowCount())]
    assert sum(counts) == 1_000
    assert tab.model.index(tab.model.rowCount() - 1, 1).data() == "90.0 ms"
    tab.below.setChecked(True)
    halves = {tab.model.index(row, 0).data(): tab.model.index(row, 1).data() for row in range(9)}
    assert halves["50 %"] == "4.10 ms"
    page.view.tabs.setCurrentWidget(page.view.order)
    page.view.order.as_table.setChecked(True)
    assert page.view.order.model.index(0, 0).data() == "1"
    assert page.view.order.model.index(page.view.order.model.rowCount() - 1, 0).data().endswith("1,252")


def test_file_names_are_plain_text(page: ResultsPage) -> None:
    name = "<h1>big</h1>\u202egnp.onnx"
    page.show_result(builders.result(model=builders.model(name)), None)
    assert page.view.title.textFormat() == Qt.TextFormat.PlainText
    assert "\u202e" not in page.view.title.accessibleName()
    assert page.view.title.toolTip().startswith("<qt>&lt;h1&gt;")
    for label in page.findChildren(QLabel):
        if name in label.text():
            assert label.textFormat() == Qt.TextFormat.PlainText


def test_every_control_has_a_name(page: ResultsPage) -> None:
    samples = builders.samples()
    page.show_result(builders.result(samples), samples)
    page.show_result(builders.result(samples, id="2"), samples)
    for widget in page.findChildren(QWidget):
        if isinstance(widget, QAbstractButton) and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            assert widget.accessibleName() or widget.text()
        if isinstance(widget, QAbstractItemView) and not widget.objectName().startswith("qt_"):
            header = widget.metaObject().className() in ("QHeaderView", "FlatHeader")
            assert header or widget.accessibleName(), widget


def test_the_catalogue_speaks_the_language_of_the_window(page: ResultsPage) -> None:
    reason = Reason("one_process")
    assert sentences.of_reason(reason) == wording.say("reasons", "one_process", "en")
    QLocale.setDefault(QLocale("zh_CN"))
    assert sentences.of_reason(reason) == wording.say("reasons", "one_process", "zh_CN")
    page.show_result(builders.result(), None)
    assert page.view.answer.text() == "zh_CN: resnet50.onnx"


def test_a_change_of_language_says_everything_again(qapp: QCoreApplication, page: ResultsPage) -> None:
    samples = builders.samples()
    page.show_result(builders.result(samples), samples)
    page.show_result(builders.failed(), None)
    page.strip.selectRow(0)
    translator = Marked()
    qapp.installTranslator(translator)
    qapp.sendPostedEvents()
    shown = [
        page.view.cards[0].word.text(),
        page.view.waits.bars.text(),
        page.view.verdict.level.text(),
        page.view.tabs.tabText(1),
        page.view.again.text(),
        page.view.order.strip.note.text(),
        str(page.batch.headerData(0, Qt.Orientation.Horizontal)),
    ]
    qapp.removeTranslator(translator)
    qapp.sendPostedEvents()
    assert all("【" in text for text in shown), shown
    assert page.view.cards[0].word.text() == "Typical wait"


def test_models_keep_qts_rules(qtmodeltester: ModelTester) -> None:
    facts, batch, text = FactsTable(), BatchTable(), TextTable()
    facts.set_sections([Section("A", [Fact("a", None, "why"), Fact("b", "1")]), Section("B", [])])
    batch.set_results([builders.result(), builders.failed()])
    text.set_rows(("x", "y"), [("1", "2")])
    for model in (facts, batch, text):
        qtmodeltester.check(model)
    assert facts.heading_rows == [0]
    assert facts.rowCount() == 3


def test_a_single_sample_is_shown(page: ResultsPage) -> None:
    samples = np.array([9_000_000, 5_000_000, 4_000_000], dtype=np.int64)
    page.show_result(builders.result(samples, cold=2, warmup=0), samples)
    assert page.view.cards[0].number.text() == "4.00"
    assert page.view.cards[1].number.text() == "–"
    page.view.tabs.setCurrentWidget(page.view.order)
    assert not page.grab().isNull()


def test_the_answer_sentence_is_that_of_the_catalogue(qtbot: QtBot) -> None:
    page = ResultsPage()
    qtbot.addWidget(page)
    result = builders.result()
    page.show_result(result, None)
    assert page.view.answer.text() == catalogue_answer.sentence(result, "en")


@pytest.mark.parametrize(
    "machine", [{}, {"cpu": None, "gpus": None}, {"cpu": "odd", "gpus": [1, {"name": "T4"}]}]
)
def test_a_machine_written_by_another_version_is_shown_as_far_as_it_is_understood(
    machine: dict[str, Any],
) -> None:
    environment = Environment(machine=machine)
    found = settings.sections(builders.result(environment=environment))[-1].facts
    assert [fact.value for fact in found] == (["T4"] if machine.get("cpu") == "odd" else [])


def test_a_tall_window_shows_more_results_beside_each_other(page: ResultsPage) -> None:
    for number in range(8):
        page.show_result(builders.result(id=f"20260102T030405-{number:04d}"), None)
    low = page.strip.height()
    page.resize(1_000, 1_080)
    assert page.strip.height() == low + 4 * page.strip.rowHeight(0)
    page.resize(1_000, 640)
    assert page.strip.height() == low


def test_a_narrow_strip_gives_up_words_and_no_figures(page: ResultsPage) -> None:
    long = msgspec.structs.replace(
        builders.result().model, name="a-model-with-quite-a-long-name-of-its-own.onnx"
    )
    for number in range(2):
        page.show_result(builders.result(id=f"20260102T030405-{number:04d}", model=long), None)
    page.resize(800, 640)
    view = page.strip
    columns = range(page.batch.columnCount())
    assert sum(map(view.columnWidth, columns)) <= view.viewport().width()
    assert not view.horizontalScrollBar().isVisible()
    for at in columns[2:]:
        assert view.columnWidth(at) >= view.sizeHintForColumn(at)

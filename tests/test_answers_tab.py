"""The answers of a result: sentences, then tables, a shaded one for what was taken for what."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from gui.results.answers_tab import AnswersTab, HeatTable
from gui.results.view import ResultView
from profiler.result import (
    Accuracy,
    Agreement,
    Divergence,
    DivergentTensor,
    Idempotence,
    Labelled,
    OutputParity,
    Paired,
    Reason,
    Repeat,
    RunResult,
)
from tests import builders

BROKEN = Reason("parity_max_relative", {"value": "12 %", "most": "0.05 %"})
PARITY = (OutputParity("logits", "logits", "name", 640, max_absolute=2.5, max_relative=0.12, snr_db=18.0,
                       cosine=0.98, top1_agreement=0.9, rows=64, broken=(BROKEN,)),)  # fmt: skip
SEEN = DivergentTensor("/conv1/out", "/conv1", "Conv", 1e-6, 110.0)
FIRST = DivergentTensor("/norm/out", "/norm", "BatchNormalization", 0.3, 9.0, is_beyond=True)


def _labelled(classes: int, confusion: tuple[tuple[int, int, int], ...]) -> Labelled:
    return Labelled("digits", "0" * 64, "classification", 100, 100, classes=classes, top1=0.97,
                    top1_ci=(0.91, 0.99), confusion=confusion)  # fmt: skip


def _result(**accuracy: object) -> RunResult:
    return builders.result(accuracy=Accuracy(**accuracy))  # type: ignore[arg-type]


@pytest.fixture
def tab(qtbot: QtBot) -> AnswersTab:
    made = AnswersTab()
    qtbot.addWidget(made)
    made.show()
    return made


def _cells(tab: AnswersTab, at: int) -> list[list[str]]:
    model = tab.view.tables[at].texts
    return [
        [str(model.data(model.index(row, column))) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_answers_that_differ_are_said_first_and_then_shown_by_output_and_tensor(tab: AnswersTab) -> None:
    tab.show_result(_result(
        reference="net.onnx", parity=PARITY, agreement=Agreement("beyond", "fp32", sets=8, samples=64),
        divergence=Divergence("found", "onnx", first=FIRST, compared=2, trail=(SEEN, FIRST)),
    ))  # fmt: skip
    assert "net.onnx" in tab.headline.text()
    assert _cells(tab, 0)[0][0] == "logits"
    assert "18.0 dB" in _cells(tab, 0)[0]
    assert [row[0] for row in _cells(tab, 1)] == ["/conv1/out", "/norm/out"]


def test_the_same_input_again_has_a_row_for_each_way_it_was_tried(tab: AnswersTab) -> None:
    same, differs = Repeat("identical", 9, 0.0), Repeat("differs", 16, 0.5)
    tab.show_result(_result(idempotence=Idempotence(same, differs, same, batch=4, lanes=2)))
    assert len(_cells(tab, 0)) == 3
    assert "4" in _cells(tab, 0)[1][0]


def test_accuracy_has_its_interval_and_the_paired_test_its_sentence(tab: AnswersTab) -> None:
    tab.show_result(_result(
        reference="net.onnx", labelled=_labelled(2, ((0, 0, 50), (1, 1, 47), (1, 0, 3))),
        beside_reference=Paired(0.01, (-0.01, 0.03), 1, 0, 1.0, False),
    ))  # fmt: skip
    assert tab.headline.text().startswith("97")
    assert "net.onnx" in tab.further.text()
    assert any("91" in cell and "99" in cell for row in _cells(tab, 0) for cell in row)


def test_what_was_taken_for_what_is_shaded_by_its_share(tab: AnswersTab) -> None:
    tab.show_result(_result(labelled=_labelled(2, ((0, 0, 50), (1, 1, 47), (1, 0, 3)))))
    model = next(table.texts for table in tab.view.tables if isinstance(table.texts, HeatTable))
    assert model.shares == [[1.0, 0.0], [0.06, 0.94]]
    shade = Qt.ItemDataRole.BackgroundRole
    right, wrong, none = (model.data(model.index(*at), shade) for at in ((0, 1), (1, 1), (0, 2)))
    assert none is None
    assert right.blue() > right.red()
    assert wrong.red() > wrong.blue()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)


def test_of_many_classes_the_most_frequent_mistakes_are_listed(tab: AnswersTab) -> None:
    tab.show_result(_result(labelled=_labelled(1_000, ((5, 5, 90), (7, 9, 6), (3, 1, 4)))))
    assert not any(isinstance(table.texts, HeatTable) for table in tab.view.tables)
    assert ["7", "9", "6"] in _cells(tab, len(tab.view.tables) - 1)


def test_a_result_whose_answers_nobody_looked_at_has_no_such_tab(qtbot: QtBot) -> None:
    view = ResultView(lambda result, language: "")
    qtbot.addWidget(view)
    at = view.tabs.indexOf(view.answers)
    view.show_result(_result(), None)
    assert not view.tabs.isTabVisible(at)
    view.show_result(_result(reference="a.onnx", agreement=Agreement("is_reference")), None)
    assert view.tabs.isTabVisible(at)
    assert view.tabs.tabText(at) == "Answers"

"""The compare page: what may be said and what not, limits, baselines, charts, and how runs come to it."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gui.comparing.view import CompareView
from gui.languages import Languages
from gui.main_window import MainWindow
from gui.page_maker import COMPARE, HISTORY, RESULTS
from gui.pages.compare import MOST_RUNS, ComparePage
from gui.services import Services
from gui.settings import Settings
from profiler.comparison.compare import compare
from profiler.result import RunResult, to_json
from profiler.store import Store
from tests import builders, builders_comparison
from tests.builders_comparison import NAMES, WAITS, comparison
from tests.fakes import FakeDialogs
from tests.windows import World, freed, shown

Pair = tuple[RunResult, Any]
# Judging a thousand samples of each takes a while, and no test changes them.
runs = functools.cache(builders_comparison.runs)
samples_of = functools.cache(builders.samples)


def at_once(work: Callable[[], Any], done: Callable[[Any], None], failed: Any = None) -> None:
    done(work())


class Held:
    """Does nothing until it is told to."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def __call__(self, work: Callable[[], Any], done: Callable[[Any], None], failed: Any = None) -> None:
        self.waiting.append(lambda: done(work()))

    def answer(self) -> None:
        self.waiting.pop(0)()


def pairs(found: Sequence[RunResult] = ()) -> list[Pair]:
    """Four exports of one network with the samples that their figures were made of."""
    waits = [*WAITS, *[4_000_000] * 40]
    return [(run, samples_of(p50_ns=waits[at], seed=at)) for at, run in enumerate(found or runs())]


def other_threads() -> list[Pair]:
    """The int8 export ran on more threads than the others, which nobody asked for."""
    found = pairs()
    run, samples = found[2]
    plan = msgspec.structs.replace(run.plan, threads=8)
    found[2] = msgspec.structs.replace(run, plan=plan), samples
    return found


@pytest.fixture
def languages(qapp: QApplication) -> Iterator[Languages]:
    font = qapp.font()
    made = Languages(qapp, "en")
    yield made
    made.choose("en")
    qapp.setFont(font)


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[ComparePage]:
    made = ComparePage(at_once, compare, Settings())
    made.resize(1000, 700)
    made.show()
    yield made
    made.close()
    freed(made)


_by_hand = functools.cache(comparison)


def by_hand(page: ComparePage, **changes: Any) -> CompareView:
    """A comparison whose calls are known beforehand."""
    made = msgspec.structs.replace(_by_hand(), **changes)
    page._compare = lambda *_, **__: made
    page.show_runs(pairs())
    return page.view


def rows(view: CompareView) -> dict[str, Any]:
    return {row.name: row for row in view.bars.bars.rows}


def pick(view: CompareView, quantity: str) -> None:
    view.bars.quantity.setCurrentIndex(view.bars.quantity.findData(quantity))


def column(model: Any, at: int = 0) -> list[str]:
    return [model.index(row, at).data() for row in range(model.rowCount())]


# what may be said ------------------------------------------------------------------------------------


def test_an_empty_page_says_how_to_fill_it(page: ComparePage) -> None:
    assert page.stack.currentIndex() == 0
    assert "History" in page.ways.text()
    assert page.zone.choose.isVisible()
    assert not page.export.isVisible()


def test_runs_that_nothing_keeps_apart_have_a_winner_with_a_star(
    page: ComparePage, languages: Languages
) -> None:
    view = by_hand(page)
    assert page.title.text() == "Compare 4 runs"
    assert rows(view)["digits.int8.onnx"].is_best
    assert rows(view)["digits.int8.onnx"].words == "2.00× faster"
    assert rows(view)["digits.torchscript.pt"].words == "2.00× slower"
    assert not view.gate.rows or all(row.isHidden() for row in view.gate.rows)


def test_bars_are_sorted_and_grey_where_nothing_is_clear(page: ComparePage) -> None:
    view = by_hand(page)
    assert [row.name for row in view.bars.bars.rows] == [NAMES[2], NAMES[0], NAMES[3], NAMES[1]]
    assert rows(view)["digits.broken.onnx"].look == "grey"
    assert "no clear difference" in rows(view)["digits.broken.onnx"].words
    assert "answers not right" in rows(view)["digits.broken.onnx"].notes
    pick(view, "throughput")
    assert view.bars.bars.rows[0].name == NAMES[2]
    assert rows(view)["digits.int8.onnx"].words == "2.00× as many"


def test_what_differs_withholds_the_words_until_it_is_accepted(page: ComparePage) -> None:
    page.show_runs(other_threads())
    view = page.view
    withheld = view.answer.text()
    assert view.gate.isVisible()
    assert next(row.words.text() for row in view.gate.rows if row.isVisible()).startswith("Threads: ")
    assert not any("faster" in row.words or row.is_best for row in view.bars.bars.rows)
    assert "times as fast" not in withheld

    view.gate.all.click()
    assert page.comparison is not None
    assert page.comparison.may_judge
    assert view.answer.text() != withheld
    assert any("faster" in row.words for row in view.bars.bars.rows)
    listed = [row for row in view.gate.rows if row.isVisible()]
    assert listed[0].button.text() == "Take back"
    assert view.gate.all.isHidden()

    listed[0].button.click()
    assert view.answer.text() == withheld


def test_one_difference_is_accepted_by_its_own_button(page: ComparePage) -> None:
    found = other_threads()
    machine = {**found[2][0].environment.machine, "cpu": {"name": "Other CPU", "physical_cores": 4}}
    environment = msgspec.structs.replace(found[2][0].environment, machine=machine)
    found[2] = msgspec.structs.replace(found[2][0], environment=environment), found[2][1]
    page.show_runs(found)
    gate = page.view.gate
    assert len([row for row in gate.rows if row.isVisible()]) >= 2
    gate.rows[0].button.click()
    states = [row.button.text() for row in gate.rows if row.isVisible()]
    assert states.count("Take back") == 1
    assert page.comparison is not None
    assert not page.comparison.may_judge


def test_a_run_that_joins_has_differences_accepted_anew(page: ComparePage) -> None:
    found = other_threads()
    page.show_runs(found[1:])
    page.view.gate.all.click()
    page.add_runs(found[:1])
    assert page.comparison is not None
    assert not page.comparison.may_judge


# limits, baseline, runs ------------------------------------------------------------------------------


def test_limits_are_drawn_name_the_winner_and_are_remembered(page: ComparePage, qtbot: QtBot) -> None:
    page.show_runs(pairs())
    view = page.view
    qtbot.keyClicks(view.limits.fields["p99"], "7")
    qtbot.keyClicks(view.limits.fields["memory"], "300")
    assert page.comparison is not None
    assert page.comparison.limits == {"p99": 7e6, "memory": 300e6}
    assert "over limit: P99" in rows(view)["digits.torchscript.pt"].notes
    assert len(view.shares.shares._lines) == 1
    assert view.curves.quantity.currentData() == "p99"
    assert view.curves.curves._level.isVisible()
    pick(view, "p99")
    limit, base = view.bars.bars.limit, runs()[0].latency.p99_ns
    assert limit is not None
    assert base is not None
    assert limit.ratio == pytest.approx(7e6 / base)
    view.tradeoffs.other.setCurrentIndex(view.tradeoffs.other.findData("memory"))
    assert view.tradeoffs.scatter._level.isVisible()

    again = ComparePage(at_once, compare, Settings())
    qtbot.addWidget(again)
    assert again.view.limits.fields["p99"].text() == "7"
    assert again.view.limits.limits == {"p99": 7e6, "memory": 300e6}


def test_limits_that_runs_were_measured_for_are_taken_over(page: ComparePage, qtbot: QtBot) -> None:
    found = [
        (
            msgspec.structs.replace(
                run, plan=msgspec.structs.replace(run.plan, limits={"p99": 5e6, "p95": 4e6})
            ),
            kept,
        )
        for run, kept in pairs()
    ]
    page.show_runs(found)
    bar = page.view.limits
    assert page.comparison is not None
    assert page.comparison.limits == {"p99": 5e6, "p95": 4e6}
    assert bar.fields["p99"].text() == "5"
    assert "P95 ≤ 4.00 ms" in bar.other_words.text()
    bar.drop.click()
    assert page.comparison.limits == {"p99": 5e6}
    assert not bar.drop.isVisible()
    page.show_runs(pairs())
    assert bar.limits == {"p99": 5e6}


def test_an_empty_field_limits_nothing_and_nonsense_is_struck_through(
    page: ComparePage, qtbot: QtBot
) -> None:
    page.show_runs(pairs())
    bar = page.view.limits
    qtbot.keyClicks(bar.fields["p99"], "0")
    assert bar.limits == {}
    assert bar.fields["p99"].font().strikeOut()
    qtbot.keyClicks(bar.fields["accuracy_loss"], "0")
    assert bar.limits == {"accuracy_loss": 0.0}
    bar.fields["accuracy_loss"].clear()
    assert bar.limits == {}


def test_no_run_within_the_limit_is_said_with_the_nearest(page: ComparePage, qtbot: QtBot) -> None:
    page.show_runs(pairs())
    before = page.view.answer.text()
    qtbot.keyClicks(page.view.limits.fields["p99"], "0.5")
    assert page.comparison is not None
    assert page.comparison.winner.index is None
    assert page.comparison.winner.nearest == 2
    assert page.view.answer.text() != before
    assert not any(row.is_best for row in page.view.bars.bars.rows)


def test_the_baseline_is_the_reference_until_another_is_chosen(page: ComparePage) -> None:
    page.show_runs(pairs()[::-1])
    assert page.baseline.currentText() == NAMES[0]
    page.baseline.setCurrentIndex(page.baseline.findText(NAMES[1]))
    page.baseline.activated.emit(page.baseline.currentIndex())
    view = page.view
    assert "baseline" in rows(view)[NAMES[1]].notes
    assert rows(view)[NAMES[1]].ratio == 1.0
    assert view.bars.bars.baseline.words == "1.00× digits.torchscript.pt"
    assert rows(view)[NAMES[0]].ratio == pytest.approx(0.5, rel=0.05)


def test_a_run_keeps_its_colour_when_another_is_taken_away(page: ComparePage) -> None:
    page.show_runs(pairs())
    before = {row.name: row.slot for row in page.view.bars.bars.rows}
    page.view.chips.chips[0].remove.click()
    after = {row.name: row.slot for row in page.view.bars.bars.rows}
    assert len(after) == 3
    assert all(before[name] == slot for name, slot in after.items())
    page.add_runs(pairs()[:1])
    slots = [row.slot for row in page.view.bars.bars.rows]
    assert sorted(slots) == [0, 1, 2, 3]


def test_the_last_but_one_run_taken_away_leaves_a_way_on(page: ComparePage) -> None:
    page.show_runs(pairs()[:2])
    page.view.chips.chips[0].remove.click()
    assert page.comparison is None
    assert "stands alone" in page.notice.text()
    assert page.stack.currentIndex() == 0
    page.add_runs(pairs()[2:])
    assert page.comparison is not None
    assert page.comparison.names == NAMES[1:]


def test_of_too_many_runs_the_rest_is_named(page: ComparePage) -> None:
    many = [msgspec.structs.replace(runs()[0], id=f"20260102T030405-{at:04}") for at in range(20)]
    page.show_runs(pairs(many))
    assert len(page.view.chips.chips) == MOST_RUNS
    assert "4 were left out" in page.notice.text()
    assert len({row.slot for row in page.view.bars.bars.rows}) == MOST_RUNS


# the tabs --------------------------------------------------------------------------------------------


def test_dominated_points_are_hollow(page: ComparePage) -> None:
    view = by_hand(page)
    view.tradeoffs.other.setCurrentIndex(view.tradeoffs.other.findData("size"))
    scatter = view.tradeoffs.scatter
    ground = QColor(page.palette().base().color())
    hollow = [spot.brush().color() == ground for spot in scatter._dots.points()]
    assert hollow == [True, True, False, True]
    assert "another is better in both" in scatter.accessibleDescription()


def test_only_differences_leaves_the_rows_that_differ(page: ComparePage) -> None:
    page.show_runs(pairs())
    settings = page.view.settings
    every = column(settings.model)
    settings.only.click()
    left = column(settings.model)
    assert 0 < len(left) < len(every)
    assert "Device" in every
    assert "Device" not in left
    assert "Typical wait" in left


def test_every_chart_is_a_table_too(page: ComparePage) -> None:
    page.show_runs(pairs())
    view = page.view
    for tab in (view.bars, view.curves, view.tradeoffs, view.shares):
        tab.as_table.click()
        assert tab.stack.currentWidget() is tab.table
        assert sorted(column(tab.model)) == sorted(NAMES)


def test_answers_have_a_row_a_run(page: ComparePage) -> None:
    page.show_runs(pairs())
    model = page.view.answers.model
    assert column(model) == list(NAMES)
    assert column(model, 1)[3] == "no"
    notes = page.view.answers.notes.text().splitlines()
    assert len([note for note in notes if "p = 0.62" in note]) == 4


def test_runs_whose_answers_nobody_looked_at_say_so(page: ComparePage) -> None:
    plain = [builders.result(id=f"2026010{at}T030405-0001") for at in (1, 2)]
    page.show_runs([(run, builders.samples()) for run in plain])
    answers = page.view.answers
    assert answers.stack.currentWidget() is answers.nothing


def test_runs_without_samples_are_named_and_the_others_drawn(page: ComparePage) -> None:
    found = pairs()
    page.show_runs([(run, samples if at else None) for at, (run, samples) in enumerate(found)])
    view = page.view
    assert len(view.shares.shares._curves) == 3
    assert NAMES[0] in view.shares.missing.text()
    page.show_runs([(run, None) for run, _ in found])
    assert view.shares.stack.currentWidget() is view.shares.nothing


def test_a_failed_run_has_no_bar_and_is_not_the_baseline(page: ComparePage) -> None:
    page.show_runs([(builders.failed(), None), *pairs()[:2]])
    view = page.view
    failed = rows(view)["broken.onnx"]
    assert failed.ratio is None
    assert "failed" in failed.notes
    assert page.baseline.currentText() == NAMES[0]
    assert view.bars.bars.rows[-1] is failed


def test_runs_that_all_failed_are_compared_with_nothing_to_draw(page: ComparePage) -> None:
    page.show_runs([(builders.failed(id=f"20260102T03050{at}-0002"), None) for at in range(2)])
    view = page.view
    for tab in (view.curves, view.shares):
        assert tab.stack.currentWidget() is tab.nothing


def test_long_names_do_not_widen_the_page(page: ComparePage) -> None:
    long = [
        msgspec.structs.replace(run, model=builders.model(f"{'very_long_' * 20}{at}.onnx"))
        for at, run in enumerate(runs())
    ]
    page.show_runs(pairs(long))
    assert page.minimumSizeHint().width() <= 850
    page.resize(840, 600)
    bars = page.view.bars.bars
    assert bars.grab().size().width() <= 840
    assert all(chip.width() <= 840 for chip in page.view.chips.chips)


def test_sweeps_are_curves_and_other_runs_are_points(page: ComparePage) -> None:
    from profiler.result import Point, Throughput

    base = runs()[0]
    points = tuple(
        Point(1, count, 2, latency=base.latency, throughput=Throughput(100.0 * count, 100.0 * count))
        for count in (1, 2, 4)
    )
    found = pairs()
    found[0] = msgspec.structs.replace(base, points=points, chosen_point=0), found[0][1]
    page.show_runs(found)
    curves = page.view.curves.curves
    assert [len(line.spots) for line in curves._lines] == [3, 1, 1, 1]
    assert "Measured at one load only" in curves.note.text()


# keys and words --------------------------------------------------------------------------------------


def test_arrows_go_through_the_runs_and_enter_opens_one(page: ComparePage, qtbot: QtBot) -> None:
    opened: list[str] = []
    page.run_opened.connect(lambda run, _: opened.append(run.model.name))
    view = by_hand(page)
    qtbot.keyClick(view.bars.bars, Qt.Key.Key_Down)
    assert view.bars.bars.chosen == 2
    assert [chip.name.isChecked() for chip in view.chips.chips] == [False, False, True, False]
    assert view.shares.shares.chosen == 2
    assert "digits.int8.onnx" in view.shares.shares.note.text()
    qtbot.keyClick(view.shares.shares, Qt.Key.Key_Right)
    qtbot.keyClick(view.shares.shares, Qt.Key.Key_Return)
    assert opened == ["digits.broken.onnx"]
    qtbot.keyClick(view.shares.shares, Qt.Key.Key_Escape)
    assert view.bars.bars.chosen is None


def test_a_double_click_on_a_name_opens_its_run(page: ComparePage, qtbot: QtBot) -> None:
    opened: list[str] = []
    page.run_opened.connect(lambda run, _: opened.append(run.model.name))
    page.show_runs(pairs())
    qtbot.mouseDClick(page.view.chips.chips[1].name, Qt.MouseButton.LeftButton)
    assert opened == [NAMES[1]]


def test_the_table_that_is_seen_is_copied(page: ComparePage) -> None:
    page.show_runs(pairs())
    page.view.tabs.setCurrentWidget(page.view.answers)
    page.copy.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert [line.split("\t")[0] for line in lines[1:]] == list(NAMES)


def test_late_answers_to_older_questions_are_dropped(qtbot: QtBot) -> None:
    held = Held()
    page = ComparePage(held, compare, Settings())
    qtbot.addWidget(page)
    page.show_runs(pairs())
    page.show_runs(pairs()[:2])
    assert "Comparing" in page.notice.text()
    held.answer()
    assert page.comparison is None
    held.answer()
    assert page.comparison is not None
    assert len(page.comparison.runs) == 2
    assert held.waiting == []


def test_mnemonics_that_are_seen_together_do_not_collide(page: ComparePage) -> None:
    page.show_runs(other_threads())
    view = page.view
    for at in range(view.tabs.count()):
        view.tabs.setCurrentIndex(at)
        texts = [
            widget.text()
            for widget in page.findChildren(QWidget)
            if widget.isVisible()
            and (isinstance(widget, QAbstractButton) or (isinstance(widget, QLabel) and widget.buddy()))
        ]
        keys = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
        assert len(keys) >= 5
        assert sorted(keys) == sorted(set(keys)), texts


def test_both_languages_say_everything(page: ComparePage, languages: Languages, qapp: QApplication) -> None:
    page.show_runs(other_threads())
    languages.choose("zh_CN")
    qapp.processEvents()
    try:
        view = page.view
        words = [
            page.title.text(), page.add.text(), view.answer.text(), view.gate.title.text(),
            view.bars.note.text(), view.gate.rows[0].words.text(), view.shares.shares.note.text(),
            view.tradeoffs.scatter.note.text(),
            *(view.tabs.tabText(at) for at in range(view.tabs.count())),
            *(label.text() for label in view.limits._words[:-1] if label.text() not in ("ms",)),
        ]  # fmt: skip
        assert [text for text in words if not any("\u4e00" <= letter <= "\u9fff" for letter in text)] == []
    finally:
        languages.choose("en")
        qapp.processEvents()
    assert page.title.text() == "Compare 4 runs"


# how runs come here ----------------------------------------------------------------------------------


def _compared(window: MainWindow) -> bool:
    return COMPARE in window.pages and window.page(COMPARE).comparison is not None


def test_runs_marked_in_the_history_are_compared(window: MainWindow, world: World, qtbot: QtBot) -> None:
    for run, samples in pairs()[:3]:
        world.store.save(run, samples)
    window.show_page(HISTORY)
    qtbot.waitUntil(lambda: window.page(HISTORY).content is not None)
    history = window.page(HISTORY).content
    assert not history.compare.isEnabled()
    history.table.selectAll()
    assert history.compare.text() == "Co&mpare 3"
    history.compare.click()
    qtbot.waitUntil(lambda: _compared(window))
    assert window.current == COMPARE
    assert window.page(COMPARE).ids == [run.id for run, _ in pairs()[:3]]


def test_runs_that_are_only_in_memory_are_compared_too(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    from profiler.runner import Ended
    from tests.windows import DISK_FULL

    (first, samples), (second, others) = pairs()[:2]
    world.store.save(first, samples)
    window.keeper.unsaved.append(Ended(second, others, False, DISK_FULL))
    window.show_comparison([first.id, second.id])
    qtbot.waitUntil(lambda: _compared(window))
    assert window.page(COMPARE).ids == [first.id, second.id]


def test_a_run_that_is_gone_is_told_and_the_others_are_compared(
    window: MainWindow, world: World, dialogs: FakeDialogs, qtbot: QtBot
) -> None:
    for run, samples in pairs()[:2]:
        world.store.save(run, samples)
    window.show_comparison(["20200101T000000-0000", *(run.id for run, _ in pairs()[:2])])
    qtbot.waitUntil(lambda: _compared(window) and bool(dialogs.sentences))
    assert len(dialogs.sentences) == 1


def test_documents_are_read_from_files(tmp_path: Path) -> None:
    store = Store(tmp_path / "history")
    (first, samples), (second, _) = pairs()[:2]
    store.save(first, samples)
    both = tmp_path / "both.json"
    both.write_bytes(b"[" + to_json(first) + b"," + to_json(second) + b"]")
    found, trouble = Services().runs_in(both, store)
    assert [run.id for run, _ in found] == [first.id, second.id]
    assert found[0][1] is not None
    assert found[1][1] is None
    assert trouble == ""
    (tmp_path / "other.json").write_text(json.dumps({"a": 1}))
    found, trouble = Services().runs_in(tmp_path / "other.json", store)
    assert found == []
    assert "other.json" in trouble


def test_chosen_files_join_the_comparison(
    window: MainWindow, world: World, dialogs: FakeDialogs, qtbot: QtBot
) -> None:
    world.documents = {"a.json": pairs()[:2], "b.json": pairs()[2:3]}
    dialogs.results = ["a.json", "b.json", "bad.json"]
    window.show_page(COMPARE)
    window.page(COMPARE).zone.choose.click()
    qtbot.waitUntil(lambda: _compared(window) and bool(dialogs.sentences))
    assert len(window.page(COMPARE).ids) == 3
    assert dialogs.sentences == ["bad.json is none."]


def test_opening_a_run_shows_it_with_its_samples(window: MainWindow, world: World, qtbot: QtBot) -> None:
    window.page(COMPARE).show_runs(pairs())
    qtbot.waitUntil(lambda: _compared(window))
    window.page(COMPARE).view.chips.opened.emit(1)
    assert window.current == RESULTS
    assert shown(window).model.name == NAMES[1]


def test_the_report_carries_what_was_accepted(
    window: MainWindow, world: World, dialogs: FakeDialogs, qtbot: QtBot, tmp_path: Path
) -> None:
    dialogs.save = str(tmp_path / "compared.html")
    window.page(COMPARE).show_runs(other_threads())
    qtbot.waitUntil(lambda: _compared(window))
    window.page(COMPARE).view.gate.all.click()
    qtbot.waitUntil(lambda: window.page(COMPARE).comparison.may_judge)
    window.page(COMPARE).export.click()
    qtbot.waitUntil(lambda: bool(world.written))
    kind, accepted, name, language = world.written[0]
    assert (kind, name, language) == ("comparison", "compared.html", "en")
    assert "threads" in accepted  # type: ignore[operator]


@pytest.mark.parametrize("ending", ["html", "md"])
def test_the_written_report_names_the_accepted_difference(tmp_path: Path, ending: str) -> None:
    made = compare(other_threads(), accepted=("threads",))
    path = tmp_path / f"compared.{ending}"
    Services().write_comparison(other_threads(), made, path, "en")
    assert "Accepted by the user although not the same, threads" in path.read_text(encoding="utf-8")


def test_a_comparison_that_ends_is_shown(window: MainWindow, world: World, qtbot: QtBot) -> None:
    for run, samples in pairs()[:2]:
        world.store.save(run, samples)
    window.outcomes.take_compared([run.id for run, _ in pairs()[:2]])
    window.show_outcome()
    qtbot.waitUntil(lambda: window.current == COMPARE and _compared(window))

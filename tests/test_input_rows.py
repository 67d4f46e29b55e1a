"""What inputs are fed, chosen in the window and kept for the next time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from gui import remembered
from gui.background import Jobs
from gui.choices import ChosenFile
from gui.input_row import InputRow
from gui.page_maker import RUN
from gui.pages.run import RunPage
from gui.shape_rows import sizes
from gui.turns import Turns
from profiler import dimensions, input_kinds, shapes
from profiler.plan import RunPlan, Sweep
from profiler.result import Tensor
from tests.fakes import FakeDialogs
from tests.windows import World, description, freed, window_over

IDS = Tensor("ids", "int64", ("batch", "sequence"))
OTHER = Tensor("other", "float32", ("batch", "heads"))


class Shelf:
    inputs = ""


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def open_page(qtbot: QtBot, shelf: Shelf) -> Iterator[Callable[..., RunPage]]:
    """A page with one model of these inputs on it."""
    made: list[tuple[RunPage, Jobs]] = []

    def opened(*inputs: Tensor, name: str = "/m/a.onnx") -> RunPage:
        world, jobs = World(), Jobs()
        world.described = description(*inputs)
        page = RunPage(world.services(), jobs, Turns(jobs), None, shelf)
        made.append((page, jobs))
        page.show()
        page.add_files([name])
        qtbot.waitUntil(lambda: all(file.is_described for file in page.files))
        return page

    yield opened
    for page, jobs in made:
        jobs.close()
        page.close()
        freed(page)


def _plan(page: RunPage) -> RunPlan:
    assert len(page.plans) == 1
    return page.plans[0]


def _choose(page: RunPage, name: str, kind: str, numbers: str = "") -> InputRow:
    row = page.form.feeds.rows[name]
    row.kind.setCurrentIndex(row.kind.findData(kind))
    row.numbers.setText(numbers)
    row.numbers.textEdited.emit(numbers)
    return row


def test_each_input_has_a_row_with_the_kinds_that_its_type_holds(open_page: Callable[..., RunPage]) -> None:
    page = open_page(IDS, OTHER)
    rows = page.form.feeds.rows
    offered = {name: [row.kind.itemData(at) for at in range(row.kind.count())] for name, row in rows.items()}
    assert offered["ids"] == ["", "image", "mask", "tokens", "integers", "constant", "file", "folder"]
    assert offered["other"][:5] == ["", "image", "mask", "probability", "normal"]
    assert _plan(page).input_kinds == {}


@pytest.mark.parametrize(
    ("name", "kind", "numbers", "asked"),
    [
        ("ids", "tokens", "32000", "tokens:32000"),
        ("ids", "tokens", "", "tokens"),
        ("ids", "integers", "0， 9", "integers:0,9"),
        ("other", "uniform", "-1, 1", "uniform:-1,1"),
        ("other", "constant", "0.5", "constant:0.5"),
        ("other", "probability", "", "probability"),
    ],
)
def test_a_kind_reaches_the_plan(
    open_page: Callable[..., RunPage], name: str, kind: str, numbers: str, asked: str
) -> None:
    page = open_page(IDS, OTHER)
    row = _choose(page, name, kind, numbers)
    assert _plan(page).input_kinds == {name: asked}
    assert row.note.text() == ""


@pytest.mark.parametrize(
    ("kind", "numbers"), [("tokens", "0"), ("integers", ""), ("integers", "9, 0"), ("constant", "x")]
)
def test_numbers_that_are_none_are_said_at_the_input_and_nothing_starts(
    open_page: Callable[..., RunPage], kind: str, numbers: str
) -> None:
    page = open_page(IDS)
    row = _choose(page, "ids", kind, numbers)
    assert row.note.text()
    assert row.numbers.accessibleDescription() == row.note.text()
    assert (page.plans, page.start.isEnabled()) == ([], False)
    assert "at the input" in page.ready.text()
    assert page.hint.text() == f"Input “ids”: {row.note.text()}"
    _choose(page, "ids", "")
    assert page.start.isEnabled()


def test_a_constant_that_the_type_cannot_hold_is_said_at_the_file(open_page: Callable[..., RunPage]) -> None:
    page = open_page(IDS)
    _choose(page, "ids", "constant", "0.5")
    assert page.plans == []
    assert "constant:0.5" in page.list.rows[0].sentence.text()


def test_a_folder_is_asked_for_and_reaches_the_plan(open_page: Callable[..., RunPage], qtbot: QtBot) -> None:
    page = open_page(OTHER)
    row = page.form.feeds.rows["other"]
    with qtbot.waitSignal(page.source_requested) as asked:
        row.kind.setCurrentIndex(row.kind.findData("folder"))
    assert asked.args == ["other", True]
    assert page.plans == []
    page.set_input_source("other", "")
    assert row.note.text()
    page.set_input_source("other", "/d/pictures/")
    assert (_plan(page).input_files, row.numbers.text()) == ({"other": "/d/pictures/"}, "pictures")
    row.kind.setCurrentIndex(0)
    assert _plan(page).input_files == {}


def test_the_window_asks_for_the_file(qtbot: QtBot) -> None:
    world, dialogs = World(), FakeDialogs()
    dialogs.source = "/d/x.npy"
    with window_over(world, dialogs) as window:
        window.open_files(["/m/a.onnx"])
        page = window.page(RUN)
        qtbot.waitUntil(lambda: bool(page.form.feeds.rows))
        row = page.form.feeds.rows["image"]
        row.kind.setCurrentIndex(row.kind.findData("file"))
        assert dialogs.asked[-1] == ("source", "/m", False)
        assert page.plans[0].input_files == {"image": "/d/x.npy"}


@pytest.mark.parametrize(
    ("text", "found"),
    [("128", (128,)), ("128, 256,512", (128, 256, 512)), ("8，16", (8, 16)), ("4 4", (4,))]
    + [(nonsense, None) for nonsense in ("", "0", "a", "-1", "1.5", "9999999")],
)
def test_sizes_are_read_as_people_write_them(text: str, found: tuple[int, ...] | None) -> None:
    assert sizes(text) == found


def test_several_sizes_are_a_sweep_and_take_longer(open_page: Callable[..., RunPage]) -> None:
    page = open_page(IDS)
    page.form.rows.fields["sequence"].setText("128, 256, 512")
    plan = _plan(page)
    assert plan.sweep == Sweep(dimensions={"sequence": (128, 256, 512)})
    assert plan.dimensions == {"sequence": 128}
    assert page.hint.text().startswith("30 s to 3 min of measuring; each of 9 process")
    page.form.rows.fields["sequence"].setText("no")
    assert (page.plans, page.start.isEnabled()) == ([], False)
    assert page.hint.text().startswith("Size of “sequence”: Whole numbers")


def test_a_guess_is_marked_until_somebody_gives_the_size(open_page: Callable[..., RunPage]) -> None:
    page = open_page(IDS, OTHER)
    rows = page.form.rows
    assert rows.fields["sequence"].accessibleDescription() == ""
    assert "guess" in rows.fields["heads"].accessibleDescription()
    rows.fields["heads"].setText("12")
    assert rows.fields["heads"].accessibleDescription() == ""
    assert _plan(page).dimensions == {"heads": 12}


def test_what_was_given_is_there_the_next_time_for_this_model_only(
    open_page: Callable[..., RunPage],
) -> None:
    page = open_page(IDS)
    page.form.rows.fields["sequence"].setText("64, 96")
    _choose(page, "ids", "tokens", "32000")
    page.request_start()
    again = open_page(IDS)
    assert again.form.rows.fields["sequence"].text() == "64, 96"
    assert _plan(again).input_kinds == {"ids": "tokens:32000"}
    assert again.form.feeds.isVisible()
    assert _plan(again).sweep.dimensions == {"sequence": (64, 96)}
    assert _plan(open_page(IDS, name="/m/other.onnx")).dimensions == {}
    assert _plan(open_page(IDS, OTHER)).dimensions == {}


def test_what_cannot_be_read_any_more_is_forgotten(shelf: Shelf) -> None:
    key = remembered.key_of(Path("/a/m.onnx"), [IDS])
    assert key == remembered.key_of(Path("/b/m.onnx"), [IDS])
    for nonsense in ("{", "[]", '{"k": 1}', '{"k": {"other": {}}}'):
        shelf.inputs = nonsense
        assert remembered.recall(shelf, key) == remembered.Given()
    remembered.keep(shelf, key, remembered.Given({"s": "1", "long": "9" * 999}))
    assert remembered.recall(shelf, key) == remembered.Given({"s": "1"})
    for number in range(remembered.MOST_MODELS):
        remembered.keep(shelf, str(number), remembered.Given({"s": "2"}))
    assert remembered.recall(shelf, key) == remembered.Given()
    assert remembered.recall(shelf, "0") == remembered.Given({"s": "2"})
    remembered.keep(shelf, "0", remembered.Given())
    assert '"0"' not in shelf.inputs


def test_every_kind_that_can_be_asked_for_has_a_name(qtbot: QtBot) -> None:
    row = InputRow([name for name in input_kinds.NAMES if name != "flags"])
    qtbot.addWidget(row)
    assert all(row.kind.itemText(at) != row.kind.itemData(at) for at in range(row.kind.count()))


def _add(page: RunPage, *inputs: Tensor, name: str = "/m/b.xml") -> None:
    """Another model beside the first, with its description."""
    first = page.files[0]
    page.files.append(ChosenFile(Path(name), first.form, first.runtime))
    page.list.add(page.files[-1])
    page._on_described(page.files[-1], description(*inputs))


def test_two_exports_of_one_network_run_at_one_shape(open_page: Callable[..., RunPage], shelf: Shelf) -> None:
    unnamed = Tensor("ids", "int64", (None, None))
    page = open_page(unnamed, name="/m/b.xml")
    assert _notes(page) == {"ids.1": "A guess: give the size that you will run."}
    _add(page, Tensor("ids", "int64", ("batch", "seq")), name="/m/a.onnx")
    assert _notes(page) == {"seq": ""}
    assert page.form.rows.fields["seq"].text() == "128"
    assert [_ran(plan, unnamed) for plan in page.plans[:1]] == [{"ids": (1, 128)}]
    page.form.rows.fields["seq"].setText("16, 32")
    assert [plan.sweep.dimensions for plan in page.plans] == [{"seq": (16, 32)}] * 2
    assert _ran(page.plans[0], unnamed) == {"ids": (1, 16)}
    page.request_start()
    assert open_page(unnamed, name="/m/b.xml").form.rows.fields["ids.1"].text() == "16, 32"


def test_a_size_that_another_file_fixes_is_shown_unless_one_was_given(
    open_page: Callable[..., RunPage],
) -> None:
    page = open_page(Tensor("ids", "int64", ("batch", "seq")))
    assert page.form.rows.fields["seq"].text() == "128"
    _add(page, Tensor("ids", "int64", ("batch", 32)))
    assert page.form.rows.fields["seq"].text() == "32"
    assert page.plans[0].dimensions == {"seq": 32}
    page.form.rows.fields["seq"].setText("64")
    assert [plan.dimensions for plan in page.plans] == [{"seq": 64}, {}]
    page.remove_file(page.files[1])
    assert page.form.rows.fields["seq"].text() == "64"


def _notes(page: RunPage) -> dict[str, str]:
    return {name: noted.note.text() for name, noted in page.form.rows._notes.items()}


def _ran(plan: RunPlan, *inputs: Tensor) -> dict[str, tuple[int, ...]]:
    """The shapes that a child makes of this plan."""
    specs = dimensions.renamed(dimensions.all_placed(inputs), plan.dimension_names)
    return shapes.concrete_shapes(specs, plan.batch, plan.shapes, plan.dimensions)


def test_two_exports_of_one_network_are_fed_alike(open_page: Callable[..., RunPage]) -> None:
    page = open_page(IDS)
    first = page.files[0]
    table = msgspec.structs.replace(description(IDS), input_limits={"ids": 32_000})
    page.files.append(ChosenFile(Path("/m/b.onnx"), first.form, first.runtime, description=table))
    page.list.add(page.files[1])
    page._check()
    assert [plan.input_kinds for plan in page.plans] == [{"ids": "tokens:32000"}, {}]
    _choose(page, "ids", "tokens", "7")
    assert [plan.input_kinds for plan in page.plans] == [{"ids": "tokens:7"}] * 2

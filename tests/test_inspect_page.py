"""The page that looks inside a file: facts, operators to sort and filter, other sizes, a table to keep."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.background import Jobs
from gui.page_maker import INSIDE, RUN
from gui.pages.inspect import InspectPage
from gui.turns import Turns
from profiler.errors import ErrorKind, KnownError
from profiler.messages import Description, MemoryEstimate, Node, OperatorCount
from profiler.result import Flops, Reason, Tensor
from tests import windows
from tests.fakes import FakeDialogs
from tests.windows import World

NODES = (
    Node("conv1", "Conv", shape=(1, 8, 4, 4), flops=2_000, other_flops=8, integer_operations=0,
         weights_bytes=400, bytes_read=1_000, bytes_written=512),
    Node("relu1", "Relu", shape=(1, 8, 4, 4), flops=0, other_flops=128, integer_operations=0,
         bytes_read=512, bytes_written=512),
    Node("mine", "my.Mystery"),
    Node("conv2", "Conv", shape=(1, 2, 4, 4), flops=9_000, other_flops=8, integer_operations=0,
         weights_bytes=100, bytes_read=600, bytes_written=128),
)  # fmt: skip


def _described(**changes: object) -> Description:
    found = windows.description()
    return msgspec.structs.replace(
        found,
        nodes=NODES,
        shapes={"image": (1, 3, 224, 224)},
        flops=Flops(per_inference=11_000, macs_per_inference=5_500, counted_fraction=0.75),
        memory=MemoryEstimate(weights_bytes=500, peak_activations_bytes=4_096, peak_node="conv1"),
        **changes,
    )


@pytest.fixture
def page(qtbot: QtBot) -> InspectPage:
    world = World()
    world.described = _described()
    made = InspectPage(world.services(), Turns(Jobs()))
    qtbot.addWidget(made)
    made.resize(1_100, 700)
    made.show()
    made.show_file("net.onnx")
    qtbot.waitUntil(made.body.isVisible)
    return made


def _cells(page: InspectPage, head: str) -> list[str]:
    model = page.nodes.rows.model
    heads = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
    return [model.index(row, heads.index(head)).data() for row in range(model.rowCount())]


def _facts(page: InspectPage) -> str:
    assert page.facts is not None
    return page.facts.accessibleDescription()


def test_facts_and_operators_are_shown_and_unknown_figures_are_dashes(page: InspectPage) -> None:
    assert _cells(page, "operator") == ["conv1", "relu1", "mine", "conv2"]
    assert _cells(page, "FLOPs") == ["2.00 k", "0", "–", "9.00 k"]
    assert _cells(page, "ops/byte")[2] == "–"
    assert "4.10 kB at once, at conv1" in _facts(page)


def test_operators_are_sorted_by_number_filtered_by_words_and_grouped_by_type(page: InspectPage) -> None:
    page.nodes.rows.table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert _cells(page, "operator") == ["conv2", "conv1", "relu1", "mine"]
    page.nodes.rows.search.setText("conv 1")
    assert _cells(page, "operator") == ["conv1"]
    assert page.nodes.rows.count.text().startswith("1 ")
    page.nodes.rows.search.clear()
    page.nodes.rows.by_type.setChecked(True)
    assert _cells(page, "operator")[0] == "Conv × 2"
    assert _cells(page, "FLOPs")[0] == "11.0 k"


def test_the_bars_show_what_was_chosen(page: InspectPage) -> None:
    assert page.nodes.bars.accessibleDescription().startswith("conv2: 9.01 k; conv1: 2.01 k")
    page.nodes.measure.setCurrentIndex(2)
    assert page.nodes.bars.accessibleDescription().startswith("conv1: 400 B · 80.0 %; conv2: 100 B · 20.0 %")


def test_a_column_that_says_nothing_is_left_out(page: InspectPage) -> None:
    def heads() -> list[str]:
        model = page.nodes.rows.model
        return [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]

    assert "integer ops" not in heads()
    assert {"type", "output"} < set(heads())
    page.nodes.rows.by_type.setChecked(True)
    assert not {"type", "output"} & set(heads())
    page.nodes.show_nodes([msgspec.structs.replace(NODES[0], integer_operations=7)])
    assert "integer ops" in heads()


def test_other_sizes_are_asked_for_together(qtbot: QtBot) -> None:
    world, asked = World(), []
    world.described = _described()
    services = world.services()

    def describe_at(path: Path, form: str, batch: int, sizes: dict[str, int]) -> Description:
        asked.append((batch, sizes))
        return world.described

    object.__setattr__(services, "describe_at", describe_at)
    page = InspectPage(services, Turns(Jobs()))
    qtbot.addWidget(page)
    page.show_file("net.onnx")
    qtbot.waitUntil(lambda: bool(page.sizes.fields))
    assert sorted(page.sizes.fields) == ["height", "width"]
    assert page.batch_name.minimumWidth() == page.sizes.label_width
    page.batch.setValue(4)
    page.sizes.fields["height"].setText("64")
    qtbot.waitUntil(lambda: len(asked) > 1)
    assert asked == [(1, {}), (4, {"height": 64})]


def test_sizes_that_were_guessed_are_marked_and_sums_of_others_are_none_of_their_own(qtbot: QtBot) -> None:
    world = World()
    ids = Tensor("ids", "int64", ("ids.0", "ids.1", "past + seq", "seq"))
    world.described = msgspec.structs.replace(windows.description(ids), shapes={"ids": (1, 1, 129, 128)})
    page = InspectPage(world.services(), Turns(Jobs()))
    qtbot.addWidget(page)
    page.show_file("net.xml")
    qtbot.waitUntil(lambda: bool(page.sizes.fields))
    texts = {
        name: (edit.text(), page.sizes._notes[name].note.text()) for name, edit in page.sizes.fields.items()
    }
    assert texts == {"ids.1": ("1", "A guess: give the size that you will run."), "seq": ("128", "")}


def test_a_file_that_cannot_be_read_is_told_in_one_sentence(qtbot: QtBot) -> None:
    world = World()
    services = world.services()

    def fails(*_: object) -> Description:
        raise KnownError(ErrorKind.MODEL_DAMAGED)

    object.__setattr__(services, "describe_at", fails)
    page = InspectPage(services, Turns(Jobs()))
    qtbot.addWidget(page)
    page.show()
    page.show_file("broken.onnx")
    qtbot.waitUntil(lambda: "damaged" in page.empty.text())
    assert page.empty.text().startswith("broken.onnx is damaged")
    assert not page.run.isVisible()
    assert not page.body.isVisible()


def test_why_there_are_no_operators_is_said(qtbot: QtBot) -> None:
    world = World()
    world.described = msgspec.structs.replace(
        _described(), nodes=(), unavailable={"operators": Reason("sources_unreadable")}
    )
    page = InspectPage(world.services(), Turns(Jobs()))
    qtbot.addWidget(page)
    page.show()
    page.show_file("net.onnx")
    qtbot.waitUntil(page.notes.isVisible)
    assert page.notes.text()


def test_a_file_that_tells_its_operators_by_type_only_shows_how_many_there_are(qtbot: QtBot) -> None:
    world = World()
    counts = (OperatorCount("aten::linear", 1), OperatorCount("aten::relu", 1_200))
    world.described = msgspec.structs.replace(
        _described(), nodes=(), operators=counts, unavailable={"flops.per_inference": Reason("needs_run")}
    )
    page = InspectPage(world.services(), Turns(Jobs()))
    qtbot.addWidget(page)
    page.show()
    page.show_file("net.pt")
    qtbot.waitUntil(lambda: page.nodes.rows.model.rowCount() == 2)
    table = page.nodes.rows.model
    assert [table.index(1, column).data() for column in range(2)] == ["aten::relu", "1,200"]
    assert page.nodes.bars.accessibleDescription().startswith("aten::relu: 1,200; aten::linear: 1")
    assert not page.nodes.rows.by_type.isVisible()
    assert not page.nodes.measure.isVisible()
    assert page.notes.text().startswith("What each operator needs is not known: ")
    assert page.nodes.heading.text() == "Operators of each type"
    page.nodes.retranslate()
    assert page.nodes.bars.accessibleDescription().startswith("aten::relu")
    page.nodes.show_nodes(_described().nodes)
    assert page.nodes.rows.by_type.isVisible()


def test_from_the_run_page_inside_and_back(qtbot: QtBot) -> None:
    world, dialogs = World(), FakeDialogs()
    world.described = _described()
    dialogs.save = "kept.csv"
    with windows.window_over(world, dialogs) as window:
        window.open_files(["net.onnx"])
        row = window.page(RUN).list.rows[0]
        qtbot.waitUntil(row.inside.isVisible)
        row.inside.click()
        assert window.current == INSIDE
        page = window.page(INSIDE)
        qtbot.waitUntil(page.body.isVisible)
        page.nodes.rows.export.click()
        qtbot.waitUntil(lambda: bool(world.written))
        kind, text, name = world.written[0]
        assert (kind, name) == ("text", "kept.csv")
        assert str(text).splitlines()[1] == "conv1,Conv,1x8x4x4,,2000,8,0,400,1000,512"
        page.run.click()
        assert window.current == RUN

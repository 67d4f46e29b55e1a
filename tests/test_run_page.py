"""The run page: what becomes of files and choices is exactly the plans that Start hands on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gui.loads import Task
from gui.pages.run import RunPage
from gui.shape_rows import parsed
from profiler.errors import ErrorKind, KnownError
from profiler.plan import Preset, RunPlan, Stopping
from profiler.result import Tensor
from tests.windows import World, adding, description, run_page_over, surveyed


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def page(qtbot: QtBot, world: World) -> Iterator[RunPage]:
    with run_page_over(world.services()) as made:
        yield made


@pytest.fixture
def add(page: RunPage, qtbot: QtBot) -> Callable[..., None]:
    return adding(page, qtbot)


def _only(page: RunPage) -> RunPlan:
    assert len(page.plans) == 1
    return page.plans[0]


def give(page: RunPage, dimension: str, text: str) -> None:
    page.form.rows.fields[dimension].setText(text)


def test_a_file_is_shown_with_its_format_and_size(page: RunPage, add: Callable[..., None]) -> None:
    add("/m/net.onnx")
    row = page.list.rows[0]
    assert row.name.accessibleName() == "net.onnx"
    assert row.facts.text().startswith("ONNX\u00a0\u00a0·  1.23 MB\u00a0\u00a0·  1.00 k parameters")
    assert not row.sentence.isVisible()


def test_a_file_that_is_no_model_gets_one_sentence_and_no_plan(
    page: RunPage, add: Callable[..., None]
) -> None:
    add("/m/readme.txt")
    assert "readme.txt" in page.list.rows[0].sentence.text()
    assert page.plans == []
    assert not page.start.isEnabled()


def test_a_refused_file_does_not_hold_up_the_others(page: RunPage, add: Callable[..., None]) -> None:
    add("/m/readme.txt", "/m/net.onnx")
    assert _only(page).model_path == "/m/net.onnx"
    assert page.start.isEnabled()


def test_two_files_make_two_runs(page: RunPage, add: Callable[..., None], qtbot: QtBot) -> None:
    add("/m/a.onnx", "/m/b.pt")
    with qtbot.waitSignal(page.start_requested) as started:
        page.start.click()
    assert [(plan.model_path, plan.runtime) for plan in started.args[0]] == [
        ("/m/a.onnx", "onnxruntime"),
        ("/m/b.pt", "torchscript"),
    ]


def test_the_same_file_is_added_once(page: RunPage, add: Callable[..., None]) -> None:
    add("/m/a.onnx", "/m/a.onnx")
    add("/m/a.onnx")
    assert len(page.files) == 1


def test_a_removed_file_is_gone_from_the_plans(page: RunPage, add: Callable[..., None]) -> None:
    add("/m/a.onnx", "/m/b.onnx")
    page.list.rows[0].remove.click()
    assert _only(page).model_path == "/m/b.onnx"
    assert len(page.list.rows) == 1


def test_defaults_are_those_of_the_plan(page: RunPage, add: Callable[..., None]) -> None:
    add("/m/a.onnx")
    assert _only(page) == RunPlan("/m/a.onnx", "onnxruntime")


def test_every_choice_reaches_the_plan(page: RunPage, add: Callable[..., None]) -> None:
    add("/m/a.onnx")
    form = page.form
    form.batch.setValue(4)
    form.threads.setValue(3)
    form.seed.setValue(9)
    form.practice.setValue(50)
    form.load_timeout.setValue(30)
    give(page, "height", "64")
    form.exactly.setChecked(True)
    form.duration.setValue(2.5)
    plan = _only(page)
    assert (plan.batch, plan.threads, plan.seed, plan.warmup, plan.load_timeout_s) == (4, 3, 9, 50, 30.0)
    assert plan.dimensions == {"height": 64}
    assert plan.stopping == Stopping(2.5, 1, 2.5)


def test_a_preset_brings_its_own_rule(page: RunPage, add: Callable[..., None]) -> None:
    add("/m/a.onnx")
    page.set_preset(Preset.QUICK)
    assert _only(page).preset is Preset.QUICK
    assert _only(page).stopping == Stopping(3.0, 30, 10.0)
    assert page.hint.text().startswith("3 to 10 s")


def test_named_dimensions_are_rows_with_sensible_sizes_and_the_batch_is_none_of_them(
    page: RunPage, add: Callable[..., None]
) -> None:
    add("/m/a.onnx")
    assert {name: edit.text() for name, edit in page.form.rows.fields.items()} == {
        "height": "224",
        "width": "224",
    }


def test_a_dimension_is_given_only_to_files_that_have_it(
    page: RunPage, add: Callable[..., None], world: World
) -> None:
    add("/m/a.onnx")
    world.described = description(Tensor("ids", "int64", ("batch", "sequence")))
    add("/m/b.onnx")
    give(page, "height", "32")
    give(page, "sequence", "16")
    assert [plan.dimensions for plan in page.plans] == [{"height": 32}, {"sequence": 16}]


def test_a_shape_that_the_file_does_not_say_must_be_given(
    page: RunPage, add: Callable[..., None], world: World
) -> None:
    world.described = description(Tensor("x", "float32", None))
    add("/m/a.pt")
    assert page.plans == []
    assert page.list.rows[0].sentence.isVisible()
    page.form.rows.edits[Path("/m/a.pt"), "x"].setText("1x3x8x8")
    assert _only(page).shapes == {"x": (1, 3, 8, 8)}


def test_a_batch_that_the_file_does_not_take_is_said_at_the_file(
    page: RunPage, add: Callable[..., None], world: World
) -> None:
    world.described = description(Tensor("x", "float32", (1, 8)))
    add("/m/a.onnx")
    page.form.batch.setValue(2)
    assert page.plans == []
    assert "batch" in page.list.rows[0].sentence.text().lower()
    page.form.batch.setValue(1)
    assert not page.list.rows[0].sentence.isVisible()


def test_a_file_whose_description_failed_may_still_be_measured(
    page: RunPage, add: Callable[..., None], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "described", None)
    page._services = _describing(world, KnownError(ErrorKind.LOAD_TIMEOUT, seconds=60))
    add("/m/a.onnx")
    assert page.list.rows[0].sentence.isVisible()
    assert _only(page).model_path == "/m/a.onnx"


def test_a_damaged_file_may_not(page: RunPage, add: Callable[..., None], world: World) -> None:
    page._services = _describing(world, KnownError(ErrorKind.MODEL_DAMAGED, file="a.onnx"))
    add("/m/a.onnx")
    assert page.plans == []


def _describing(world: World, error: Exception) -> Any:
    import dataclasses

    def describe(path: Path, name: str) -> Any:
        raise error

    return dataclasses.replace(world.services(), describe=describe)


def test_devices_are_those_that_every_file_can_use(page: RunPage, add: Callable[..., None]) -> None:
    page.show_survey(surveyed())
    add("/m/a.onnx")
    assert [page.form.device.itemData(at) for at in range(page.form.device.count())] == ["cpu", "cuda:0"]
    page.form.device.setCurrentIndex(1)
    assert _only(page).device == "cuda:0"
    add("/m/b.pt")
    assert [plan.device for plan in page.plans] == ["cpu", "cpu"]


def test_inputs_from_files_go_to_the_inputs_of_their_names(
    page: RunPage, add: Callable[..., None], world: World
) -> None:
    world.described = description(Tensor("a", "float32", (1, 2)), Tensor("b", "float32", (1, 2)))
    add("/m/net.onnx")
    page.set_input_files(["/d/a.npy", "/d/b.npy"])
    assert _only(page).input_files == {"a": "/d/a.npy", "b": "/d/b.npy"}
    page.set_input_files(["/d/all.npz"])
    assert _only(page).input_files == {"": "/d/all.npz"}
    page.set_input_files(["/d/c.npy"])
    assert page.plans == []
    assert page.list.rows[0].sentence.isVisible()


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("1x3x8", (1, 3, 8)),
        ("1×3", (1, 3)),
        ("2, 5", (2, 5)),
        ("7", (7,)),
        *((nonsense, None) for nonsense in ("", "1x0", "a", "1xx2", "-1", "99999999")),
    ],
)
def test_a_shape_is_read_as_people_write_it(text: str, shape: tuple[int, ...] | None) -> None:
    assert parsed(text) == shape


def _ask(page: RunPage, task: Task) -> None:
    page.form.tasks.picker.setCurrentIndex(list(Task).index(task))


def test_models_together_are_each_others_companions(page: RunPage, add: Callable[..., None]) -> None:
    add("/m/a.onnx")
    _ask(page, Task.TOGETHER)
    assert page.plans == []
    assert not page.start.isEnabled()
    assert page.form.tasks.picker_note.note.isVisible()
    add("/m/b.pt")
    assert not page.form.tasks.picker_note.note.isVisible()
    assert [[one.model_path for one in plan.companions] for plan in page.plans] == [
        ["/m/b.pt"],
        ["/m/a.onnx"],
    ]


def test_nothing_starts_while_something_is_said_beside_a_field(
    page: RunPage, add: Callable[..., None]
) -> None:
    add("/m/a.onnx")
    _ask(page, Task.AT_RANDOM)
    fields = page.form.tasks.fields
    fields.highest.setChecked(True)
    assert page.plans == []
    assert "question" in page.ready.text()
    fields.limit.most.setValue(10)
    assert _only(page).limits == {"p99": 1e7}
    assert not page.form.exactly.isEnabled()
    assert page.form.search_note.isVisible()
    assert not page.form.replicates.isEnabled()


def test_processes_for_each_point_reach_the_plan_and_the_hint(
    page: RunPage, add: Callable[..., None]
) -> None:
    add("/m/a.onnx", "/m/b.onnx")
    page.form.replicates.setValue(5)
    assert [plan.replicates for plan in page.plans] == [5, 5]
    assert page.hint.text().startswith("20 s to 2 min of measuring in turns; each of 10 process")


def test_a_list_of_batches_takes_the_place_of_the_one(page: RunPage, add: Callable[..., None]) -> None:
    add("/m/a.onnx")
    _ask(page, Task.MOST_PER_SECOND)
    assert not page.form.batch.isVisible()
    assert _only(page).sweep.batch == (1, 4, 16, 64)
    _ask(page, Task.ONE_ANSWER)
    assert page.form.batch.isVisible()


def test_a_file_that_takes_no_list_of_batches_is_left_out_with_its_reason(
    page: RunPage, add: Callable[..., None], world: World
) -> None:
    add("/m/a.onnx")
    world.described = description(Tensor("x", "float32", (1, 8)))
    add("/m/fixed.onnx")
    _ask(page, Task.MOST_PER_SECOND)
    assert _only(page).model_path == "/m/a.onnx"
    assert "batch of 4" in page.list.rows[1].sentence.text()
    assert "left out" in page.hint.text()


def test_each_card_gets_a_process(page: RunPage) -> None:
    page.form.set_devices(("cpu", "cuda:0", "cuda:1", "cuda:2"))
    page.form.device.setCurrentIndex(1)
    assert page.form.tasks.fields.processes.value() == 3

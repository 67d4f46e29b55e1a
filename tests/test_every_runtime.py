"""One file on every runtime that opens it: a run for each, told apart, on devices that all of them have."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.choices import EVERY
from gui.loads import Task
from gui.main_window import MainWindow
from gui.page_maker import LIVE, RUN
from gui.pages.run import RunPage
from profiler.messages import Runtime, Surveyed
from profiler.other_python import OtherPython
from profiler.plan import RunPlan
from tests.fakes import FakeDialogs
from tests.windows import World, adding, run_page_over, started, window_over

CARDS = Surveyed(
    (
        Runtime("onnxruntime", "1.29.0", ("cpu", "cuda:0"), precisions={"cuda:0": ("fp16",)}),
        Runtime("openvino", "2026.1", ("cpu", "gpu"), precisions={"cpu": ("bf16",)}),
        Runtime("torchscript", "2.13.0", ("cpu",)),
    )
)


@pytest.fixture
def page(qtbot: QtBot, world: World) -> Iterator[RunPage]:
    with run_page_over(world.services(), CARDS) as made:
        yield made


@pytest.fixture
def add(page: RunPage, qtbot: QtBot) -> Callable[..., None]:
    return adding(page, qtbot)


def choose(page: RunPage, runtime: str) -> None:
    at = page.form.runtime.findData(runtime)
    assert at >= 0
    page.form.runtime.setCurrentIndex(at)


def offered(page: RunPage) -> list[str]:
    return [page.form.device.itemData(at) for at in range(page.form.device.count())]


def test_every_runtime_makes_one_run_for_each_that_opens_the_file(
    page: RunPage, add: Callable[..., None]
) -> None:
    add("/m/a.onnx", "/m/b.pt")
    choose(page, EVERY)
    assert [(plan.model_path, plan.runtime) for plan in page.plans] == [
        ("/m/a.onnx", "onnxruntime"),
        ("/m/a.onnx", "openvino"),
        ("/m/b.pt", "torchscript"),
    ]
    assert "3" in page.ready.text()


def test_a_runtime_that_is_not_installed_is_left_out(
    page: RunPage, add: Callable[..., None], world: World
) -> None:
    page._services = dataclasses.replace(world.services(), installed_runtimes=lambda form: form.runtimes[:1])
    add("/m/a.onnx")
    choose(page, EVERY)
    assert [plan.runtime for plan in page.plans] == ["onnxruntime"]


def test_the_runtimes_of_another_python_are_its_own(page: RunPage, add: Callable[..., None]) -> None:
    add("/m/a.onnx")
    choose(page, EVERY)
    page.python.found = OtherPython("/env/bin/python", "3.12.1", "2.0.2", "0.20.0", ("openvino",))
    page.python.changed.emit()
    assert [plan.runtime for plan in page.plans] == ["openvino"]


def test_every_runtime_is_offered_only_where_a_file_has_several(
    page: RunPage, add: Callable[..., None]
) -> None:
    add("/m/b.pt")
    assert page.form.runtime.findData(EVERY) < 0
    add("/m/a.onnx")
    assert page.form.runtime.findData(EVERY) > 0


def test_the_choice_stays_while_files_come_and_go(page: RunPage, add: Callable[..., None]) -> None:
    add("/m/a.onnx", "/m/b.pt")
    choose(page, EVERY)
    page.list.rows[0].remove.click()
    assert page.form.runtime.currentData() == ""
    add("/m/c.onnx")
    assert page.form.runtime.currentData() == EVERY
    assert len(page.plans) == 3


def test_devices_and_precisions_follow_the_runtime_that_is_chosen(
    page: RunPage, add: Callable[..., None]
) -> None:
    add("/m/a.onnx")
    assert offered(page) == ["cpu", "cuda:0"]
    choose(page, "openvino")
    assert offered(page) == ["cpu", "gpu"]
    assert page.form.precision.findData("bf16") > 0
    choose(page, EVERY)
    assert offered(page) == ["cpu"]
    assert page.form.precision.findData("bf16") < 0


def test_a_device_that_the_chosen_runtime_lacks_is_in_no_plan(
    page: RunPage, add: Callable[..., None]
) -> None:
    add("/m/a.onnx")
    page.form.device.setCurrentIndex(page.form.device.findData("cuda:0"))
    page.form.precision.setCurrentIndex(page.form.precision.findData("fp16"))
    assert [(plan.device, plan.precision) for plan in page.plans] == [("cuda:0", "fp16")]
    choose(page, "openvino")
    assert [(plan.device, plan.precision) for plan in page.plans] == [("cpu", "as_is")]


def test_models_side_by_side_in_memory_need_one_runtime_each(page: RunPage, add: Callable[..., None]) -> None:
    add("/m/a.onnx", "/m/b.pt")
    choose(page, EVERY)
    page.form.tasks.picker.setCurrentIndex(list(Task).index(Task.TOGETHER))
    assert page.plans == []
    assert "one runtime" in page.form.tasks.picker_note.note.text()
    choose(page, "")
    assert len(page.plans) == 2


def test_one_file_on_two_runtimes_is_no_two_files(page: RunPage, add: Callable[..., None]) -> None:
    add("/m/a.onnx")
    choose(page, EVERY)
    page.form.tasks.picker.setCurrentIndex(list(Task).index(Task.TOGETHER))
    assert "two files" in page.form.tasks.picker_note.note.text()


def test_the_window_remembers_the_runtime_that_was_chosen(world: World, qtbot: QtBot) -> None:
    for chosen in ("", EVERY):
        with window_over(world, FakeDialogs()) as window:
            page = window.page(RUN)
            window.open_files(["/m/a.onnx"])
            qtbot.waitUntil(lambda page=page: all(file.is_described for file in page.files))
            assert page.form.runtime.currentData() == chosen
            choose(page, EVERY)


def test_the_queue_tells_runs_of_one_file_apart(window: MainWindow, world: World, qtbot: QtBot) -> None:
    plans = [RunPlan("/m/a.onnx", name) for name in ("onnxruntime", "openvino")]
    started(window, world, qtbot, *plans, RunPlan("/m/b.onnx", "onnxruntime"))
    rows = window.page(LIVE).queue.rows
    assert [row.state.text() for row in rows] == ["ONNX Runtime  ·  now", "OpenVINO  ·  waits", "waits"]
    assert window.page(LIVE).context.text().startswith("ONNX Runtime, CPU")

"""Questions in plain words on the run page, and the plans that they make."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui import loads
from gui.choices import Choices, ChosenFile, plan_for
from gui.loads import Load, Task
from gui.task_box import TaskBox
from profiler.plan import Companion, Concurrency, MultiStream, Offline, RunPlan, Server, SingleStream


@pytest.fixture
def box(qtbot: QtBot) -> TaskBox:
    made = TaskBox()
    made.set_usable_cpus(2)
    qtbot.addWidget(made)
    return made


def _choose(box: TaskBox, task: Task) -> None:
    box.combo.setCurrentIndex(list(Task).index(task))


def _plan(load: Load) -> RunPlan:
    return plan_for(ChosenFile(Path("/m/a.onnx"), runtime="onnxruntime"), Choices(load=load))


def test_the_first_question_is_one_answer(box: TaskBox) -> None:
    plan = _plan(box.load)
    assert plan.scenario == SingleStream()
    assert not plan.limits
    assert plan.world_size == 1


def test_rising_load_goes_to_twice_the_processors(box: TaskBox) -> None:
    _choose(box, Task.RISING_LOAD)
    assert box.values.text() == "1, 2, 4"
    plan = _plan(box.load)
    assert plan.scenario == Concurrency()
    assert plan.sweep.concurrency == (1, 2, 4)


def test_batches_are_swept_and_the_limit_marks_the_best(box: TaskBox) -> None:
    _choose(box, Task.MOST_PER_SECOND)
    box.values.setText("2 8;32")
    box.limit.setValue(12.5)
    plan = _plan(box.load)
    assert plan.scenario == Offline()
    assert plan.sweep.batch == (2, 8, 32)
    assert plan.limits == {"p99": 12.5e6}


def test_requests_at_random_come_at_a_rate_or_at_the_highest(box: TaskBox) -> None:
    _choose(box, Task.AT_RANDOM)
    box.rate.setValue(50)
    assert _plan(box.load).scenario == Server(50.0)
    box.highest.setChecked(True)
    assert box.load.trouble == "limit"
    assert box.trouble.text()
    assert not box.rate.isEnabled()
    box.limit.setValue(10)
    assert not box.trouble.text()
    plan = _plan(box.load)
    assert (plan.scenario, plan.limits) == (Server(None), {"p99": 1e7})


def test_queries_and_processes(box: TaskBox) -> None:
    _choose(box, Task.QUERY)
    box.samples.setValue(16)
    assert _plan(box.load).scenario == MultiStream(16)
    _choose(box, Task.PROCESSES)
    assert _plan(box.load).world_size == 2


def test_only_the_fields_of_the_question_are_there(box: TaskBox) -> None:
    for task in Task:
        _choose(box, task)
        for field, tasks in box._fields.items():
            assert box.form.isRowVisible(field) == (task in tasks)


@pytest.mark.parametrize("text", ["", "1, two", "0, 1", "-3", "1.5"])
def test_a_list_that_is_none_is_said_and_starts_nothing(box: TaskBox, text: str) -> None:
    _choose(box, Task.RISING_LOAD)
    box.values.setText(text)
    box._touch()
    assert box.load.trouble == "values"
    assert box.trouble.text()


def test_numbers_are_read_as_people_list_them() -> None:
    assert loads.numbers("1, 2,2 ,4") == (1, 2, 4)
    assert loads.numbers("1，16") == (1, 16)
    assert loads.rising_to(6) == (1, 2, 4, 8)


def test_models_together_have_each_other_as_companions() -> None:
    plans = [RunPlan(f"/m/{name}.onnx", "onnxruntime") for name in "abc"]
    first, *_ = loads.together(plans)
    assert first.companions == (Companion("/m/b.onnx", "onnxruntime"), Companion("/m/c.onnx", "onnxruntime"))
    assert loads.together(plans[:1])[0].companions == ()


def test_a_question_of_several_points_takes_several_times_as_long() -> None:
    assert Load(Task.RISING_LOAD, (1, 2, 4)).points == 3
    assert Load(Task.TOGETHER).points == 3
    assert Load(Task.AT_RANDOM, rate_per_s=5.0).points == 1

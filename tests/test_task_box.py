"""Questions in plain words on the run page, and the plans that they make."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui import loads
from gui.choices import Choices, ChosenFile, plan_for
from gui.loads import Load, Task
from gui.pace import Pace
from gui.task_box import TaskBox
from gui.task_notes import Around
from gui.task_picker import LINE
from profiler.errors import ErrorKind, KnownError
from profiler.plan import (
    Companion,
    Concurrency,
    MultiStream,
    Offline,
    Preset,
    RunPlan,
    Server,
    SingleStream,
    Sweep,
)
from profiler.result import Tensor
from tests.windows import description


@pytest.fixture
def box(qtbot: QtBot) -> TaskBox:
    made = TaskBox()
    made.set_around(Around(usable_cpus=2, files=2))
    qtbot.addWidget(made)
    return made


def _choose(box: TaskBox, task: Task) -> None:
    box.picker.setCurrentIndex(list(Task).index(task))


def _plan(load: Load) -> RunPlan:
    return plan_for(ChosenFile(Path("/m/a.onnx"), runtime="onnxruntime"), Choices(load=load))


def _note(box: TaskBox, name: str) -> str:
    row = box.rows[name]
    assert row.note.isHidden() == (not row.note.text())
    return row.note.text()


def test_the_first_question_is_one_answer(box: TaskBox) -> None:
    plan = _plan(box.load)
    assert plan == RunPlan("/m/a.onnx", "onnxruntime")
    assert plan.scenario == SingleStream()


def test_rising_load_goes_to_twice_the_processors(box: TaskBox) -> None:
    _choose(box, Task.RISING_LOAD)
    assert box.fields.values.text() == "1, 2, 4"
    plan = _plan(box.load)
    assert plan.scenario == Concurrency()
    assert plan.sweep == Sweep(concurrency=(1, 2, 4))


def test_batches_are_swept_and_the_limit_marks_the_best(box: TaskBox) -> None:
    _choose(box, Task.MOST_PER_SECOND)
    box.fields.values.setText("2 8;32")
    box.fields.limit.most.setValue(12.5)
    plan = _plan(box.load)
    assert plan.scenario == Offline()
    assert (plan.batch, plan.sweep) == (2, Sweep(batch=(2, 8, 32)))
    assert plan.limits == {"p99": 12.5e6}


def test_a_list_of_one_is_no_sweep() -> None:
    assert _plan(Load(Task.RISING_LOAD, (4,))).scenario == Concurrency(4)
    assert _plan(Load(Task.MOST_PER_SECOND, (4,))).batch == 4
    assert _plan(Load(Task.AT_RANDOM, rates=(5.0,))).scenario == Server(5.0)
    for load in (Load(Task.RISING_LOAD, (4,)), Load(Task.MOST_PER_SECOND, (4,)), Load(Task.AT_RANDOM)):
        assert _plan(load).sweep == Sweep()


def test_a_limit_may_be_on_another_percentile(box: TaskBox) -> None:
    limit = box.fields.limit
    assert not limit.quantity.isEnabled()
    limit.most.setValue(3)
    limit.quantity.setCurrentIndex(limit.quantity.findData("p90"))
    assert _plan(box.load).limits == {"p90": 3e6}
    assert _note(box, "limit") == "90 of 100 answers are to come within 3.00 ms."


def test_requests_at_random_come_at_rates_or_at_the_highest(box: TaskBox) -> None:
    _choose(box, Task.AT_RANDOM)
    box.fields.rates.setText("50, 99.5")
    plan = _plan(box.load)
    assert (plan.scenario, plan.sweep) == (Server(50.0), Sweep(rate_per_s=(50.0, 99.5)))
    box.fields.highest.setChecked(True)
    assert box.trouble == "limit"
    assert _note(box, "limit")
    assert not box.form.isRowVisible(box.rows["rates"])
    box.fields.limit.most.setValue(10)
    assert not box.trouble
    plan = _plan(box.load)
    assert (plan.scenario, plan.sweep, plan.limits) == (Server(None), Sweep(), {"p99": 1e7})


def test_a_search_takes_no_processes_beside_its_own() -> None:
    file = ChosenFile(Path("/m/a.onnx"), runtime="onnxruntime")
    load = Load(Task.AT_RANDOM, highest=True, limit_ms=5.0)
    assert plan_for(file, Choices(load=load, replicates=4)).replicates == 0
    assert plan_for(file, Choices(replicates=4)).replicates == 4


def test_queries_and_processes(box: TaskBox) -> None:
    _choose(box, Task.QUERY)
    box.fields.samples.setValue(16)
    assert _plan(box.load).scenario == MultiStream(16)
    _choose(box, Task.PROCESSES)
    assert _plan(box.load).world_size == 2


def test_as_many_processes_as_cards_are_suggested(box: TaskBox) -> None:
    _choose(box, Task.PROCESSES)
    box.set_around(Around(usable_cpus=2, cards=4))
    assert box.load.processes == 4
    assert not _note(box, "processes")
    box.fields.processes.setValue(5)
    assert "4" in _note(box, "processes")


def test_only_the_fields_of_the_question_are_there(box: TaskBox) -> None:
    wanted = {
        Task.ONE_ANSWER: {"limit"},
        Task.RISING_LOAD: {"values", "limit"},
        Task.MOST_PER_SECOND: {"values", "limit"},
        Task.AT_RANDOM: {"highest", "rates", "limit"},
        Task.QUERY: {"samples", "limit"},
        Task.PROCESSES: {"processes", "limit"},
        Task.TOGETHER: set(),
    }
    for task, names in wanted.items():
        _choose(box, task)
        assert {name for name, row in box.rows.items() if box.form.isRowVisible(row)} == names


@pytest.mark.parametrize("text", ["", "1, two", "0, 1", "-3", "1.5", "9" * 40, "1025", "²"])
def test_a_list_that_is_none_is_said_beside_it(box: TaskBox, qtbot: QtBot, text: str) -> None:
    _choose(box, Task.RISING_LOAD)
    box.fields.values.selectAll()
    qtbot.keyClicks(box.fields.values, text or "\b")
    box.fields.values.setText(text)
    box.fields.changed.emit()
    assert box.trouble == "values"
    assert _note(box, "values")
    assert box.fields.values.accessibleDescription() == _note(box, "values")


def test_a_list_that_was_typed_stays_when_the_machine_is_known(box: TaskBox, qtbot: QtBot) -> None:
    _choose(box, Task.RISING_LOAD)
    box.fields.values.selectAll()
    qtbot.keyClicks(box.fields.values, "3,5")
    box.set_around(Around(usable_cpus=64))
    assert box.load.values == (3, 5)


def test_models_together_need_two_files(box: TaskBox) -> None:
    _choose(box, Task.TOGETHER)
    assert not box.trouble
    box.set_around(Around(usable_cpus=2, files=1))
    assert box.trouble == "together"
    assert box.picker_note.note.text()


def test_a_query_that_fills_no_whole_batches_is_told(box: TaskBox) -> None:
    _choose(box, Task.QUERY)
    box.set_around(Around(usable_cpus=2, batch=3))
    assert _note(box, "samples") == "In batches of 3 a query becomes 9 samples."
    box.set_around(Around(usable_cpus=2, batch=4))
    assert not _note(box, "samples")


def test_every_question_says_its_answer_and_its_time(box: TaskBox) -> None:
    box.set_pace(Pace(Preset.QUICK))
    lines = [str(box.picker.itemData(at, LINE)) for at in range(box.picker.count())]
    assert lines[0] == "typical wait (P50)  ·  3 to 10 s"
    assert lines[1] == "wait and throughput, and the knee  ·  9 to 30 s"
    assert all(line.count("·") == 1 for line in lines)
    assert box.time.text().startswith("3 to 10 s for each file")


def test_numbers_and_rates_are_read_as_people_list_them() -> None:
    assert loads.numbers("1, 2,2 ,4") == (1, 2, 4)
    assert loads.numbers("1，16、32") == (1, 16, 32)
    assert loads.rates("0.5; 20") == (0.5, 20.0)
    assert [loads.rates(text) for text in ("", "0", "1e3", "-1", "nan", "a")] == [None] * 6
    assert loads.rising_to(6) == (1, 2, 4, 8)


def test_models_together_have_each_other_as_companions() -> None:
    plans = [RunPlan(f"/m/{name}.onnx", "onnxruntime") for name in "abc"]
    first, *_ = loads.together(plans)
    assert first.companions == (Companion("/m/b.onnx", "onnxruntime"), Companion("/m/c.onnx", "onnxruntime"))
    assert loads.together(plans[:1])[0].companions == ()


def _described(*shape: int | str, given: tuple[int, ...] | None = None) -> RunPlan:
    path = Path("/m/a.onnx")
    file = ChosenFile(path, runtime="onnxruntime", description=description(Tensor("x", "float32", shape)))
    load = Load(Task.MOST_PER_SECOND, (1, 4))
    return plan_for(file, Choices(load=load, shapes={(path, "x"): given} if given else {}))


def test_a_list_of_batches_that_the_file_does_not_take_is_refused_before_it_starts() -> None:
    assert _described("batch", 8).sweep.batch == (1, 4)
    with pytest.raises(KnownError) as fixed:
        _described(1, 8)
    info = fixed.value.info
    assert (info.kind, info.parameters["what"]) == (ErrorKind.SHAPE_MISMATCH, "fixed_batch")


def test_a_list_of_batches_beside_whole_shapes_is_refused() -> None:
    with pytest.raises(KnownError) as hidden:
        _described("batch", 8, given=(2, 8))
    assert hidden.value.info.parameters["what"] == "given_whole"

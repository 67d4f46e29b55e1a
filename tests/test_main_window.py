"""The window as a whole: from a file to a result, trust, stopping, closing, and what could not be saved."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.page_maker import HISTORY, LIVE, MACHINE, RESULTS, RUN, START
from gui.status_line import StatusLine
from hardware.machine import Cpu, Gpu, Machine
from profiler.errors import ErrorKind, KnownError
from profiler.messages import Runtime, Surveyed
from profiler.plan import Preset, RunPlan
from profiler.result import Reason, Status
from tests import builders
from tests.fakes import FakeDialogs
from tests.windows import World, ended, shown, started, window_over

ONNX, TORCH = RunPlan("/m/net.onnx", "onnxruntime"), RunPlan("/m/net.pt", "torchscript")


def test_it_opens_on_the_start_page_at_its_usual_size(window: MainWindow) -> None:
    assert window.current == START
    assert (window.width(), window.height()) == (1180, 760)
    assert (window.minimumWidth(), window.minimumHeight()) == (1000, 640)


def test_every_page_fits_the_smallest_window(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1000, 640)
    window.look_around()
    qtbot.waitUntil(lambda: window.around.machine is not None)
    for position in range(8):
        window.show_page(position)
        assert window.current == position
        assert (window.width(), window.height()) == (1000, 640)


@pytest.mark.parametrize("position", range(8))
def test_pages_are_reached_by_rail_and_by_key(window: MainWindow, qtbot: QtBot, position: int) -> None:
    window.rail.buttons[position].click()
    assert window.current == position
    window.show_page(START)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key(Qt.Key.Key_1.value + position), Qt.KeyboardModifier.ControlModifier)
    assert window.current == position
    assert window.rail.buttons[position].isChecked()


def test_files_go_to_the_run_page_with_the_chosen_preset(window: MainWindow) -> None:
    window.page(START).choices[2].click()
    window.open_files(["/m/net.onnx"])
    assert window.current == RUN
    assert window.page(RUN).form.choices.preset is Preset.RIGOROUS
    assert window.settings.folder == "/m"


def test_the_chooser_begins_in_the_last_folder(window: MainWindow, dialogs: FakeDialogs) -> None:
    window.settings.folder = "/models"
    dialogs.models = ["/models/a.onnx"]
    window.choose_files()
    assert dialogs.asked == [("models", "/models")]
    assert window.current == RUN


def test_a_result_that_could_not_be_saved_stays_and_can_be_saved_again(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    started(window, world, qtbot, ONNX)
    world.store.refuses = KnownError(ErrorKind.DISK_FULL, file="run.json")
    world.runs[0].end(ended(saved=False))
    qtbot.waitUntil(lambda: window.current == RESULTS)
    banner = window.page(RESULTS).banner
    assert banner.isVisible()
    with qtbot.waitSignal(window.keeper.unsaved_changed) as still:
        banner.retry.click()
    assert still.args[0].kind == ErrorKind.DISK_FULL
    world.store.refuses = None
    banner.retry.click()
    qtbot.waitUntil(lambda: not banner.isVisible())
    assert list(world.store.kept) == ["20260102T030405-0001"]
    assert window.keeper.unsaved == []


def test_closing_asks_before_a_result_that_is_only_in_memory_is_lost(
    window: MainWindow, world: World, dialogs: FakeDialogs, qtbot: QtBot
) -> None:
    started(window, world, qtbot, ONNX)
    world.runs[0].end(ended(saved=False))
    qtbot.waitUntil(lambda: window.current == RESULTS)
    dialogs.loses = False
    assert not window.close()
    assert dialogs.asked[-1] == ("lose", 1)
    assert window.isVisible()


@pytest.mark.parametrize(
    ("button", "written"),
    [
        ("export", ("json", "20260102T030405-0001", "out.json")),
        ("report", ("report", "20260102T030405-0001", "out.json", 1252, "en")),
    ],
)
def test_a_result_is_written_where_the_user_says(
    window: MainWindow,
    world: World,
    dialogs: FakeDialogs,
    qtbot: QtBot,
    button: str,
    written: tuple[object, ...],
) -> None:
    window.show_loaded((builders.result(), builders.samples()))
    dialogs.save = "/out/out.json"
    getattr(window.page(RESULTS).view, button).click()
    qtbot.waitUntil(lambda: bool(world.written))
    assert world.written == [written]


def test_nothing_is_written_where_the_user_thinks_better_of_it(
    window: MainWindow, world: World, dialogs: FakeDialogs
) -> None:
    window.show_loaded((builders.result(), builders.samples()))
    window.page(RESULTS).view.export.click()
    assert dialogs.asked[-1] == ("save", "resnet50.json")
    assert not window.jobs.is_busy
    assert world.written == []


def test_a_full_disk_at_export_is_one_sentence(
    window: MainWindow, world: World, dialogs: FakeDialogs, qtbot: QtBot
) -> None:
    window.show_loaded((builders.result(), builders.samples()))
    dialogs.save, world.write_error = "/out/out.json", OSError(28, "No space left on device")
    window.page(RESULTS).view.export.click()
    qtbot.waitUntil(lambda: bool(dialogs.sentences))
    assert "full" in dialogs.sentences[0].lower()


def test_run_again_runs_the_same_plan(window: MainWindow, world: World, qtbot: QtBot) -> None:
    started(window, world, qtbot, ONNX)
    world.runs[0].end(ended())
    qtbot.waitUntil(lambda: window.current == RESULTS)
    window.page(RESULTS).view.again.click()
    qtbot.waitUntil(lambda: len(world.runs) == 2)
    assert world.runs[1].plan == ONNX


def test_run_again_after_stopping_takes_the_run_that_was_stopped(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    started(window, world, qtbot, ONNX, RunPlan("/m/dropped.onnx", "onnxruntime"))
    window.page(LIVE).stop.click()
    stopped = ended(status=Status.STOPPED)
    world.runs[0].end(stopped)
    qtbot.waitUntil(lambda: window.current == RESULTS)
    assert window.keeper.plan_of(stopped.result) == ONNX


def test_run_again_of_an_old_run_asks_where_the_file_is(window: MainWindow, dialogs: FakeDialogs) -> None:
    window.show_loaded((builders.result(), builders.samples()))
    window.page(RESULTS).view.again.click()
    assert dialogs.asked[-1][0] == "models"


def test_a_run_of_the_history_opens(window: MainWindow, world: World, qtbot: QtBot) -> None:
    world.store.save(builders.result(), builders.samples())
    window.open_run("20260102T030405-0001")
    qtbot.waitUntil(lambda: window.current == RESULTS)
    assert shown(window).id == "20260102T030405-0001"


def test_a_run_that_is_gone_is_one_sentence(window: MainWindow, dialogs: FakeDialogs, qtbot: QtBot) -> None:
    window.open_run("20260102T030405-9999")
    qtbot.waitUntil(lambda: bool(dialogs.sentences))
    assert window.current == START


# around ----------------------------------------------------------------------------------------------


def test_after_the_first_paint_the_window_looks_around(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    world.store.save(builders.result(), builders.samples())
    window.look_around()
    qtbot.waitUntil(lambda: window.around.machine is not None and window.around.runtimes is not None)
    assert "Example CPU" in window.status_line.machine.accessibleName()
    assert "ONNX Runtime 1.29.0" in window.status_line.runtimes.accessibleName()
    qtbot.waitUntil(window.page(START).recent.buttons[0].isVisible)


def test_machine_and_history_appear_when_they_are_known(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page(MACHINE)
    assert window.page(MACHINE).content is None
    window.show_page(HISTORY)
    qtbot.waitUntil(lambda: window.page(HISTORY).content is not None)
    window.look_around()
    qtbot.waitUntil(lambda: window.page(MACHINE).content is not None)


def test_the_demo_measures_both_samples(
    window: MainWindow, world: World, dialogs: FakeDialogs, qtbot: QtBot
) -> None:
    dialogs.trusts = True
    window.page(START).demo.click()
    qtbot.waitUntil(lambda: bool(world.runs))
    assert [(run.name, run.plan.preset) for run in window.desk.queue] == [
        ("digits.onnx", Preset.QUICK),
        ("digits.pt", Preset.QUICK),
    ]


def test_f6_goes_round_the_parts_of_the_window(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    seen = []
    for _ in range(4):
        qtbot.keyClick(window, Qt.Key.Key_F6)
        focus = window.focusWidget()
        parts = (window.rail, window.page(START), window.top_bar)
        seen.append([part.isAncestorOf(focus) for part in parts].index(True))
    assert seen in ([2, 0, 1, 2], [0, 1, 2, 0])


# the end ---------------------------------------------------------------------------------------------


def test_closing_while_a_run_goes_on_asks_and_may_be_refused(
    window: MainWindow, world: World, dialogs: FakeDialogs, qtbot: QtBot
) -> None:
    started(window, world, qtbot, ONNX)
    assert not window.close()
    assert dialogs.asked == [("close",)]
    assert not world.runs[0].is_cancelled
    assert window.isVisible()


def test_closing_stops_the_run_and_waits_for_its_last_word(
    window: MainWindow, world: World, dialogs: FakeDialogs, qtbot: QtBot
) -> None:
    dialogs.closes = True
    started(window, world, qtbot, ONNX)
    assert not window.close()
    assert world.runs[0].is_cancelled
    assert window.isVisible()
    world.runs[0].end(ended(status=Status.STOPPED))
    qtbot.waitUntil(lambda: not window.isVisible())


def test_whoever_stays_for_an_unsaved_result_is_not_thrown_out_later(
    window: MainWindow, world: World, dialogs: FakeDialogs, qtbot: QtBot
) -> None:
    dialogs.closes, dialogs.loses = True, False
    started(window, world, qtbot, ONNX)
    window.close()
    world.runs[0].end(ended(status=Status.STOPPED, saved=False))
    qtbot.waitUntil(lambda: ("lose", 1) in dialogs.asked)
    window.keeper.unsaved.clear()
    window.desk.start([ONNX])
    qtbot.waitUntil(lambda: len(world.runs) == 2)
    assert not window.close()
    assert dialogs.asked.count(("close",)) == 2
    dialogs.closes = False
    world.runs[1].end(ended("20260102T030406-0002"))
    qtbot.waitUntil(lambda: not window.isVisible())


def test_a_run_that_never_ends_does_not_keep_the_window(
    window: MainWindow, world: World, dialogs: FakeDialogs, qtbot: QtBot
) -> None:
    dialogs.closes = True
    started(window, world, qtbot, ONNX)
    window.close()
    window.closing.force()
    assert not window.isVisible()


def test_the_size_is_there_again(window: MainWindow, world: World, dialogs: FakeDialogs) -> None:
    window.resize(1000, 690)
    window.close()
    with window_over(World(), dialogs) as again:
        assert (again.width(), again.height()) == (1000, 690)


@pytest.mark.parametrize(("gpus", "is_missed"), [((), False), ((Gpu(index=0, name="T4"),), True)])
def test_a_runtime_that_nothing_here_could_use_is_not_missed(
    qtbot: QtBot, gpus: tuple[Gpu, ...], is_missed: bool
) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    line.show_machine(Machine(cpu=Cpu(name="Example CPU"), gpus=gpus))
    missing = Reason("runtime_missing", {"runtime": "tensorrt"})
    line.show_runtimes(
        Surveyed((Runtime("tensorrt", None, (), missing), Runtime("litert", None, (), missing)))
    )
    assert ("TensorRT" in line.runtimes.accessibleName()) is is_missed
    assert "LiteRT is missing" in line.runtimes.accessibleName()

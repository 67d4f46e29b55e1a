"""The Python of the runtime on the run page: asked off the window's thread, and in no plan until it fits."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.page_maker import RUN
from gui.pages.run import RunPage
from gui.services import Services
from profiler.errors import ErrorKind, KnownError
from profiler.messages import Runtime, Surveyed
from profiler.other_python import OtherPython
from profiler.plan import RunPlan
from tests.fakes import FakeDialogs
from tests.windows import World, adding, run_page_over

THERE = "/env/bin/python"


class Pythons:
    """Interpreters by their paths; a path that is not known cannot be used. `asked` in order."""

    def __init__(self) -> None:
        self.known = {THERE: OtherPython(THERE, "3.9.18", "2.0.2", "0.20.0", ("onnxruntime", "openvino"))}
        self.asked: list[str] = []
        self.may_answer = threading.Event()
        self.may_answer.set()

    def ask(self, path: str) -> OtherPython:
        self.asked.append(path)
        assert self.may_answer.wait(10)
        if path not in self.known:
            raise KnownError(ErrorKind.PYTHON_UNUSABLE, python=path, what="python_missing")
        return self.known[path]

    def survey(self, path: str) -> Surveyed:
        assert path in self.known
        return Surveyed((Runtime("onnxruntime", "1.19.2", ("cpu", "cuda:1")),))

    def behind(self, services: Services) -> Services:
        return dataclasses.replace(services, ask_python=self.ask, survey_in=self.survey)


@pytest.fixture
def pythons() -> Iterator[Pythons]:
    made = Pythons()
    yield made
    made.may_answer.set()


@pytest.fixture
def page(qtbot: QtBot, world: World, pythons: Pythons) -> Iterator[RunPage]:
    with run_page_over(pythons.behind(world.services())) as made:
        yield made
        pythons.may_answer.set()


@pytest.fixture
def add(page: RunPage, qtbot: QtBot) -> Callable[..., None]:
    return adding(page, qtbot)


@pytest.fixture
def name(page: RunPage, qtbot: QtBot) -> Callable[[str], None]:
    """Settle on a path and wait for the answer."""

    def settle(path: str) -> None:
        page.set_python(path)
        qtbot.waitUntil(lambda: page.python.runtimes is not None or page.form.python.has_problem)

    return settle


def _only(page: RunPage) -> RunPlan:
    assert len(page.plans) == 1
    return page.plans[0]


def test_the_programs_own_measures_until_another_is_named(
    page: RunPage, add: Callable[..., None], pythons: Pythons
) -> None:
    add("/m/net.onnx")
    assert _only(page).python == ""
    assert page.form.python.edit.placeholderText() == "this program's own"
    assert pythons.asked == []


def test_one_that_fits_goes_into_the_plan_and_says_what_it_is(
    page: RunPage, add: Callable[..., None], name: Callable[[str], None]
) -> None:
    add("/m/net.onnx")
    name(THERE)
    assert _only(page).python == THERE
    assert _only(page).runtime == "onnxruntime"
    note = page.form.python.note
    assert note.text() == "Python 3.9.18 with numpy 2.0.2; runtimes there: ONNX Runtime, OpenVINO."
    assert page.form.python.edit.accessibleDescription() == note.text()


def test_devices_are_those_of_the_other_python(
    page: RunPage, add: Callable[..., None], name: Callable[[str], None]
) -> None:
    add("/m/net.onnx")
    name(THERE)
    assert [page.form.device.itemData(at) for at in range(page.form.device.count())] == ["cpu", "cuda:1"]


def test_one_that_does_not_fit_keeps_from_starting_and_says_why_beside_its_field(
    page: RunPage, add: Callable[..., None], name: Callable[[str], None]
) -> None:
    add("/m/net.onnx")
    name("/nothing")
    assert page.plans == []
    assert not page.start.isEnabled()
    assert page.form.python.note.isVisible()
    assert page.form.python.note.text().startswith("There is no program /nothing:")
    assert page.ready.text() == "Nothing can be measured yet; the reason stands at the Python."
    assert page.hint.text() == page.form.python.note.text()


def test_nothing_starts_before_the_answer(
    page: RunPage, add: Callable[..., None], pythons: Pythons, qtbot: QtBot
) -> None:
    add("/m/net.onnx")
    pythons.may_answer.clear()
    page.set_python(THERE)
    assert not page.start.isEnabled()
    assert page.form.python.note.text() == "Asking this Python…"
    pythons.may_answer.set()
    qtbot.waitUntil(page.start.isEnabled)


def test_an_emptied_field_is_the_programs_own_again(
    page: RunPage, add: Callable[..., None], name: Callable[[str], None]
) -> None:
    add("/m/net.onnx")
    name("/nothing")
    page.form.python.edit.setText("  ")
    page.form.python.edit.editingFinished.emit()
    assert _only(page).python == ""
    assert not page.form.python.note.isVisible()


def test_the_answer_of_a_path_that_was_given_up_is_not_taken(
    page: RunPage, pythons: Pythons, qtbot: QtBot
) -> None:
    pythons.may_answer.clear()
    page.set_python("/nothing")
    page.set_python(THERE)
    pythons.may_answer.set()
    qtbot.waitUntil(lambda: page.python.runtimes is not None)
    assert not page.form.python.has_problem
    assert set(pythons.asked) == {"/nothing", THERE}


def test_one_that_was_refused_can_be_asked_again(
    page: RunPage, name: Callable[[str], None], pythons: Pythons, qtbot: QtBot
) -> None:
    name("/late")
    pythons.known["/late"] = msgspec.structs.replace(pythons.known[THERE], path="/late")
    page.form.python.edit.editingFinished.emit()
    qtbot.waitUntil(lambda: page.python.found is not None)
    assert not page.form.python.has_problem


def test_a_runtime_that_is_missing_here_may_be_there(
    page: RunPage, add: Callable[..., None], name: Callable[[str], None]
) -> None:
    def missing(form: object) -> str:
        raise KnownError(ErrorKind.RUNTIME_MISSING, runtime="x", title="X", command="pip install x")

    page._services = dataclasses.replace(page._services, default_runtime=missing)
    add("/m/net.onnx")
    assert page.plans == []
    assert "pip install x" in page.list.rows[0].sentence.text()
    name(THERE)
    assert _only(page).runtime == "onnxruntime"
    assert not page.list.rows[0].sentence.isVisible()


def test_a_runtime_that_is_missing_there_is_said_at_the_file(
    page: RunPage, add: Callable[..., None], name: Callable[[str], None]
) -> None:
    add("/m/net.pt")
    name(THERE)
    assert page.plans == []
    assert f"{THERE} -m pip install torch" in page.list.rows[0].sentence.text()


def test_the_window_remembers_the_python_that_was_chosen(
    window: MainWindow, dialogs: FakeDialogs, tmp_path: Path, qtbot: QtBot
) -> None:
    dialogs.python = str(tmp_path / "absent")
    page = window.page(RUN)
    page.form.python.choose.click()
    assert window.settings.python == dialogs.python
    qtbot.waitUntil(lambda: page.form.python.has_problem)
    dialogs.python = ""
    page.form.python.choose.click()
    assert page.form.python.path == window.settings.python != ""

"""What is asked about the answers on the run page, and what it puts into the plans."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from gui import asked_checks, remembered
from gui.asked_checks import NOTHING, AskedChecks
from gui.background import Jobs
from gui.checks_box import REFERENCE
from gui.dataset_field import FOLDER
from gui.main_window import MainWindow
from gui.pages.run import RunPage
from gui.tolerance_table import ROWS, ToleranceModel
from gui.turns import Turns
from profiler.checks_plan import Preprocessing, Tolerance
from profiler.correctness import preprocessing, tolerances
from profiler.errors import ErrorKind, KnownError
from profiler.plan import RunPlan
from tests.fakes import FakeDialogs
from tests.windows import World, adding, freed, run_page_over

A, B = "/m/a.onnx", "/m/b.onnx"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def page(world: World, qtbot: QtBot) -> Iterator[RunPage]:
    with run_page_over(world.services()) as made:
        yield made


@pytest.fixture
def add(page: RunPage, qtbot: QtBot) -> Callable[..., None]:
    return adding(page, qtbot)


@pytest.fixture
def npz(tmp_path: Path) -> str:
    np.savez(tmp_path / "seen.npz", x=np.zeros((4, 2), np.float32), y=np.arange(4))
    return str(tmp_path / "seen.npz")


def test_one_file_alone_has_no_reference_but_is_given_the_same_input_again(
    page: RunPage, add: Callable[..., None]
) -> None:
    add(A)
    (plan,) = page.plans
    assert plan.checks.reference is None
    assert plan.checks.repeats == 10
    assert page.form.checks.summary.text() == "same input, same answer"


def test_the_first_of_several_files_is_the_reference_of_all(page: RunPage, add: Callable[..., None]) -> None:
    add(A, B)
    references = [plan.checks.reference for plan in page.plans]
    assert [one.model_path for one in references if one is not None] == [A, A]
    assert page.form.checks.summary.text().startswith("compared with a.onnx")


def test_another_listed_file_or_none_can_be_the_reference(page: RunPage, add: Callable[..., None]) -> None:
    add(A, B)
    box = page.form.checks
    box.set_reference(B)
    assert {plan.checks.reference.model_path for plan in page.plans if plan.checks.reference} == {B}
    box.reference.setCurrentIndex(box.reference.findData(NOTHING))
    box.reference.activated.emit(box.reference.currentIndex())
    assert [plan.checks.reference for plan in page.plans] == [None, None]
    assert not box.strictness.isEnabled()


def test_a_reference_that_is_removed_gives_way_to_the_first(page: RunPage, add: Callable[..., None]) -> None:
    add(A, B, "/m/c.onnx")
    page.form.checks.set_reference(B)
    page.remove_file(page.files[1])
    assert {plan.checks.reference.model_path for plan in page.plans if plan.checks.reference} == {A}


def test_a_file_that_is_not_measured_can_be_the_reference(
    page: RunPage, add: Callable[..., None], qtbot: QtBot
) -> None:
    add(A)
    page.checks.take(REFERENCE, "/m/original.pt")
    qtbot.waitUntil(lambda: page.plans[0].checks.reference is not None)
    reference = page.plans[0].checks.reference
    assert reference is not None
    assert (reference.model_path, reference.runtime) == ("/m/original.pt", "torchscript")


def test_a_reference_that_is_no_model_is_one_sentence_and_changes_nothing(
    page: RunPage, add: Callable[..., None], qtbot: QtBot
) -> None:
    add(A, B)
    with qtbot.waitSignal(page.checks.failed) as failed:
        page.checks.take(REFERENCE, "/m/readme.txt")
    assert failed.args[0].kind == ErrorKind.FORMAT_NOT_A_MODEL
    assert {plan.checks.reference.model_path for plan in page.plans if plan.checks.reference} == {A}


def test_labelled_data_and_all_that_belongs_to_it_reach_the_plan(
    page: RunPage, add: Callable[..., None], tmp_path: Path
) -> None:
    add(A)
    box = page.form.checks
    page.checks.take(FOLDER, str(tmp_path))
    box.dataset.set_labels("/d/labels.csv")
    box.preprocessing.preset.setCurrentIndex(box.preprocessing.preset.findData("imagenet"))
    box.limit.setValue(500)
    box.expected.setValue(97.5)
    box.own_metric.setText("mine:f1")
    box.own_metric.textEdited.emit("mine:f1")
    checks = page.plans[0].checks
    assert checks.dataset is not None
    assert (checks.dataset.path, checks.dataset.labels) == (str(tmp_path), "/d/labels.csv")
    assert checks.dataset.preprocessing == preprocessing.PRESETS["imagenet"]
    assert checks.dataset.limit == 500
    assert (checks.expected_accuracy, checks.metric) == (0.975, "mine:f1")
    assert Path(checks.metric_folder) == Path.cwd()


def test_without_labelled_data_its_fields_are_out_of_the_way(
    page: RunPage, add: Callable[..., None], npz: str
) -> None:
    add(A)
    box = page.form.checks
    box.fold.click()
    assert box.preprocessing.isHidden()
    box.expected.setValue(90)
    assert page.plans[0].checks.expected_accuracy is None
    box.dataset.set_path(npz)
    assert not box.preprocessing.isHidden()
    assert box.dataset.labels_row.isHidden()
    box.dataset.clear.click()
    assert page.plans[0].checks.dataset is None


def test_own_steps_begin_as_the_preset_and_are_checked_as_on_the_command_line(
    page: RunPage, add: Callable[..., None], npz: str
) -> None:
    add(A)
    box, field = page.form.checks, page.form.checks.preprocessing
    box.dataset.set_path(npz)
    field.preset.setCurrentIndex(field.preset.findData("imagenet"))
    field.preset.setCurrentIndex(field.preset.findData("own"))
    assert (field.resize_to.value(), field.crop.value()) == (256, 224)
    assert field.mean.text() == "0.485, 0.456, 0.406"
    field.resize_to.setValue(300)
    dataset = page.plans[0].checks.dataset
    assert dataset is not None
    assert dataset.preprocessing == Preprocessing(
        "", 300, 224, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)
    )
    field.std.setText("0.2, 0")
    field.std.textEdited.emit("0.2, 0")
    assert page.plans == []
    assert page.hint.text() == "Cannot be read: std=0.2/0"
    assert page.ready.text().endswith("the reason stands at the answers.")


def test_a_metric_without_a_function_is_said_at_its_field(
    page: RunPage, add: Callable[..., None], npz: str
) -> None:
    add(A)
    box = page.form.checks
    box.dataset.set_path(npz)
    for text in ("mine.py:f1", "mine"):
        box.own_metric.setText(text)
        box.own_metric.textEdited.emit(text)
        assert page.plans == []
    assert not box.noted_metric.note.isHidden()
    assert box.fold.isChecked()


def test_data_without_labels_is_said_at_its_field_and_nothing_starts(
    page: RunPage, add: Callable[..., None], world: World, npz: str, qtbot: QtBot
) -> None:
    world.dataset_error = KnownError(ErrorKind.FILE_MISSING, file="seen.npz")
    add(A)
    page.form.checks.dataset.set_path(npz)
    qtbot.waitUntil(lambda: not page.plans)
    assert "seen.npz" in page.form.checks.dataset.note.text()
    assert "seen.npz" in page.hint.text()
    page.form.checks.dataset.clear.click()
    assert len(page.plans) == 1


def test_beside_a_bundled_sample_its_pictures_are_offered(page: RunPage, add: Callable[..., None]) -> None:
    folder = Path(str(resources.files("resources").joinpath("samples")))
    add(A)
    assert page.form.checks.dataset.sample.isHidden()
    add(str(folder / "digits.onnx"))
    assert not page.form.checks.dataset.sample.isHidden()
    page.form.checks.dataset.sample.click()
    dataset = page.plans[0].checks.dataset
    assert dataset is not None
    assert Path(dataset.path) == folder / "digits_test.npz"
    assert Path(dataset.path).is_file()


def test_what_was_asked_about_a_model_is_there_again(world: World, npz: str, qtbot: QtBot) -> None:
    class Shelf:
        inputs = ""

    jobs, shelf = Jobs(), Shelf()
    page = RunPage(world.services(), jobs, Turns(jobs), shelf=shelf)
    adding(page, qtbot)(A)
    page.form.checks.dataset.set_path(npz)
    page.form.checks.repeats.setChecked(False)
    page.form.checks.tolerances.model.set_chosen({"fp32": Tolerance(min_cosine=0.9)})
    asked = page.form.checks.asked
    page.request_start()
    again = RunPage(world.services(), jobs, Turns(jobs), shelf=shelf)
    adding(again, qtbot)(A)
    assert again.form.checks.asked == asked
    assert again.plans[0].checks == page.plans[0].checks
    other = RunPage(world.services(), jobs, Turns(jobs), shelf=shelf)
    adding(other, qtbot)(B)
    assert other.form.checks.asked == AskedChecks()
    for one in (page, again, other):
        freed(one)
    jobs.close()


def test_what_was_kept_before_there_were_checks_can_still_be_read() -> None:
    class Shelf:
        inputs = '{"abc":{"sizes":{"n":"4"}}}'

    assert remembered.recall(Shelf(), "abc") == remembered.Given({"n": "4"})


# tolerances ------------------------------------------------------------------------------------------


@pytest.fixture
def model(qtbot: QtBot) -> ToleranceModel:
    made = ToleranceModel()
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return made


def _set(model: QAbstractItemModel, row: str, column: int, text: str) -> bool:
    return model.setData(model.index(ROWS.index(row), column), text, Qt.ItemDataRole.EditRole)


def test_tolerances_show_ours_and_keep_only_what_was_changed(model: ToleranceModel) -> None:
    cell = model.index(ROWS.index("fp32"), 1)
    assert model.data(cell) == f"{tolerances.OWN['fp32'].max_relative * 100:g} %"  # type: ignore[operator]
    assert _set(model, "fp32", 1, "2 %")
    assert model.chosen == {"fp32": Tolerance(max_relative=0.02)}
    assert model.data(cell) == "2 %"
    assert _set(model, "fp32", 1, "0.05")
    assert model.chosen == {}


@pytest.mark.parametrize(("column", "text"), [(1, "-1"), (1, "much"), (2, "1.5"), (4, "101"), (3, "nan")])
def test_a_tolerance_that_is_none_is_not_taken(model: ToleranceModel, column: int, text: str) -> None:
    assert not _set(model, "int8", column, text)
    assert model.chosen == {}


def test_reset_brings_ours_back_into_the_plans(page: RunPage, add: Callable[..., None]) -> None:
    add(A, B)
    dialog = page.form.checks.tolerances
    assert not dialog.reset.isEnabled()
    _set(dialog.model, "int8", 3, "30")
    assert page.plans[0].checks.tolerances == {"int8": Tolerance(min_snr_db=30.0)}
    dialog.reset.click()
    assert page.plans[0].checks.tolerances == {}


def test_a_reference_is_opened_as_it_is_measured() -> None:
    plan = RunPlan(A, "onnxruntime", device="cuda:0", precision="fp16", dimensions={"n": 4})
    found = asked_checks.reference_of(plan)
    assert (found.device, found.precision, found.dimensions) == ("cuda:0", "fp16", {"n": 4})


# a reference that may not be opened ------------------------------------------------------------------


def test_code_that_nobody_allowed_is_no_reference_either(
    world: World, window: MainWindow, dialogs: FakeDialogs, qtbot: QtBot
) -> None:
    code, first, second = (
        RunPlan(f"/m/{name}", runtime)
        for name, runtime in (("net.pt", "torchscript"), ("a.onnx", "onnxruntime"), ("b.onnx", "onnxruntime"))
    )
    window.desk.start(asked_checks.with_checks([code, first, second], AskedChecks()))
    qtbot.waitUntil(lambda: bool(world.runs))
    assert dialogs.asked[0][:2] == ("trust", "net.pt")
    references = [run.plan.checks.reference for run in window.desk.queue]
    assert [one.model_path for one in references if one is not None] == ["/m/a.onnx", "/m/a.onnx"]


def test_the_reference_that_is_not_measured_is_asked_about_too(
    world: World, window: MainWindow, dialogs: FakeDialogs, qtbot: QtBot
) -> None:
    dialogs.trusts = True
    asked = AskedChecks(reference="/m/net.pt")
    plans = asked_checks.with_checks([RunPlan(A, "onnxruntime")], asked, RunPlan("/m/net.pt", "torchscript"))
    window.desk.start(plans)
    qtbot.waitUntil(lambda: bool(world.runs))
    assert dialogs.asked[0][:2] == ("trust", "net.pt")
    assert [run.plan for run in window.desk.queue] == plans

"""Smaller variants from the run page: what is asked for, what may stand in the way, what comes of it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.page_maker import LIVE, RUN
from gui.variants_dialog import VariantsDialog
from profiler.errors import ErrorKind, KnownError
from profiler.messages import Variant, VariantsMade
from profiler.result import Reason
from tests.fakes import FakeDialogs
from tests.windows import World

NET = "/m/net.onnx"


@pytest.fixture
def dialog(window: MainWindow, dialogs: FakeDialogs, tmp_path: Path, qtbot: QtBot) -> VariantsDialog:
    """Open for one ONNX file, with a folder chosen, and not to start at once."""
    window.open_files([NET])
    page = window.page(RUN)
    qtbot.waitUntil(page.start.isEnabled)
    page.variants.click()
    made = window.errands._variants
    assert made is not None
    dialogs.source = str(tmp_path)
    made.choose.click()
    made.starts.setChecked(False)
    return made


def _paths(window: MainWindow) -> list[str]:
    return [file.path.name for file in window.page(RUN).files]


def test_only_files_that_have_such_tools_offer_variants(window: MainWindow, qtbot: QtBot) -> None:
    page = window.page(RUN)
    window.open_files(["/m/net.tflite"])
    qtbot.waitUntil(lambda: page.files[0].is_described)
    assert page.variants.isHidden()
    window.open_files([NET])
    qtbot.waitUntil(lambda: not page.variants.isHidden())


def test_what_the_format_offers_can_be_ticked(dialog: VariantsDialog) -> None:
    shown = [kind for kind, tick in dialog.ticks.items() if not tick.isHidden()]
    assert shown == ["fp16", "int8_dynamic", "int8_static"]
    assert dialog.make.isEnabled()
    for tick in dialog.ticks.values():
        tick.setChecked(False)
    assert not dialog.make.isEnabled()


def test_nothing_is_made_before_a_folder_was_chosen(window: MainWindow, dialog: VariantsDialog) -> None:
    dialog.folder.clear()
    assert not dialog.make.isEnabled()
    dialog.folder.setText("beside it")
    assert not dialog.make.isEnabled()


def test_variants_join_the_files_with_the_original_as_reference(
    window: MainWindow, world: World, dialog: VariantsDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog.ticks["int8_static"].setChecked(False)
    dialog.make.click()
    page = window.page(RUN)
    qtbot.waitUntil(lambda: len(page.plans) == 3)
    assert _paths(window) == ["net.onnx", "net.fp16.onnx", "net.int8_dynamic.onnx"]
    assert {plan.checks.reference.model_path for plan in page.plans if plan.checks.reference} == {NET}
    (wanted,) = world.wanted
    assert (wanted.kinds, wanted.folder, wanted.calibration) == (("fp16", "int8_dynamic"), tmp_path, None)
    assert "net.fp16.onnx" in dialog.status.text()
    assert window.current == RUN


def test_they_can_be_measured_at_once_in_turns(
    window: MainWindow, world: World, dialog: VariantsDialog, qtbot: QtBot
) -> None:
    dialog.starts.setChecked(True)
    dialog.make.click()
    qtbot.waitUntil(lambda: window.current == LIVE and len(world.runs) == 4)
    assert [Path(run.plan.model_path).name for run in world.runs] == [
        "net.onnx",
        "net.fp16.onnx",
        "net.int8_dynamic.onnx",
        "net.int8_static.onnx",
    ]
    assert len({run.among.group for run in world.runs}) == 1
    assert not dialog.isVisible()


def test_labelled_data_of_the_page_calibrates(
    window: MainWindow, world: World, dialog: VariantsDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog.reject()
    page = window.page(RUN)
    page.form.checks.dataset.set_path(str(tmp_path))
    picker = page.form.checks.preprocessing.preset
    picker.setCurrentIndex(picker.findData("imagenet"))
    page.variants.click()
    dialog.make.click()
    qtbot.waitUntil(lambda: bool(world.wanted))
    calibration = world.wanted[0].calibration
    assert calibration is not None
    assert (calibration.path, calibration.preprocessing.preset) == (str(tmp_path), "imagenet")
    qtbot.waitUntil(lambda: len(page.files) == 4)


def test_a_kind_that_could_not_be_made_says_why_and_the_others_join(
    window: MainWindow, world: World, dialog: VariantsDialog, monkeypatch: Any, qtbot: QtBot
) -> None:
    made = VariantsMade(
        (
            Variant("fp16", "/v/net.fp16.onnx", 500),
            Variant("int8_dynamic", missing=Reason("variant_nothing_to_quantise")),
        ),
        "onnxruntime",
    )
    monkeypatch.setattr(world, "make_variants", lambda *_: made)
    object.__setattr__(window.services, "make_variants", world.make_variants)
    dialog.make.click()
    qtbot.waitUntil(lambda: _paths(window) == ["net.onnx", "net.fp16.onnx"])
    assert "nothing in the model that it could quantise" in dialog.status.text()
    assert dialog.isVisible()


def test_a_failure_is_one_sentence(
    window: MainWindow, world: World, dialog: VariantsDialog, qtbot: QtBot
) -> None:
    world.variant_errors = [KnownError(ErrorKind.DISK_FULL, file="v")]
    dialog.make.click()
    qtbot.waitUntil(lambda: dialog.status.text().startswith("! "))
    assert _paths(window) == ["net.onnx"]
    assert dialog.make.isEnabled()


def test_files_that_are_there_already_are_replaced_only_if_the_user_says_so(
    window: MainWindow, world: World, dialogs: FakeDialogs, dialog: VariantsDialog, qtbot: QtBot
) -> None:
    world.variant_errors = [KnownError(ErrorKind.VARIANT_EXISTS, file="net.fp16.onnx") for _ in range(2)]
    dialog.make.click()
    qtbot.waitUntil(lambda: dialog.status.text().startswith("! "))
    assert ("replace", "net.fp16.onnx") in dialogs.asked
    dialogs.replaces = True
    dialog.make.click()
    qtbot.waitUntil(lambda: len(_paths(window)) == 4)
    assert [wanted.overwrite for wanted in world.wanted] == [False, False, True]


def test_code_is_opened_only_after_trust(
    window: MainWindow, world: World, dialogs: FakeDialogs, dialog: VariantsDialog, qtbot: QtBot
) -> None:
    dialogs.trusts = True
    world.variant_errors = [KnownError(ErrorKind.TRUST_NEEDED, file="net.onnx", sha256="ab" * 32)]
    dialog.make.click()
    qtbot.waitUntil(lambda: len(_paths(window)) == 4)
    assert ("trust", "net.onnx", "ab" * 32) in dialogs.asked
    assert "ab" * 32 in world.trusted


def test_stop_ends_it_and_nothing_joins(
    window: MainWindow, world: World, dialog: VariantsDialog, qtbot: QtBot
) -> None:
    begun = threading.Event()

    def slow(wanted: Any, told: Any, stop_asked: Any) -> VariantsMade:
        told("fp16", 0, 3)
        begun.set()
        while not stop_asked():
            threading.Event().wait(0.01)
        raise KnownError(ErrorKind.CANCELLED)

    object.__setattr__(window.services, "make_variants", slow)
    dialog.make.click()
    qtbot.waitUntil(lambda: "fp16" in dialog.status.text())
    assert begun.is_set()
    assert not dialog.make.isEnabled()
    assert dialog.cancel.text() == "Stop"
    dialog.cancel.click()
    qtbot.waitUntil(lambda: dialog.status.text().startswith("Stopped"))
    assert _paths(window) == ["net.onnx"]

"""A window over stand-ins: files by name, runs that the test ends, answers that the test gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import msgspec
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.background import Jobs
from gui.main_window import MainWindow
from gui.page_maker import RESULTS
from gui.pages.run import RunPage
from gui.services import Among, Services
from gui.settings import Settings
from gui.turns import Turns
from gui.variants import Wanted
from hardware.machine import Cpu, Machine
from profiler.backends.catalog import FORMATS, Format
from profiler.checks_plan import Dataset
from profiler.comparison.records import Comparison
from profiler.errors import ErrorInfo, ErrorKind, KnownError
from profiler.messages import Description, Runtime, Surveyed, Variant, VariantsMade
from profiler.plan import RunPlan
from profiler.result import Flops, RunResult, Tensor
from profiler.runner import Ended
from profiler.variants import kinds
from tests import builders
from tests.fakes import FakeDialogs, FakeRun, FakeStore

DISK_FULL = ErrorInfo(ErrorKind.DISK_FULL.value, {"file": "run.json"})
IMAGE = Tensor("image", "float32", ("batch", 3, "height", "width"))


def description(*inputs: Tensor) -> Description:
    """A file with these inputs and nothing else to say."""
    return Description(
        inputs=inputs or (IMAGE,),
        outputs=(),
        parameters=1_000,
        weights_bytes=4_000,
        weights_by_dtype={"float32": 1_000},
        operators=(),
        flops=Flops(),
    )


def surveyed() -> Surveyed:
    return Surveyed(
        (Runtime("onnxruntime", "1.29.0", ("cpu", "cuda:0")), Runtime("torchscript", "2.10.0", ("cpu",)))
    )


class World:
    """What the window finds outside; attributes may be set before it looks."""

    def __init__(self) -> None:
        self.store = FakeStore()
        self.runs: list[FakeRun] = []
        self.trusted: set[str] = set()
        self.hashed: list[Path] = []
        self.described = description()
        self.written: list[tuple[object, ...]] = []
        self.documents: dict[str, list[Any]] = {}
        self.write_error: Exception | None = None
        self.dataset_error: Exception | None = None
        self.wanted: list[Wanted] = []
        self.variant_errors: list[Exception] = []
        self.stubborn = False

    def services(self) -> Services:
        return Services(
            recognise=self.recognise,
            default_runtime=lambda form: form.runtimes[0],
            installed_runtimes=lambda form: form.runtimes,
            describe=lambda path, name: self.described,
            describe_at=lambda path, name, batch, sizes: self.described,
            survey=surveyed,
            machine=lambda: Machine(
                cpu=Cpu(name="Example CPU", usable_cores=2), memory_total_bytes=16 * 10**9
            ),
            open_store=lambda: cast(Any, self.store),
            recover=lambda store: (),
            begin=self.begin,
            sha256=self.sha256,
            is_trusted=lambda sha256, tier: tier == 0 or sha256 in self.trusted,
            remember=self.trusted.add,
            write_json=self.write_json,
            write_report=self.write_report,
            runs_in=self.runs_in,
            write_comparison=self.write_comparison,
            write_text=lambda text, path: self.written.append(("text", text, path.name)),
            product_samples=lambda: [Path("digits.onnx"), Path("digits.pt")],
            make_variants=self.make_variants,
            check_dataset=self.check_dataset,
            preload=lambda: None,
            size_of=lambda path: 1_234_567,
        )

    def recognise(self, path: Path) -> Format:
        for form in FORMATS:
            if path.suffix in form.suffixes:
                return form
        raise KnownError(ErrorKind.FORMAT_NOT_A_MODEL, file=path.name, what="text")

    def sha256(self, path: Path) -> str:
        self.hashed.append(path)
        return f"{path.stem:0<64}"

    def begin(self, plan: RunPlan, store: Any, listen: Callable[[Any], None], among: Among) -> FakeRun:
        self.runs.append(FakeRun(plan, store, listen, self.stubborn, among))
        return self.runs[-1]

    def make_variants(self, wanted: Wanted, told: Any, stop_asked: Callable[[], bool]) -> VariantsMade:
        self.wanted.append(wanted)
        if self.variant_errors:
            raise self.variant_errors.pop(0)
        made = []
        for done, kind in enumerate(wanted.kinds):
            told(kind, done, len(wanted.kinds))
            file = str(wanted.folder / kinds.file_name(wanted.path, kind, wanted.format))
            made.append(Variant(kind, file, 1_000))
        return VariantsMade(tuple(made), "onnxruntime 1.29.0")

    def check_dataset(self, dataset: Dataset) -> None:
        if self.dataset_error is not None:
            raise self.dataset_error

    def write_json(self, result: RunResult, path: Path) -> None:
        if self.write_error is not None:
            raise self.write_error
        self.written.append(("json", result.id, path.name))

    def runs_in(self, path: Path, store: Any) -> tuple[list[Any], str]:
        found = self.documents.get(path.name, [])
        return list(found), "" if found else f"{path.name} is none."

    def write_comparison(self, runs: Any, comparison: Comparison, path: Path, language: str) -> None:
        accepted = tuple(one.aspect for one in comparison.differences if one.is_accepted)
        self.written.append(("comparison", accepted, path.name, language))

    def write_report(self, result: RunResult, samples: Any, path: Path, language: str) -> None:
        self.written.append(("report", result.id, path.name, len(samples), language))


@contextmanager
def window_over(world: World, dialogs: FakeDialogs) -> Iterator[MainWindow]:
    """A window that is shown, and closed and freed at the end whatever the test left undone."""
    window = MainWindow(world.services(), Settings(), cast(Any, dialogs))
    window.show()
    try:
        yield window
    finally:
        for run in world.runs:
            run.is_over = True
        window.desk.bridge.finish()
        window.keeper.unsaved.clear()
        window.close()
        freed(window)


@contextmanager
def run_page_over(services: Services, surveyed: Surveyed | None = None) -> Iterator[RunPage]:
    """A run page alone, that is shown, and closed and freed at the end."""
    jobs = Jobs()
    page = RunPage(services, jobs, Turns(jobs))
    if surveyed is not None:
        page.show_survey(surveyed)
    page.show()
    try:
        yield page
    finally:
        jobs.close()
        page.close()
        freed(page)


def adding(page: RunPage, qtbot: QtBot) -> Callable[..., None]:
    """What adds files to the page and waits until they are described."""

    def add_files(*paths: str) -> None:
        page.add_files(paths)
        qtbot.waitUntil(lambda: all(file.is_described for file in page.files))

    return add_files


def freed(widget: Any) -> None:
    """Deliver what Qt put off until an event loop that a test does not have."""
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    application = QApplication.instance()
    assert application is not None
    application.processEvents()


def ended(run_id: str = "20260102T030405-0001", saved: bool = True, **changes: object) -> Ended:
    """The end of a run that went well; `changes` replace fields of its result."""
    result = msgspec.structs.replace(builders.result(), id=run_id, **changes)
    return Ended(result, builders.samples(), saved, None if saved else DISK_FULL)


def started(window: MainWindow, world: World, qtbot: QtBot, *plans: RunPlan) -> None:
    """Start these plans and wait until the first goes on."""
    window.desk.start(plans)
    qtbot.waitUntil(lambda: bool(world.runs) and world.runs[0].is_started)


def shown(window: MainWindow) -> RunResult:
    """The result on the results page."""
    result: RunResult = window.page(RESULTS).view._result
    return result

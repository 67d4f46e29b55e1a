"""Everything outside the window that the window uses, as callables that tests replace."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from gui.variants import Wanted
    from hardware.machine import Machine
    from profiler.backends.catalog import Format
    from profiler.checks_plan import Dataset
    from profiler.comparison.records import Comparison
    from profiler.correctness.shelf import Shelf
    from profiler.errors import ErrorInfo
    from profiler.history_index import Row
    from profiler.messages import Description, Surveyed, VariantsMade
    from profiler.other_python import OtherPython
    from profiler.plan import RunPlan
    from profiler.result import RunResult
    from profiler.trust import Tier
    from profiler.wording import Language

    Samples = npt.NDArray[np.int64]
    Pair = tuple[RunResult, Samples | None]


class Compare(Protocol):
    """profiler.comparison.compare.compare."""

    def __call__(
        self,
        runs: Sequence[Pair],
        *,
        baseline: int = ...,
        accepted: Collection[str] = ...,
        limits: Mapping[str, float] | None = ...,
    ) -> Comparison: ...


class History(Protocol):
    """What the window asks of profiler.store.Store; each may raise KnownError."""

    problem: ErrorInfo | None

    def rows(self) -> list[Row]: ...
    def save(self, result: RunResult, samples: Samples | None) -> None: ...
    def load(self, run_id: str) -> RunResult: ...
    def samples(self, run_id: str) -> Samples | None: ...
    def delete(self, run_id: str) -> None: ...
    def undelete(self, run_id: str) -> None: ...


class Running(Protocol):
    """What the window asks of profiler.runner.Run."""

    def start(self) -> None: ...
    def cancel(self) -> None: ...
    def wait(self, timeout_s: float | None = None) -> bool: ...
    def samples_so_far(self, most: int = ...) -> Samples: ...


Listen = Callable[[Any], None]
Turn = Callable[[], AbstractContextManager[object]]


@dataclass(frozen=True)
class Among:
    """Where a run stands among those that it is compared with: `turn` is entered around each of its children;
    `group` is theirs in common, empty for a run alone; `shelf` keeps what they find out about one reference.
    """

    turn: Turn = nullcontext
    group: str = ""
    shelf: Shelf | None = None


# The real ones import what they need when they are called: most of it would delay the first paint.


def _recognise(path: Path) -> Format:
    from profiler.backends import catalog

    return catalog.recognise(path)


def _default_runtime(form: Format) -> str:
    from profiler.backends import catalog

    return catalog.default_runtime(form)


def _installed_runtimes(form: Format) -> tuple[str, ...]:
    from profiler.backends import catalog

    return tuple(name for name in form.runtimes if catalog.installed(name))


def _describe(path: Path, format_name: str) -> Description:
    from profiler import inspect_client

    return inspect_client.describe(path, format_name)


def _describe_at(path: Path, format_name: str, batch: int, dimensions: dict[str, int]) -> Description:
    from profiler import inspect_client

    return inspect_client.describe(path, format_name, batch, dimensions=dimensions)


def _survey() -> Surveyed:
    from profiler import survey_client

    return survey_client.survey()


def _ask_python(path: str) -> OtherPython:
    from profiler import other_python

    return other_python.probe(path)


def _survey_in(python: str) -> Surveyed:
    from profiler import survey_client

    return survey_client.survey(python=python)


def _machine() -> Machine:
    from hardware import probe

    return probe.probe_in_child()


def _open_store() -> History:
    from profiler import folders
    from profiler.store import Store

    return Store(folders.history_folder())


def _recover(store: History) -> Sequence[RunResult]:
    from profiler import folders, recovery
    from profiler.store import Store

    return recovery.recover(store, folders.running_folder()) if isinstance(store, Store) else ()


def _begin(plan: RunPlan, store: History, listen: Listen, among: Among) -> Running:
    from profiler.runner import Run

    return Run(plan, store, listen, turn=among.turn, group=among.group, shelf=among.shelf)  # type: ignore[arg-type]


def _sha256(path: Path) -> str:
    from profiler import trust

    return trust.sha256_of(path)


def _is_trusted(sha256: str, tier: Tier) -> bool:
    from profiler import trust

    return trust.is_trusted(sha256, tier)


def _remember(sha256: str) -> None:
    from profiler import trust

    trust.remember(sha256)


def _write_json(result: RunResult, path: Path) -> None:
    from profiler import atomic_file
    from profiler.result import to_json

    atomic_file.write(path, to_json(result))


def _write_text(text: str, path: Path) -> None:
    from profiler import atomic_file

    atomic_file.write(path, text.encode())


def _write_report(result: RunResult, samples: Samples | None, path: Path, language: Language) -> None:
    from profiler.reports import html

    html.write([(result, samples)], path, language)


def _compare(
    runs: Sequence[Pair],
    *,
    baseline: int = 0,
    accepted: Collection[str] = (),
    limits: Mapping[str, float] | None = None,
) -> Comparison:
    from profiler.comparison import compare

    return compare.compare(runs, baseline=baseline, accepted=accepted, limits=limits)


def _runs_in(path: Path, store: History) -> tuple[list[Pair], str]:
    from gui import sentences
    from profiler.commands import run_choice
    from profiler.errors import KnownError
    from profiler.store import Store

    try:
        return (run_choice.several(store, str(path)) if isinstance(store, Store) else []), ""
    except (KnownError, run_choice.NotARun) as error:
        return [], run_choice.sentence(error, sentences.language())


def _write_comparison(runs: Sequence[Pair], comparison: Comparison, path: Path, language: Language) -> None:
    from profiler import atomic_file
    from profiler.reports import html, markdown

    if path.suffix.lower() == ".md":
        text = markdown.text([run for run, _ in runs], language, comparison)
        atomic_file.write(path, text.encode())
    else:
        html.write(runs, path, language, comparison)


def _samples_of_the_product() -> list[Path]:
    from profiler.commands import demo

    return demo.sample_paths()


def _make_variants(
    wanted: Wanted, told: Callable[[str, int, int], None], stop_asked: Callable[[], bool]
) -> VariantsMade:
    from profiler.variants import client

    return client.make(
        wanted.path,
        wanted.format,
        wanted.folder,
        wanted.kinds,
        wanted.calibration,
        overwrite=wanted.overwrite,
        shapes=wanted.shapes,
        dimensions=wanted.dimensions,
        told=told,
        stop_asked=stop_asked,
    )


def _check_dataset(dataset: Dataset) -> None:
    from profiler.correctness import datasets

    datasets.check(dataset)


def _preload() -> None:
    """What the first run and the first result need, so that neither has to wait for it."""
    import pyqtgraph

    from profiler import runner

    _ = pyqtgraph, runner


@dataclass(frozen=True)
class Services:
    """Called on threads of `gui.background`, except `begin`, which starts a thread of its own."""

    recognise: Callable[[Path], Format] = _recognise
    default_runtime: Callable[[Format], str] = _default_runtime
    installed_runtimes: Callable[[Format], tuple[str, ...]] = _installed_runtimes
    describe: Callable[[Path, str], Description] = _describe
    describe_at: Callable[[Path, str, int, dict[str, int]], Description] = _describe_at
    survey: Callable[[], Surveyed] = _survey
    ask_python: Callable[[str], OtherPython] = _ask_python
    survey_in: Callable[[str], Surveyed] = _survey_in
    machine: Callable[[], Machine] = _machine
    open_store: Callable[[], History] = _open_store
    recover: Callable[[History], Sequence[RunResult]] = _recover
    begin: Callable[[RunPlan, History, Listen, Among], Running] = _begin
    sha256: Callable[[Path], str] = _sha256
    is_trusted: Callable[[str, Tier], bool] = _is_trusted
    remember: Callable[[str], None] = _remember
    write_text: Callable[[str, Path], None] = _write_text
    write_json: Callable[[RunResult, Path], None] = _write_json
    write_report: Callable[[RunResult, Samples | None, Path, Language], None] = _write_report
    compare: Compare = _compare
    # The runs in a document, or a sentence that says why there are none.
    runs_in: Callable[[Path, History], tuple[list[Pair], str]] = _runs_in
    write_comparison: Callable[[Sequence[Pair], Comparison, Path, Language], None] = _write_comparison
    product_samples: Callable[[], list[Path]] = _samples_of_the_product
    make_variants: Callable[[Wanted, Callable[[str, int, int], None], Callable[[], bool]], VariantsMade] = (
        _make_variants
    )
    check_dataset: Callable[[Dataset], None] = _check_dataset
    preload: Callable[[], None] = _preload
    size_of: Callable[[Path], int] = os.path.getsize

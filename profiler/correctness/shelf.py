"""What was found out about a model's answers, kept for the runs of one comparison: each looks at its own
model, and all at the reference, which is examined once."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import msgspec

from profiler import messages
from profiler.correctness.asking import Told
from profiler.errors import ErrorInfo, ErrorKind, KnownError
from profiler.plan import RunPlan


class Kept(NamedTuple):
    """An examination: of which plan, what the child told, the folder of its answers, and the row of
    tolerances that the model is judged by."""

    plan: RunPlan
    format: str
    told: Told
    folder: Path
    row: str

    @property
    def examined(self) -> messages.Examined:
        return self.told.examined


class Shelf:
    """Attribute-free; to be closed (or used as a context) when the last run of the comparison is over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: dict[str, threading.Lock] = {}
        self._kept: dict[str, Kept | ErrorInfo] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def examined(self, key: str, make: Callable[[Path], Kept]) -> Kept:
        """What lies there, or what `make` finds with a new folder; who comes meanwhile waits.

        Raises KnownError, also what an earlier try raised: a reference that cannot be opened is not opened
        once for every candidate. One that was cancelled is tried again.
        """
        with self._lock:
            busy = self._busy.setdefault(key, threading.Lock())
        with busy:
            found = self._kept.get(key)
            if found is None:
                found = self._made(key, make)
        if isinstance(found, ErrorInfo):
            error = KnownError(ErrorKind.CANCELLED)
            error.info = found
            raise error
        return found

    def _made(self, key: str, make: Callable[[Path], Kept]) -> Kept | ErrorInfo:
        try:
            found: Kept | ErrorInfo = make(self._place())
        except KnownError as error:
            found = error.info
            if error.kind is ErrorKind.CANCELLED:
                return found
        self._kept[key] = found
        return found

    def _place(self) -> Path:
        with self._lock:
            if self._folder is None:
                # A file that withstands must not cost the runs that are over.
                self._folder = tempfile.TemporaryDirectory(prefix="inferometer-", ignore_cleanup_errors=True)
            return Path(tempfile.mkdtemp(dir=self._folder.name))

    def close(self) -> None:
        """Nothing that lies there can be read any more."""
        self._kept.clear()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> Shelf:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def key_of(plan: RunPlan) -> str:
    """The same for plans that open the same bytes in the same way and feed them alike."""
    checks = plan.checks
    dataset = checks.dataset
    told = (
        plan.model_sha256, plan.runtime, plan.device, plan.precision, plan.python, plan.batch, plan.threads,
        plan.seed, plan.distinct_inputs, plan.flush_denormals, plan.shapes, plan.dimensions,
        plan.dimension_names, plan.input_files, plan.input_kinds, checks.repeats, checks.metric,
        checks.metric_folder, checks.expected_accuracy, checks.tolerances,
        None if dataset is None else msgspec.structs.replace(dataset, prepared=""),
    )  # fmt: skip
    return hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest()

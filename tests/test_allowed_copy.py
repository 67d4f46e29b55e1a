"""What was allowed to run is what is opened, whatever becomes of the file in between."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from profiler import allowed_copy, folders, messages, native_build, opening, trust, wording
from profiler.backends import catalog, pt2_package
from profiler.conversation import Conversation
from profiler.errors import ErrorKind, KnownError
from profiler.further import Further
from profiler.heard import Heard
from profiler.plan import Companion, RunPlan, Stopping
from profiler.result import Model, Reason, RunResult, Status
from profiler.runner import Ended, Event, PointBegun, Run
from profiler.store import Store
from profiler.trust import Tier
from tests.runs import NOTHING_ASKED

SHORT = Stopping(0.1, 5, 0.2)
SHAPES: dict[str, tuple[int, ...]] = {"x": (2, 2)}


class Harmless(torch.nn.Module):
    def forward(self, x):  # type: ignore[no-untyped-def]
        return x + 1


class Writes(torch.nn.Module):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def forward(self, x):  # type: ignore[no-untyped-def]
        torch.save(x, self.path)
        return x


class Files:
    """A model that was allowed, another to put in its place, and the trace that the other leaves."""

    def __init__(self, folder: Path) -> None:
        self.model, self._other, self.trace = folder / "m.pt", folder / "other.pt", folder / "it_ran"
        torch.jit.script(Harmless()).save(str(self.model))
        torch.jit.script(Writes(str(self.trace))).save(str(self._other))
        self.sha256 = trust.sha256_of(self.model)

    def swap(self) -> None:
        """As another process may do it at any time."""
        if self._other.exists():
            self._other.replace(self.model)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def _run(plan: RunPlan, listen: Callable[[Event], None] = lambda event: None) -> RunResult:
    heard: list[Event] = []

    def both(event: Event) -> None:
        listen(event)
        heard.append(event)

    run = Run(plan, Store(folders.history_folder()), both, machine=dict, checks=tuple)
    run.start()
    assert run.wait(100)
    last = heard[-1]
    assert isinstance(last, Ended), last
    return last.result


def _plan(files: Files, **changes: Any) -> RunPlan:
    given: dict[str, Any] = {"replicates": 1, "stopping": SHORT, "warmup": 3, "shapes": SHAPES}
    given |= {"checks": NOTHING_ASKED, **changes}
    return RunPlan(str(files.model), "torchscript", consents=(files.sha256,), **given)


def _error(result: RunResult) -> tuple[str, str | None]:
    assert result.error is not None
    return result.error.kind, result.error.parameters.get("file")


def test_a_file_that_is_replaced_after_it_was_allowed_is_not_opened(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = native_build.native_library()
    monkeypatch.setattr(native_build, "native_library", lambda: (files.swap(), found)[1])
    result = _run(_plan(files))
    assert not files.trace.exists()
    assert result.status is Status.FAILED
    assert _error(result) == ("file_swapped", "m.pt")


def test_nor_is_it_by_the_process_of_a_later_replicate(files: Files) -> None:
    def listen(event: Event) -> None:
        if isinstance(event, PointBegun) and event.replicate == 1:
            files.swap()

    result = _run(_plan(files, replicates=2), listen)
    assert not files.trace.exists()
    assert [each.error.kind if each.error else None for each in result.replicates] == [None, "file_swapped"]


def test_nor_is_it_by_the_traced_pass_after_the_measurement(files: Files) -> None:
    def listen(event: Event) -> None:
        if isinstance(event, messages.Measuring):
            files.swap()

    result = _run(_plan(files, traces=True), listen)
    assert not files.trace.exists()
    assert result.latency.p50_ns
    missing = result.unavailable["operators"]
    assert (missing.code, missing.parameters) == ("trace_failed", {"detail": "file_swapped"})


def test_nor_is_it_by_the_native_loop_which_opens_the_model_once_more(files: Files) -> None:
    plan = RunPlan(str(files.model), "torchscript", shapes=SHAPES, model_sha256=files.sha256)
    opened = opening.open_model(plan, lambda: catalog.open_backend("torchscript"), dict, lambda step: None)
    files.swap()
    load: Any = SimpleNamespace(bound=[opened.session.bind(opened.pool[0])])
    further = Further(messages.Measure(plan, "torchscript", ""), opened, load, lambda: False)
    assert further.boundary(p50_ns=5_000) == {}
    opened.session.close()
    assert not files.trace.exists()
    assert further.unavailable["boundary.native"] == Reason("native_file_gone", {"detail": "file_swapped"})
    assert wording.has("native", "native_file_gone")


def test_nor_is_it_as_a_companion(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = tmp_path / "measured.pt"
    torch.jit.script(Harmless()).save(str(measured))
    allowed = (files.sha256, trust.sha256_of(measured))
    found = native_build.native_library()
    monkeypatch.setattr(native_build, "native_library", lambda: (files.swap(), found)[1])
    companions = (Companion(str(files.model), "torchscript"),)
    plan = RunPlan(
        str(measured), "torchscript", consents=allowed, replicates=1, stopping=SHORT, shapes=SHAPES,
        companions=companions,
    )  # fmt: skip
    result = _run(plan)
    assert not files.trace.exists()
    assert "file_swapped" in {each.error.kind for each in result.replicates if each.error is not None}


def test_what_was_allowed_runs_and_leaves_no_copy_behind(files: Files) -> None:
    assert _run(_plan(files)).status is Status.FINISHED
    assert list(folders.running_folder().iterdir()) == []


@pytest.mark.parametrize("runtime", ["aot_inductor", "tensorrt", "torch_export"])
def test_a_program_is_looked_at_before_its_runtime_is_even_imported(runtime: str, tmp_path: Path) -> None:
    path = tmp_path / "a.plan"
    path.write_bytes(b"other")
    plan = RunPlan(str(path), runtime, model_sha256=hashlib.sha256(b"allowed").hexdigest())
    with pytest.raises(KnownError) as caught:
        opening.open_model(plan, lambda: pytest.fail("imported"), dict, lambda step: None)
    assert caught.value.kind is ErrorKind.FILE_SWAPPED


def test_a_file_that_nobody_hashed_is_not_opened(files: Files) -> None:
    with pytest.raises(KnownError) as caught, allowed_copy.of(files.model, "torchscript", ""):
        pytest.fail("opened")
    assert caught.value.kind is ErrorKind.FILE_SWAPPED


def test_the_copy_is_private_and_gone_afterwards(files: Files) -> None:
    with allowed_copy.of(files.model, "torchscript", files.sha256) as copy:
        assert copy.name == files.model.name
        assert copy.read_bytes() == files.model.read_bytes()
        files.swap()
        assert trust.sha256_of(copy) == files.sha256
        if os.name == "posix":
            assert stat.S_IMODE(copy.stat().st_mode) == 0o600
            assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
    assert not copy.parent.exists()


def test_data_is_opened_where_it_lies(tmp_path: Path) -> None:
    with allowed_copy.of(tmp_path / "m.onnx", "onnxruntime", "") as path:
        assert path == tmp_path / "m.onnx"


def test_every_runtime_that_runs_code_is_known_as_such() -> None:
    tiers = {row.name: catalog.tier_of(row.name) for row in catalog.RUNTIMES}
    assert {name for name, tier in tiers.items() if tier is Tier.DATA} == {
        "onnxruntime",
        "openvino",
        "litert",
    }
    assert {name for name, tier in tiers.items() if tier is Tier.PROGRAM} == {"aot_inductor", "tensorrt"}


def test_the_inputs_that_are_listed_beside_a_package_are_found_from_its_copy(tmp_path: Path) -> None:
    package, beside = tmp_path / "a.pt2", tmp_path / f"a{pt2_package.BESIDE}"
    package.write_bytes(b"package")
    beside.write_text("{}")
    with allowed_copy.of(package, "aot_inductor", hashlib.sha256(b"package").hexdigest()) as copy:
        assert copy.with_name(beside.name).read_text() == "{}"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_its_place_blocks_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "m.pt")
    with pytest.raises(KnownError) as caught, allowed_copy.of(tmp_path / "m.pt", "torchscript", "a" * 64):
        pytest.fail("opened")
    assert caught.value.kind is ErrorKind.FILE_UNREADABLE


def test_a_file_that_is_gone_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as caught, allowed_copy.of(tmp_path / "m.pt", "torchscript", "a" * 64):
        pytest.fail("opened")
    assert caught.value.kind is ErrorKind.FILE_MISSING


def test_what_copying_takes_is_no_load_time_and_no_import_time(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    hour_ns, late = 3_600 * 10**9, [0]

    def slow(path: Path, copy: Path) -> str:
        late[0] += hour_ns
        return copied(path, copy)

    copied, clock = allowed_copy._copied, opening.perf_counter_ns
    monkeypatch.setattr(allowed_copy, "_copied", slow)
    monkeypatch.setattr(opening, "perf_counter_ns", lambda: clock() + late[0])
    plan = RunPlan(str(files.model), "torchscript", shapes=SHAPES, model_sha256=files.sha256)
    opened = opening.open_model(plan, lambda: catalog.open_backend("torchscript"), dict, lambda step: None)
    opened.session.close()
    assert opened.copy_ns >= hour_ns
    assert opened.load_ns + opened.import_ns < hour_ns


@pytest.mark.parametrize(("ours_ns", "expected_s"), [(0, 2.0), (1_500_000_000, 0.5), (9**18, 0.0), (-5, 2.0)])
def test_the_wait_for_the_first_answer_leaves_our_copy_out(
    ours_ns: int, expected_s: float, tmp_path: Path
) -> None:
    heard = Heard(RunPlan("m.pt", "torchscript"), Model("m.pt", "torchscript", "ab" * 32, 1))
    begun = time.monotonic_ns() - 2_000_000_000
    talk = Conversation(heard, tmp_path, lambda report: None, threading.Event(), begun)
    talk._take(messages.FirstInference(5, ours_ns))
    assert heard.start_to_first_ns is not None
    assert heard.start_to_first_ns / 1e9 == pytest.approx(expected_s, abs=0.2)


def test_a_copy_that_a_killed_child_left_is_taken_away_and_a_link_is_not_followed(tmp_path: Path) -> None:
    kept, folder = tmp_path / "kept", tmp_path / "child"
    kept.mkdir()
    (kept / "mine").touch()
    folder.mkdir()
    left = Path(tempfile.mkdtemp(prefix=allowed_copy._PREFIX, dir=folder))
    (left / "m.pt").write_bytes(b"large")
    (folder / f"{allowed_copy._PREFIX}link").symlink_to(kept)
    allowed_copy.clear(folder)
    assert not left.exists()
    assert (kept / "mine").exists()

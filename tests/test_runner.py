"""Runs with real children: every way in which one can end leaves one result or one clear refusal."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from profiler import folders, messages, sample_parts
from profiler.plan import RunPlan, Stopping
from profiler.result import RunResult, Status
from profiler.runner import Ended, Event, Refused, Run
from profiler.store import Store
from tests.runs import NOTHING_ASKED

SAMPLES = Path(__file__).parent.parent / "resources" / "samples"
SAMPLE_RUNTIMES = [("digits.onnx", "onnxruntime"), ("digits.torchscript.pt", "torchscript")]
ALL_RUNTIMES = [
    *SAMPLE_RUNTIMES,
    ("digits.pt2", "torch_export"),
    ("digits.xml", "openvino"),
    ("digits.tflite", "litert"),
]
SHORT = Stopping(0.3, 30, 0.5)


class Listener:
    """Keeps events; `on` calls back once at the first event of a type."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.seen: dict[type, threading.Event] = {}

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        self.seen.setdefault(type(event), threading.Event()).set()

    def wait_for(self, kind: type, timeout_s: float = 30) -> None:
        assert self.seen.setdefault(kind, threading.Event()).wait(timeout_s), f"no {kind.__name__}"


def _machine() -> dict[str, Any]:
    return {"memory_total_bytes": 16_000_000_000}


@pytest.fixture
def store() -> Store:
    return Store(folders.history_folder())


@pytest.fixture
def faulty(tmp_path: Path, store: Store) -> Callable[..., tuple[Run, Listener]]:
    """Makes a run of a model whose runtime misbehaves as asked."""

    def make(fault: str, **plan: Any) -> tuple[Run, Listener]:
        path = tmp_path / "model.onnx"
        path.write_bytes((SAMPLES / "digits.onnx").read_bytes() + _unknown_field(f"FAULT:{fault}"))
        listener = Listener()
        options: dict[str, Any] = {"stopping": SHORT, "warmup": 10, "checks": NOTHING_ASKED, **plan}
        run = Run(
            RunPlan(str(path), "onnxruntime", **options),
            store,
            listener,
            module="tests.faulty_worker",
            machine=_machine,
        )
        return run, listener

    return make


def _unknown_field(text: str) -> bytes:
    """A protobuf field (number 1000, bytes) that every ONNX reader skips."""
    data = text.encode()
    return bytes([0xC2, 0x3E, len(data)]) + data


def _end_of(run: Run, listener: Listener) -> RunResult:
    run.start()
    assert run.wait(60)
    last = listener.events[-1]
    assert isinstance(last, Ended)
    return last.result


def _no_child_left() -> bool:
    return not [child for child in psutil.Process().children(recursive=True) if child.status() != "zombie"]


@pytest.mark.parametrize(
    ("fault", "kind", "phase"),
    [
        ("raise", "bug", "load"),
        ("abort", "child_crashed", "load"),
        ("segv", "child_crashed", "load"),
        ("kill", "child_killed", "load"),
        ("exit", "child_ended", "load"),
        ("memory", "out_of_memory", "load"),
        ("garbage", "child_garbage", "load"),
        ("long-line", "child_garbage", "load"),
        ("wrong-message", "child_garbage", "load"),
        ("flood", "child_garbage", "load"),
        ("raise-later", "runtime_refused", "steady"),
        ("crash-later", "child_crashed", "steady"),
        ("kill-later", "child_killed", "steady"),
    ],
)
def test_a_child_that_fails_ends_as_one_typed_failure_in_the_history(
    faulty: Callable[..., tuple[Run, Listener]], store: Store, fault: str, kind: str, phase: str
) -> None:
    stopping = Stopping(20.0, 10**6, 20.0) if phase == "steady" else SHORT
    run, listener = faulty(fault, stopping=stopping)
    result = _end_of(run, listener)
    assert result.status is Status.FAILED
    assert result.error is not None
    assert result.error.kind == kind
    assert (result.latency.count > 500) == (phase == "steady")
    assert [type(event) for event in listener.events].count(Ended) == 1
    assert store.load(run.id) == result
    assert _no_child_left()
    assert not (folders.running_folder() / run.id).exists()


def test_the_name_of_the_signal_is_told(faulty: Callable[..., tuple[Run, Listener]]) -> None:
    result = _end_of(*faulty("segv"))
    assert result.error is not None
    assert result.error.parameters["signal"] == "SIGSEGV"


def test_a_child_that_hangs_while_loading_is_given_up_at_its_limit(
    faulty: Callable[..., tuple[Run, Listener]],
) -> None:
    result = _end_of(*faulty("hang", load_timeout_s=1.0))
    assert result.error is not None
    assert result.error.kind == "load_timeout"
    assert _no_child_left()


def test_a_child_that_eats_memory_is_stopped_at_its_limit(
    faulty: Callable[..., tuple[Run, Listener]],
) -> None:
    result = _end_of(*faulty("hoard", memory_limit_bytes=400_000_000))
    assert result.error is not None
    assert result.error.kind == "out_of_memory"


def test_a_library_that_prints_on_standard_output_disturbs_nothing(
    faulty: Callable[..., tuple[Run, Listener]],
) -> None:
    result = _end_of(*faulty("print"))
    assert result.status is Status.FINISHED
    assert result.latency.p50_ns == pytest.approx(500_000, rel=0.5)


def test_answers_that_are_not_numbers_invalidate_the_run(faulty: Callable[..., tuple[Run, Listener]]) -> None:
    result = _end_of(*faulty("nan"))
    assert result.verdict is not None
    assert result.verdict.level.value == "invalid"
    assert "answers_not_finite" in [reason.code for reason in result.verdict.reasons]


@pytest.mark.parametrize("fault", ["none", "hang-later"])
def test_cancel_keeps_what_was_measured(
    faulty: Callable[..., tuple[Run, Listener]], store: Store, fault: str
) -> None:
    run, listener = faulty(fault, stopping=Stopping(60.0, 10**6, 60.0))
    run.start()
    listener.wait_for(messages.Progress)
    if fault == "hang-later":
        assert not run.wait(2.0)
    assert len(run.samples_so_far()) > 0
    run.cancel()
    assert run.wait(10)
    last = listener.events[-1]
    assert isinstance(last, Ended)
    assert last.result.status is Status.STOPPED
    assert last.result.latency.count > 100
    assert last.result.samples is not None
    assert len(last.samples) == last.result.samples.count
    assert np.array_equal(store.samples(run.id), last.samples)
    assert _no_child_left()


def test_a_run_that_cannot_begin_is_refused_and_nothing_is_written(tmp_path: Path, store: Store) -> None:
    listener = Listener()
    run = Run(RunPlan(str(tmp_path / "none.onnx"), "onnxruntime"), store, listener, machine=_machine)
    run.start()
    assert run.wait(10)
    assert isinstance(listener.events[-1], Refused)
    assert listener.events[-1].error.kind == "file_missing"
    assert store.rows() == []
    assert not folders.running_folder().exists() or not os.listdir(folders.running_folder())


def test_a_data_folder_that_cannot_be_used_keeps_nobody_from_measuring(
    faulty: Callable[..., tuple[Run, Listener]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("INFEROMETER_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    run, listener = faulty("none")
    assert _end_of(run, listener).status is Status.FINISHED


def test_an_untrusted_torchscript_file_is_never_opened(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes((SAMPLES / "digits.torchscript.pt").read_bytes())
    with path.open("r+b") as file:
        file.seek(-2, os.SEEK_END)
        file.write(b"\x01\x00x")
    listener = Listener()
    run = Run(RunPlan(str(path), "torchscript"), store, listener, machine=_machine)
    run.start()
    assert run.wait(10)
    assert isinstance(listener.events[-1], Refused)
    assert listener.events[-1].error.kind == "trust_needed"
    assert [type(event) for event in listener.events] == [Refused]


@pytest.mark.parametrize(("name", "runtime"), SAMPLE_RUNTIMES)
def test_a_sample_runs_from_end_to_end(name: str, runtime: str, store: Store) -> None:
    listener = Listener()
    plan = RunPlan(str(SAMPLES / name), runtime, batch=4, stopping=Stopping(1.0, 300, 3.0), threads=1)
    run = Run(plan, store, listener, machine=_machine)
    result = _end_of(run, listener)
    assert (result.status, result.error) == (Status.FINISHED, None)
    kinds = [type(event) for event in listener.events]
    order = [messages.Loading, messages.Loaded, messages.FirstInference, messages.Measuring, Ended]
    assert [kinds.index(kind) for kind in order] == sorted(kinds.index(kind) for kind in order)
    assert result.plan.shapes == {"image": (4, 1, 8, 8)}
    assert result.plan.threads == 1
    phases = result.phases
    assert phases.first_inference_ns and phases.load_ns and phases.import_ns and phases.steady_ns  # noqa: PT018
    assert result.boundary.null_call_ns and result.boundary.null_call_ns < 5_000  # noqa: PT018
    assert result.latency.p50_ns and result.latency.p99_ns  # noqa: PT018
    assert result.latency.count == len(run_steady(result, store))
    assert result.throughput.samples_per_s == pytest.approx(4 * (result.throughput.inferences_per_s or 0))
    assert result.memory.peak_rss_bytes and result.memory.baseline_rss_bytes  # noqa: PT018
    assert result.memory.peak_rss_bytes > result.memory.baseline_rss_bytes
    assert result.model.parameters and result.flops.per_inference  # noqa: PT018
    assert result.flops.counted_fraction == 1.0
    assert result.accuracy.idempotent is True
    assert result.verdict is not None


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at open files by way of /proc")
@pytest.mark.parametrize(("name", "runtime"), ALL_RUNTIMES)
def test_a_whole_run_opens_no_socket(name: str, runtime: str, store: Store) -> None:
    sockets: list[str] = []
    looked: list[int] = []

    def listen(event: Event) -> None:
        for child in psutil.Process().children(recursive=True):
            files = Path(f"/proc/{child.pid}/fd")
            with contextlib.suppress(OSError):
                links = [os.readlink(file) for file in files.iterdir()]
                looked.append(len(links))
                sockets.extend(link for link in links if link.startswith("socket:"))

    plan = RunPlan(str(SAMPLES / name), runtime, stopping=Stopping(1.0, 1, 1.0), warmup=5)
    run = Run(plan, store, listen, machine=_machine)
    run.start()
    assert run.wait(60)
    assert len(looked) > 5
    assert sockets == []


def run_steady(result: RunResult, store: Store) -> np.ndarray[Any, Any]:
    samples = store.samples(result.id)
    assert samples is not None
    assert result.samples is not None
    return sample_parts.steady(result.samples, samples)


def test_both_formats_of_the_sample_count_the_same_work(store: Store) -> None:
    counts = []
    for name, runtime in SAMPLE_RUNTIMES:
        listener = Listener()
        plan = RunPlan(str(SAMPLES / name), runtime, stopping=SHORT, warmup=5)
        result = _end_of(Run(plan, store, listener, machine=_machine), listener)
        counts.append((result.flops.macs_per_inference, result.model.parameters))
    assert counts[0] == counts[1]

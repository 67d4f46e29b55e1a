"""ONNX Runtime's profile as rows: practice left out, bodies of loops counted once, names made plain."""

import json
from pathlib import Path

import numpy as np
import pytest

from profiler.backends import ort_trace
from profiler.backends.base import LoadOptions, TraceOrder
from profiler.backends.ort import device_name, open_backend
from profiler.errors import ErrorKind, KnownError

SAMPLE = Path(__file__).resolve().parent.parent / "resources" / "samples" / "digits.onnx"


def _run(begin: int, *kernels: tuple[str, str, int, int]) -> list[dict[str, object]]:
    nodes = [
        {
            "cat": "Node", "name": f"{name}_kernel_time", "ts": begin + at, "dur": took,
            "args": {"op_name": kind, "provider": "CPUExecutionProvider", "node_index": name},
        }
        for name, kind, at, took in kernels
    ]  # fmt: skip
    return [*nodes, {"cat": "Session", "name": "model_run", "ts": begin, "dur": 100, "args": {}}]


def _read(tmp_path: Path, events: list[dict[str, object]], practice: int) -> dict[str, tuple[int, int]]:
    file = tmp_path / "profile.json"
    file.write_text(json.dumps(events), encoding="utf-8")
    found = ort_trace.read(file, practice, (100_000, 110_000), device_name)
    return {row.name: (row.total_ns, row.count) for row in found.operators}


def test_practice_runs_do_not_count(tmp_path: Path) -> None:
    events = [
        *_run(0, ("a", "Conv", 1, 50)),
        *_run(200, ("a", "Conv", 1, 7)),
        *_run(400, ("a", "Conv", 1, 9)),
    ]
    assert _read(tmp_path, events, practice=1) == {"a": (16_000, 2)}
    assert _read(tmp_path, events, practice=0) == {"a": (66_000, 3)}


def test_kernels_inside_a_loop_are_in_the_loops_time(tmp_path: Path) -> None:
    events = _run(0, ("loop", "Loop", 0, 60), ("body", "MatMul", 5, 20), ("body", "MatMul", 30, 20),
                  ("after", "Relu", 70, 4))  # fmt: skip
    assert _read(tmp_path, events, practice=0) == {"loop": (60_000, 1), "after": (4_000, 1)}


def test_what_the_optimiser_adds_to_names_is_taken_away_for_joining(tmp_path: Path) -> None:
    names = ["/3/Relu_output_0_nchwc", "/2/Conv_token_17", "fused /2/Conv", "plain"]
    file = tmp_path / "profile.json"
    file.write_text(json.dumps(_run(0, *((name, "Conv", 9 * at, 5) for at, name in enumerate(names)))))
    rows = ort_trace.read(file, 0, (1,), device_name).operators
    assert [row.nodes[-1] for row in rows] == ["/3/Relu_output_0", "/2/Conv", "/2/Conv", "plain"]
    assert {row.device for row in rows} == {"cpu"}


def test_a_node_without_a_name_is_known_by_its_place(tmp_path: Path) -> None:
    events = _run(0, ("Conv_3", "Conv", 0, 5), ("Conv_4", "Conv", 10, 5), ("conv", "Conv", 20, 5))
    for event, index in zip(events, ("3", "9", "7"), strict=False):
        event["args"] |= {"node_index": index}  # type: ignore[operator]
    file = tmp_path / "profile.json"
    file.write_text(json.dumps(events), encoding="utf-8")
    found = ort_trace.read(file, 0, (1,), device_name).operators
    assert [(row.name, row.position) for row in found] == [("Conv_3", 3), ("Conv_4", None), ("conv", None)]


def test_a_profile_beyond_all_bounds_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ort_trace, "LARGEST_BYTES", 10)
    with pytest.raises(KnownError) as refused:
        _read(tmp_path, _run(0, ("a", "Conv", 1, 50)), 0)
    assert refused.value.kind is ErrorKind.OUT_OF_MEMORY


def test_the_sample_is_traced_and_its_profile_removed(tmp_path: Path) -> None:
    order = TraceOrder(
        {"image": np.ones((1, 1, 8, 8), dtype=np.float32)}, calls=4, practice=2, folder=tmp_path
    )
    traced = open_backend().trace(SAMPLE, LoadOptions("cpu", 1), order)
    assert len(traced.call_ns) == 4
    assert {row.count for row in traced.operators} == {4}
    assert sum(row.type == "Conv" for row in traced.operators) == 3
    assert 0 < sum(row.total_ns for row in traced.operators) <= sum(traced.call_ns)
    assert list(tmp_path.iterdir()) == []

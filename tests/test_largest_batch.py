"""The largest batch of a real model under a limit: tried by real children, and true for runs that follow."""

from __future__ import annotations

import contextlib
from pathlib import Path

import onnx
import psutil
import pytest
from onnx import helper

from profiler import batch_search, conversation
from profiler.errors import KnownError
from profiler.plan import RunPlan, Stopping
from profiler.result import Status
from tests import onnx_graphs, runs

MB = 1_000_000
LIMIT = 300 * MB
# Bytes of one sample, which the model holds twice: as its input and as its answer.
EACH = 1 * MB


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    path = tmp_path / "wide.onnx"
    image = onnx_graphs.value("x", ["batch", EACH // 4])
    onnx.save(onnx_graphs.build([helper.make_node("Relu", ["x"], ["y"])], [image]), path)
    model = onnx.load(path)
    model.graph.output[0].CopyFrom(onnx_graphs.value("y", ["batch", EACH // 4]))
    onnx.save(model, path)
    return path


def test_a_run_at_the_largest_batch_keeps_the_limit_that_it_was_found_under(wide: Path) -> None:
    plan = RunPlan(str(wide), "onnxruntime", threads=1, memory_limit_bytes=LIMIT, finds_largest_batch=True)
    found = runs.carried_out(plan)
    largest = found.largest_batch
    assert largest is not None
    assert largest.smallest_failing is not None
    assert largest.batch < largest.smallest_failing <= max(largest.batch + 1, 1.02 * largest.batch)
    # Two copies of a sample, beside what the process is without a model.
    assert largest.batch == pytest.approx(
        (LIMIT - (found.memory.baseline_rss_bytes or 0)) / EACH / 2, rel=0.15
    )
    sizes = sorted((point.batch, point.status) for point in found.points)
    kept = [status is Status.FINISHED for _, status in sizes]
    assert kept == sorted(kept, reverse=True), "memory grows with the batch, so no larger one fits"
    assert found.unavailable["accuracy.idempotent"].code == "largest_batch_only"

    again = RunPlan(
        str(wide), "onnxruntime", threads=1, batch=int(0.97 * largest.batch), memory_limit_bytes=LIMIT,
        stopping=Stopping(0.2, 3, 0.3), warmup=2, replicates=1,
    )  # fmt: skip
    kept_to = runs.carried_out(again)
    assert (kept_to.status, kept_to.error) == (Status.FINISHED, None)
    assert kept_to.plan.distinct_inputs == 1
    assert kept_to.verdict is not None
    assert "inputs_fewer" in [reason.code for reason in kept_to.verdict.reasons]
    assert kept_to.accuracy.idempotent is True
    assert (kept_to.memory.load_peak_bytes or 0) < LIMIT / 2, "what it takes to make inputs is not loading"


def test_without_a_limit_of_the_users_it_is_what_is_free_now() -> None:
    assert batch_search.limit_of(RunPlan("m", "onnxruntime", memory_limit_bytes=LIMIT)) == LIMIT
    free = psutil.virtual_memory().available
    assert batch_search.limit_of(RunPlan("m", "onnxruntime")) == pytest.approx(0.9 * free, rel=0.2)


@pytest.mark.parametrize(
    ("device", "finds", "peak", "fits"),
    [("cpu", True, LIMIT, True), ("cpu", True, LIMIT + 1, False), ("cuda:0", True, LIMIT + 1, True),
     ("cpu", False, LIMIT + 1, True)],
)  # fmt: skip
def test_a_try_that_was_over_the_limit_between_two_looks_does_not_fit(
    device: str, finds: bool, peak: int, fits: bool
) -> None:
    plan = RunPlan("m", "onnxruntime", device, memory_limit_bytes=LIMIT, finds_largest_batch=finds)
    refusal = contextlib.nullcontext() if fits else pytest.raises(KnownError)
    with refusal:
        conversation.check_peak(plan, peak)

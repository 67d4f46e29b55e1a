"""From what was heard to a result; no child needed."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from hardware.device_memory import DevicePeak
from hardware.machine import Unknown
from profiler import assembly, messages, steps, unavailable, wording
from profiler.errors import ErrorInfo
from profiler.heard import Gathered, Heard
from profiler.outcome import Outcome
from profiler.plan import Concurrency, RunPlan
from profiler.result import (
    Accuracy,
    Boundary,
    Flops,
    Level,
    Memory,
    Model,
    Phases,
    Placement,
    Reason,
    RunResult,
    Status,
    Tensor,
    from_json,
    to_json,
)  # fmt: skip
from profiler.sample_file import Contents
from tests import builders_engine

X = Tensor("x", "float32", ("batch", 4))


MODEL = Model("model.onnx", "onnx", "ab" * 32, 100)
PLAN = RunPlan("folder/model.onnx", "onnxruntime", batch=2, seed=3, replicates=1)


def _heard() -> Heard:
    return Heard(PLAN, MODEL)


def _gathered() -> Gathered:
    gathered = Gathered(PLAN, "id", "2026-01-01T00:00:00+00:00", MODEL, [steps.point_of(PLAN)])
    gathered.machine = {"memory_total_bytes": 1_000_000_000}
    return gathered


def _assembled(heard: Heard, contents: Contents | None, gathered: Gathered | None = None) -> RunResult:
    outcome = Outcome(heard, (contents,) if contents is not None else ())
    return assembly.assemble(gathered or _gathered(), [outcome]).result


def test_why_operators_have_no_times_is_told_truly() -> None:
    gathered = _gathered()
    assert _assembled(_heard(), None, gathered).unavailable["operators"] == Reason("not_traced")
    gathered.plan = msgspec.structs.replace(PLAN, traces=True)
    assert _assembled(_heard(), None, gathered).unavailable["operators"] == Reason("run_cut_off")
    gathered.trace_error = ErrorInfo("trace_not_offered", {"runtime": "LiteRT"})
    assert _assembled(_heard(), None, gathered).unavailable["operators"].code == "trace_not_offered"
    gathered.trace_error = ErrorInfo("child_ended", {}, "gone")
    assert _assembled(_heard(), None, gathered).unavailable["operators"] == Reason(
        "trace_failed", {"detail": "gone"}
    )


@pytest.mark.parametrize(
    ("runtime", "code"), [("openvino", "precision_of_nothing"), ("onnxruntime", "precision_not_told")]
)
def test_an_unknown_precision_says_why(runtime: str, code: str) -> None:
    gathered, heard = _gathered(), _heard()
    gathered.plan = heard.plan = msgspec.structs.replace(PLAN, runtime=runtime)
    heard.loaded = msgspec.structs.replace(_loaded(), precision_effective="unknown")
    result = _assembled(heard, None, gathered)
    reason = result.unavailable["environment.precision_effective"]
    assert reason == Reason(code, {"runtime": runtime})


@pytest.mark.parametrize(("call_ns", "code"), [(3_000_000, None), (900_000, "traced_not_slower")])
def test_a_traced_pass_that_was_not_slower_says_why_its_cost_is_not_known(
    call_ns: int, code: str | None
) -> None:
    heard = _heard()
    heard.loaded, heard.finished, heard.warmup_status = _loaded(), _finished(), "steady"
    gathered = _gathered()
    gathered.traced = messages.TraceDone("onnxruntime_profiler", (), (call_ns, call_ns))
    result = _assembled(heard, _contents(400), gathered)
    assert result.trace is not None
    assert (result.trace.slowdown is None) is (code is not None)
    assert result.unavailable.get("trace.slowdown") == (Reason(code) if code else None)


def test_a_traced_call_is_not_held_against_calls_that_shared_the_machine() -> None:
    heard, gathered = _heard(), _gathered()
    heard.loaded, heard.finished, heard.warmup_status = _loaded(), _finished(), "steady"
    gathered.plan = heard.plan = msgspec.structs.replace(PLAN, scenario=Concurrency(2))
    gathered.points = [msgspec.structs.replace(gathered.points[0], concurrency=2)]
    gathered.traced = messages.TraceDone("onnxruntime_profiler", (), (3_000_000,))
    result = _assembled(heard, _contents(400), gathered)
    assert result.trace is not None
    assert (result.trace.slowdown, result.trace.timed_mean_ns) == (None, None)
    assert result.unavailable["trace.slowdown"] == Reason("traced_alone")


def _loaded(*notes: Reason) -> messages.Loaded:
    placement = (Placement("CPUExecutionProvider", 3),)
    return messages.Loaded("1.0", "fp32", placement, (X,), (X,), {"x": (2, 4)}, {"x": "made"}, 2, notes)


def _finished(stopped: bool = False, **memory: int) -> messages.Finished:
    return messages.Finished(
        stopped=stopped,
        phases=Phases(
            import_ns=1, load_ns=2, first_inference_ns=9, second_inference_ns=8, steady_ns=4 * 10**9
        ),
        boundary=Boundary(null_call_ns=70, null_call_p99_ns=90, host_overhead=0.00007),
        memory=Memory(baseline_rss_bytes=10, peak_rss_bytes=100_000_000, **memory),
        flops=Flops(),
        accuracy=Accuracy(idempotent=True, max_repeat_difference=0.0),
        parameters=None,
        steady_ns=4 * 10**9,
        block_starts=(),
        stop_rule_held=True,
    )


def _contents(count: int) -> Contents:
    steady = (1e6 * (1 + 0.02 * np.random.default_rng(0).standard_normal(count))).astype(np.int64)
    samples = np.concatenate([np.array([9_000_000, 8_000_000, 2_000_000]), steady])
    return Contents(samples, 2, 1, (0,), (0,))


def _whole(count: int = 4_000) -> RunResult:
    heard = _heard()
    heard.loaded, heard.finished, heard.warmup_status = _loaded(), _finished(), "steady"
    gathered = _gathered()
    gathered.description = messages.Description((X,), (X,), 5, 20, {}, (), Flops(per_inference=1_000))
    return _assembled(heard, _contents(count), gathered)


def test_throughput_and_flop_rate_follow_from_the_steady_window() -> None:
    result = _whole()
    assert result.throughput.inferences_per_s == pytest.approx(1_000)
    assert result.throughput.samples_per_s == pytest.approx(2_000)
    assert result.flops.achieved_per_s == pytest.approx(1_000_000)
    assert result.memory.utilisation == pytest.approx(0.1)
    assert (result.memory.weights_bytes, result.model.parameters) == (20, 5)


def test_a_finished_run_is_trusted_and_says_that_one_process_was_measured() -> None:
    result = _whole()
    assert result.status is Status.FINISHED
    assert result.verdict is not None
    assert result.verdict.level is Level.TRUSTED
    assert [reason.code for reason in result.verdict.reasons] == ["one_process"]


def test_cold_calls_and_warm_up_are_in_no_statistic() -> None:
    result = _whole()
    assert result.latency.count == 4_000
    assert result.latency.max_ns is not None
    assert result.latency.max_ns < 2_000_000
    assert result.samples is not None
    assert (result.samples.count, result.samples.cold_count, result.samples.warmup_count) == (4_003, 2, 1)


def test_every_gap_has_a_reason_with_a_text_in_both_languages() -> None:
    for result in (_whole(), _whole(40), _assembled(_heard(), None)):
        for part in ("phases", "boundary", "latency", "throughput", "flops", "memory", "energy", "accuracy"):
            block = getattr(result, part)
            for field in block.__struct_fields__:
                if f"{part}.{field}" in unavailable.NOT_ASKED:
                    assert f"{part}.{field}" not in result.unavailable
                elif getattr(block, field) is None:
                    reason = result.unavailable[f"{part}.{field}"]
                    assert wording.reason_sentence(reason, "en") != reason.code
                    assert wording.reason_sentence(reason, "zh_CN") != wording.reason_sentence(reason, "en")
                else:
                    assert f"{part}.{field}" not in result.unavailable


def test_a_percentile_below_its_count_says_how_many_it_needs() -> None:
    result = _whole(40)
    assert result.latency.p90_ns is not None
    assert result.unavailable["latency.p99_ns"] == Reason("needs_count", {"needed": "299", "count": "40"})


def test_a_run_without_samples_has_no_verdict_and_no_zero() -> None:
    heard = _heard()
    heard.error = ErrorInfo("out_of_memory")
    result = _assembled(heard, None)
    assert result.status is Status.FAILED
    assert result.verdict is None
    assert result.throughput.inferences_per_s is None
    assert result.memory.peak_rss_bytes is None


def test_a_stopped_run_keeps_its_numbers_with_caution() -> None:
    heard = _heard()
    heard.loaded, heard.finished, heard.cancelled = _loaded(), _finished(stopped=True), True
    result = _assembled(heard, _contents(400))
    assert result.status is Status.STOPPED
    assert result.latency.p50_ns is not None
    assert result.verdict is not None
    assert "stopped_early" in [reason.code for reason in result.verdict.reasons]


def test_a_fallback_and_a_changed_file_reach_the_verdict() -> None:
    heard = _heard()
    note = Reason("cpu_fallback", {"count": "2", "total": "5", "provider": "CUDA"})
    heard.loaded, heard.finished, heard.warmup_status = _loaded(note), _finished(), "steady"
    gathered = _gathered()
    gathered.file_changed = True
    verdict = _assembled(heard, _contents(4_000), gathered).verdict
    assert verdict is not None
    assert verdict.level is Level.INVALID
    assert {"cpu_fallback", "file_changed"} <= {reason.code for reason in verdict.reasons}


@pytest.mark.parametrize(
    ("asked", "dtype", "code"),
    [
        ("as_is", "float16", "precision_not_files"),
        ("as_is", "float32", None),
        ("fp16", "float16", "precision_other"),
    ],
)
def test_a_file_that_did_not_run_in_its_own_precision_says_so(
    asked: str, dtype: str, code: str | None
) -> None:
    heard = _heard()
    heard.loaded, heard.finished, heard.warmup_status = _loaded(), _finished(), "steady"
    gathered = _gathered()
    gathered.plan = msgspec.structs.replace(PLAN, precision=asked)
    nodes = (messages.Node("m", "MatMul", dtype=dtype, flops=1_000),)
    gathered.description = messages.Description((X,), (X,), 5, 20, {}, (), Flops(), nodes=nodes)
    verdict = _assembled(heard, _contents(4_000), gathered).verdict
    assert verdict is not None
    said = {reason.code: reason for reason in verdict.reasons if reason.code.startswith("precision")}
    assert set(said) == ({code} if code else set())
    if code == "precision_not_files":
        assert said[code].parameters == {"own": "fp16", "ran": "fp32", "runtime": "onnxruntime"}
        assert "fp16" in wording.reason_sentence(said[code], "zh_CN")


def test_the_document_survives_json_and_names_the_method_of_percentiles() -> None:
    result = _whole()
    assert from_json(to_json(result)) == result
    assert "inverted_cdf" in result.latency.method
    assert b"folder" not in to_json(result)


def test_device_memory_is_the_word_of_the_watch_with_its_reasons() -> None:
    heard = _heard()
    heard.loaded, heard.finished, heard.warmup_status = _loaded(), _finished(), "steady"
    heard.device_peak = DevicePeak(total_bytes=100, unavailable={"process_bytes": Unknown("nvml_missing")})
    result = _assembled(heard, _contents(400))
    assert result.memory.device_total_bytes == 100
    assert result.unavailable["memory.device_peak_process_bytes"].code == "nvml_missing"
    heard.device_peak = DevicePeak(process_bytes=40, used_bytes=50, total_bytes=100)
    assert _assembled(heard, _contents(400)).memory.utilisation == pytest.approx(0.4)


def test_a_child_cannot_make_itself_faster_than_its_samples() -> None:
    heard = _heard()
    heard.loaded, heard.warmup_status = _loaded(), "steady"
    heard.finished = msgspec.structs.replace(_finished(), steady_ns=-5)
    result = _assembled(heard, _contents(4_000))
    assert result.throughput.inferences_per_s == pytest.approx(1_000, rel=0.01)


def test_a_long_sweep_stays_a_small_document() -> None:
    """Twelve points of three processes each: under 100 kB without the samples."""
    result = _whole()
    replicates = tuple(
        msgspec.structs.replace(result.replicates[0], point=at // 3, replicate=at % 3) for at in range(36)
    )
    points = tuple(builders_engine.sweep_result().points[:1]) * 12
    whole = msgspec.structs.replace(result, replicates=replicates, points=points)
    document = to_json(whole)
    assert len(document) < 100_000
    assert from_json(document) == whole

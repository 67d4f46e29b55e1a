"""The protocol: what is no message is refused."""

from __future__ import annotations

import msgspec
import pytest

from profiler import messages
from profiler.errors import ErrorInfo
from profiler.plan import STOPPING, Preset, RunPlan, Stopping, stopping_for
from profiler.result import Status


def test_requests_and_reports_survive_a_round_trip() -> None:
    plan = RunPlan("m.onnx", "onnxruntime", shapes={"x": (1, 2)}, warmup=3)
    measure = messages.Measure(plan, "onnx", "samples.bin")
    assert messages.decode_request(messages.encode(measure)) == measure
    failed = messages.Failed(ErrorInfo("bug", {"a": "b"}, "text"), "load")
    assert messages.decode_report(messages.encode(failed)) == failed
    assert messages.encode(failed).count(b"\n") == 1


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b"[1]", b'{"say":"nothing"}', b'{"say":"warming","count":"1"}', b"[" * 100_000,
     b'{"say":"measuring","first_index":1,"warmup_status":"s","extra":1}', b'{"say":"cancel"}',
     b'{"say":"warming","count":NaN,"elapsed_ns":1,"window_p50_ns":1}', b'{"say":"warming","count":1e999}'],
)  # fmt: skip
def test_what_is_no_report_is_refused(line: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, RecursionError)):
        messages.decode_report(line)


def test_a_duration_replaces_the_whole_rule_of_a_preset() -> None:
    assert stopping_for(Preset.RIGOROUS, 2.5) == Stopping(2.5, 1, 2.5)
    assert stopping_for(Preset.QUICK) is STOPPING[Preset.QUICK]
    assert {status.value for status in Status} == {"finished", "stopped", "interrupted", "failed"}

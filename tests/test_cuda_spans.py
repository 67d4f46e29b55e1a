"""The three parts of a call on a device, with a device whose clock is ours."""

from __future__ import annotations

from typing import Any

from profiler.backends import cuda_spans
from profiler.backends.cuda_spans import Spans
from tests.fake_clock import FakeClock


class Device:
    """Work moves its clock; events read it. Milliseconds, as CUDA's are."""

    def __init__(self) -> None:
        self.now_ms = 0.0
        self.synchronised: list[str] = []
        self.cuda = self

    def Event(self, enable_timing: bool) -> Event:
        assert enable_timing
        return Event(self)

    def synchronize(self, device: str) -> None:
        self.synchronised.append(device)


class Event:
    def __init__(self, device: Device) -> None:
        self._device, self.at_ms = device, 0.0

    def record(self) -> None:
        self.at_ms = self._device.now_ms

    def elapsed_time(self, later: Event) -> float:
        return later.at_ms - self.at_ms


class Tensor:
    def __init__(self, device: Device, copy_ms: float) -> None:
        self._device, self._copy_ms = device, copy_ms

    def to(self, name: str) -> Tensor:
        assert name == "cuda:0"
        self._device.now_ms += self._copy_ms
        return self


def test_each_part_is_timed_apart_and_the_device_is_waited_for() -> None:
    device = Device()

    def compute(*tensors: Any) -> Any:
        device.now_ms += 2.0
        return tensors

    def to_host(answer: Any) -> None:
        device.now_ms += 0.25 * len(answer)

    tensors = [Tensor(device, 0.5), Tensor(device, 0.125)]
    spans = cuda_spans.by_events(device, "cuda:0", tensors, compute, to_host)
    assert spans == Spans(3_125_000, 625_000, 2_000_000, 500_000)
    assert device.synchronised == ["cuda:0"] * cuda_spans.CALLS


def test_without_events_the_host_times_a_call_that_stays_on_the_device() -> None:
    clock = FakeClock()
    spans = cuda_spans.by_wall(clock.call_lasting(1_500), clock)
    assert spans == Spans(1_500)
    assert spans.h2d_ns is None

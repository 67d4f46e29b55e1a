"""What is to be measured: one plan is one run."""

from __future__ import annotations

import enum
from typing import Literal

import msgspec


class Preset(enum.StrEnum):
    """How long to measure: MEASURING.md, section 1.3."""

    QUICK = "quick"
    STANDARD = "standard"
    RIGOROUS = "rigorous"


class Stopping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When enough has been measured.

    Measuring goes on until `minimum_s` and `minimum_count` are reached and, where they are given, the
    95 % interval of P50 lies within +-`p50_tolerance` (a share) and the upper bound of P99 is at most
    `p99_bound` times P99; it ends at `maximum_s` whatever holds.
    """

    minimum_s: float
    minimum_count: int
    maximum_s: float
    p50_tolerance: float | None = None
    p99_bound: float | None = None


STOPPING: dict[Preset, Stopping] = {
    Preset.QUICK: Stopping(3.0, 30, 10.0),
    Preset.STANDARD: Stopping(10.0, 1_000, 60.0, 0.01, 1.10),
    Preset.RIGOROUS: Stopping(60.0, 10_000, 600.0, 0.005, 1.05),
}


def stopping_for(preset: Preset, duration_s: float | None = None) -> Stopping:
    """The preset's rule, or exactly `duration_s` of measuring where the user names a duration."""
    if duration_s is None:
        return STOPPING[preset]
    return Stopping(duration_s, 1, duration_s)


class SingleStream(msgspec.Struct, frozen=True, tag="SingleStream", tag_field="name"):
    """The next query is sent when the previous one is done. The number it answers: typical wait, P50."""


Scenario = SingleStream


class RunPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run: a file, a runtime, a device and how to measure.

    `model_sha256` is filled in by the runner from the bytes that were read. `shapes` gives whole shapes
    by input name, `dimensions` single symbolic dimensions by their name; both win over `batch`.
    `input_files` maps an input name to a .npy file; the empty name stands for one .npz with all inputs.
    `threads` 0 means: as many as this process may use. Times are in seconds, memory in bytes.
    """

    model_path: str
    runtime: str
    device: str = "cpu"
    precision: str = "as_is"
    scenario: Scenario = SingleStream()
    batch: int = 1
    shapes: dict[str, tuple[int, ...]] = {}
    dimensions: dict[str, int] = {}
    input_files: dict[str, str] = {}
    distinct_inputs: int = 8
    threads: int = 0
    seed: int = 0
    preset: Preset = Preset.STANDARD
    stopping: Stopping = STOPPING[Preset.STANDARD]
    warmup: Literal["auto"] | int = "auto"
    load_timeout_s: float = 600.0
    memory_limit_bytes: int = 0
    model_sha256: str = ""

    @property
    def concurrency(self) -> int:
        return 1

    @property
    def world_size(self) -> int:
        return 1

"""What is to be measured: one plan is one run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, Optional, Union

import msgspec

from profiler.checks_plan import Checks
from profiler.text_enum import TextEnum

PRECISIONS = ("as_is", "fp32", "tf32", "bf16", "fp16", "int8")


class Preset(TextEnum):
    """How long to measure: MEASURING.md, section 1.3."""

    QUICK = "quick"
    STANDARD = "standard"
    RIGOROUS = "rigorous"
    POWER = "power"


class Stopping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When enough has been measured.

    Measuring goes on until `minimum_s` and `minimum_count` are reached and, where they are given, the
    95 % interval of P50 lies within +-`p50_tolerance` (a share) and the upper bound of P99 is at most
    `p99_bound` times P99; it ends at `maximum_s` whatever holds. In a RunPlan it is the total of a point,
    which `share_of` splits over its processes.
    """

    minimum_s: float
    minimum_count: int
    maximum_s: float
    p50_tolerance: Optional[float] = None
    p99_bound: Optional[float] = None


STOPPING: dict[Preset, Stopping] = {
    Preset.QUICK: Stopping(3.0, 30, 10.0),
    Preset.STANDARD: Stopping(10.0, 1_000, 60.0, 0.01, 1.10),
    Preset.RIGOROUS: Stopping(60.0, 10_000, 600.0, 0.005, 1.05),
    Preset.POWER: Stopping(60.0, 30, 300.0),
}

PROCESSES: dict[Preset, int] = {
    Preset.QUICK: 1,
    Preset.STANDARD: 3,
    Preset.RIGOROUS: 5,
    Preset.POWER: 1,
}

# Processes differ by several percent on a shared machine: what is compared needs more of them than what
# stands alone (MEASURING.md, section 1.3).
COMPARED_PROCESSES: dict[Preset, int] = {**PROCESSES, Preset.STANDARD: 5}


def stopping_for(preset: Preset, duration_s: float | None = None) -> Stopping:
    """The preset's rule, or exactly `duration_s` of measuring where the user names a duration."""
    if duration_s is None:
        return STOPPING[preset]
    return Stopping(duration_s, 1, duration_s)


def share_of(rule: Stopping, processes: int) -> Stopping:
    """The rule of one of several processes that measure the same point one after another."""
    return msgspec.structs.replace(
        rule,
        minimum_s=rule.minimum_s / processes,
        minimum_count=math.ceil(rule.minimum_count / processes),
        maximum_s=rule.maximum_s / processes,
    )


class _Scenario(msgspec.Struct, frozen=True, tag_field="name", forbid_unknown_fields=True):
    pass


class SingleStream(_Scenario, frozen=True, tag="SingleStream"):
    """The next query is sent when the previous one is done. The number it answers: typical wait, P50."""


class MultiStream(_Scenario, frozen=True, tag="MultiStream"):
    """One query holds several samples and is done when the last of them is. It answers: P99 of a query."""

    samples_per_query: int = 8


class Offline(_Scenario, frozen=True, tag="Offline"):
    """All samples are there at once, taken a batch at a time. It answers: samples per second."""

    in_flight: int = 1


class Concurrency(_Scenario, frozen=True, tag="Concurrency"):
    """Closed loop: always `in_flight` requests under way, each sent when one is done, on one session.

    It answers: throughput and latency as load rises.
    """

    in_flight: int = 1


class Server(_Scenario, frozen=True, tag="Server"):
    """Open loop: requests arrive at random (Poisson) at a rate, whatever the model does.

    Latency counts from the moment a request was due. `rate_per_s` None: find the highest rate that keeps
    the plan's limit. `workers` 0: as many as the rate needs. `seed` draws the arrivals. It answers: P99 at
    a rate, or that rate.
    """

    rate_per_s: Optional[float] = None
    workers: int = 0
    seed: int = 0


Scenario = Union[SingleStream, MultiStream, Offline, Concurrency, Server]


class Sweep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values to go through, a point for each combination; what is empty stays as the plan has it.

    `dimensions`: several sizes of a symbolic dimension, by its name.
    """

    batch: tuple[int, ...] = ()
    concurrency: tuple[int, ...] = ()
    threads: tuple[int, ...] = ()
    rate_per_s: tuple[float, ...] = ()
    dimensions: dict[str, tuple[int, ...]] = {}


class Companion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another model that is resident on the device at the same time, in a process of its own."""

    model_path: str
    runtime: str
    model_sha256: str = ""


class RunPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run: a file, a runtime, a device and how to measure.

    `model_sha256` is filled in by the runner from the bytes that were read. `shapes` gives whole shapes
    by input name, `dimensions` single symbolic dimensions by their name; both win over `batch`.
    `dimension_names`: what dimensions of the file go by in the plan, where that is not their own name.
    `input_files` maps an input name to a .npy file, a picture, or a folder of either; the empty name stands
    for one .npz with several inputs. `distinct_inputs` sets of inputs are rotated.
    `threads` 0 means: as many as this process may use. Times are in seconds, memory in bytes.

    `replicates` fresh processes measure each point, 0: as many as the preset says; `world_size` processes
    measure at once. `limits` names the most that a quantity may be, in ns, bytes, J or a share, as
    profiler.limits parses them. `companions`: the model is measured alone, beside them while they are
    idle, and while they are busy.

    `finds_largest_batch`: instead of a load, look for the largest batch that fits into memory.
    `precision`: `as_is` or fp32, tf32, bf16, fp16, int8. `input_kinds` says what made-up inputs are like,
    by input name, as profiler.input_kinds parses it. `traces`: afterwards time the operators in a pass of
    their own. `python`: the interpreter of the child, empty for our own. `consents`: SHA-256 of programs
    that the user has just allowed to run, this once. `checks`: what is asked about its answers.
    """

    model_path: str
    runtime: str
    device: str = "cpu"
    precision: str = "as_is"
    scenario: Scenario = SingleStream()
    batch: int = 1
    shapes: dict[str, tuple[int, ...]] = {}
    dimensions: dict[str, int] = {}
    dimension_names: dict[str, str] = {}
    input_files: dict[str, str] = {}
    distinct_inputs: int = 8
    threads: int = 0
    seed: int = 0
    preset: Preset = Preset.STANDARD
    stopping: Stopping = STOPPING[Preset.STANDARD]
    warmup: Union[Literal["auto"], int] = "auto"
    load_timeout_s: float = 600.0
    memory_limit_bytes: int = 0
    model_sha256: str = ""
    replicates: int = 0
    world_size: int = 1
    sweep: Sweep = Sweep()
    limits: dict[str, float] = {}
    companions: tuple[Companion, ...] = ()
    flush_denormals: bool = False
    input_kinds: dict[str, str] = {}
    traces: bool = False
    finds_largest_batch: bool = False
    python: str = ""
    consents: tuple[str, ...] = ()
    checks: Checks = Checks()

    @property
    def concurrency(self) -> int:
        """Requests under way at once, where the scenario fixes their number."""
        scenario = self.scenario
        return scenario.in_flight if isinstance(scenario, (Concurrency, Offline)) else 1

    def calls_per_query(self, batch: int) -> int:
        """How many calls at this batch make up one query."""
        scenario = self.scenario
        return -(-scenario.samples_per_query // batch) if isinstance(scenario, MultiStream) else 1

    @property
    def processes(self) -> int:
        """Fresh processes for each point."""
        return self.replicates or PROCESSES[self.preset]


def compared(plans: Sequence[RunPlan]) -> list[RunPlan]:
    """Plans of runs that are compared: where nobody said how many processes, as many as that asks for.

    A search, for a rate or for a batch, and processes that measure at once have numbers of their own.
    """
    if len(plans) < 2:
        return list(plans)
    return [
        msgspec.structs.replace(plan, replicates=COMPARED_PROCESSES[plan.preset])
        if _is_left_open(plan)
        else plan
        for plan in plans
    ]


def _is_left_open(plan: RunPlan) -> bool:
    scenario = plan.scenario
    searches = isinstance(scenario, Server) and scenario.rate_per_s is None and not plan.sweep.rate_per_s
    is_own = plan.finds_largest_batch or searches or plan.companions or plan.world_size > 1
    return not is_own and plan.replicates == 0 and COMPARED_PROCESSES[plan.preset] != plan.processes

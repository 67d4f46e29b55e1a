"""RunResult: the one artefact of a run; its JSON form is the document of the command line and the history.

A quantity that could not be measured is None, with its reason in `unavailable` under its dotted name.
Every name that holds a quantity ends in its unit; FLOPs are counts, achieved speeds end in `_per_s`.
"""

from __future__ import annotations

import enum
from typing import Any

import msgspec

from profiler.errors import ErrorInfo

SCHEMA = 1

Interval = tuple[int, int]


class Status(enum.StrEnum):
    """How a run ended."""

    FINISHED = "finished"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class Level(enum.StrEnum):
    """Whether the number can be believed."""

    TRUSTED = "trusted"
    CAUTION = "caution"
    INVALID = "invalid"


class Reason(msgspec.Struct, frozen=True):
    """A code with its parameters; the sentence is in resources/texts/reasons.toml."""

    code: str
    parameters: dict[str, str] = {}


class Tensor(msgspec.Struct, frozen=True):
    """An input or output: numpy dtype name; a dimension is a number, a name, or None where unknown."""

    name: str
    dtype: str
    shape: tuple[int | str | None, ...] | None


class Model(msgspec.Struct, frozen=True):
    """The file that was measured; `name` is the file's name without its folder."""

    name: str
    format: str
    sha256: str
    size_bytes: int
    parameters: int | None = None
    inputs: tuple[Tensor, ...] = ()
    outputs: tuple[Tensor, ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """The plan as it was carried out: `shapes` are the concrete shapes of the inputs that ran."""

    runtime: str
    device: str
    precision_requested: str
    scenario: str
    batch: int
    concurrency: int
    threads: int
    world_size: int
    seed: int
    preset: str
    distinct_inputs: int
    warmup: str
    minimum_s: float
    maximum_s: float
    shapes: dict[str, tuple[int, ...]] = {}
    inputs: dict[str, str] = {}


class Placement(msgspec.Struct, frozen=True):
    """How many operators of the graph ran where; `provider` is the runtime's own word."""

    provider: str
    operators: int | None = None


class Environment(msgspec.Struct, frozen=True):
    """Where it was measured; `machine` is hardware.machine.Machine as plain data."""

    machine: dict[str, Any] = {}
    runtime_version: str | None = None
    python: str | None = None
    os: str | None = None
    driver: str | None = None
    precision_effective: str | None = None
    placement: tuple[Placement, ...] = ()
    inferometer: str | None = None


class Phases(msgspec.Struct, frozen=True):
    """Wall time of each phase, kept apart (MEASURING.md, rule 1)."""

    import_ns: int | None = None
    load_ns: int | None = None
    compile_ns: int | None = None
    first_inference_ns: int | None = None
    second_inference_ns: int | None = None
    warmup_ns: int | None = None
    warmup_count: int | None = None
    warmup_status: str | None = None
    steady_ns: int | None = None
    start_to_first_inference_ns: int | None = None


class Boundary(msgspec.Struct, frozen=True):
    """What the loop itself costs: the same loop over a call that does nothing."""

    null_call_ns: int | None = None
    null_call_p99_ns: int | None = None
    host_overhead: float | None = None


class Latency(msgspec.Struct, frozen=True):
    """Statistics of the steady samples. Percentiles: nearest rank on all samples (inverted_cdf)."""

    count: int = 0
    mean_ns: float | None = None
    std_ns: float | None = None
    cv: float | None = None
    min_ns: int | None = None
    p50_ns: int | None = None
    p90_ns: int | None = None
    p95_ns: int | None = None
    p99_ns: int | None = None
    p999_ns: int | None = None
    max_ns: int | None = None
    p50_ci_ns: Interval | None = None
    p99_ci_ns: Interval | None = None
    method: str = "nearest rank (inverted_cdf), all samples kept"


class Steadiness(msgspec.Struct, frozen=True):
    """Whether the run was stationary: drift is the spread of ten segment medians with its test."""

    status: str
    segment_spread: float | None = None
    kruskal_p: float | None = None
    segment_p50_ns: tuple[int, ...] = ()
    stop_rule_held: bool | None = None


class Replicate(msgspec.Struct, frozen=True):
    """One child: its latency block and how it ended."""

    latency: Latency
    exit: str
    steadiness: Steadiness | None = None


class Throughput(msgspec.Struct, frozen=True):
    """inferences and samples (inferences x batch) per second of the steady window."""

    inferences_per_s: float | None = None
    samples_per_s: float | None = None
    world_size: int = 1


class Flops(msgspec.Struct, frozen=True):
    """Arithmetic of one inference at the shapes that ran; 1 MAC = 2 FLOPs.

    `per_inference` counts matrix products, convolutions, recurrent cells and attention;
    `other_per_inference` elementwise, normalisation and reduction work, counted apart.
    `counted_fraction` is the share of operators (nodes) that a rule covers; data movement is covered with 0.
    """

    per_inference: int | None = None
    macs_per_inference: int | None = None
    per_sample: float | None = None
    other_per_inference: int | None = None
    counted_fraction: float | None = None
    uncounted_operators: dict[str, int] = {}
    achieved_per_s: float | None = None
    percent_of_peak: float | None = None
    peak_source: str | None = None
    method: str | None = None


class Memory(msgspec.Struct, frozen=True):
    """Bytes of the child and of the device; `model_peak_bytes` is peak minus baseline."""

    baseline_rss_bytes: int | None = None
    after_load_rss_bytes: int | None = None
    peak_rss_bytes: int | None = None
    model_peak_bytes: int | None = None
    weights_bytes: int | None = None
    inputs_bytes: int | None = None
    device_peak_process_bytes: int | None = None
    device_peak_allocated_bytes: int | None = None
    device_total_bytes: int | None = None
    utilisation: float | None = None


class Energy(msgspec.Struct, frozen=True):
    """Power and energy of the measured window, with the method."""

    method: str | None = None
    average_w: float | None = None
    idle_w: float | None = None
    per_inference_j: float | None = None
    samples_per_j: float | None = None
    samples_per_s_per_w: float | None = None
    uncertainty: float | None = None


class Accuracy(msgspec.Struct, frozen=True):
    """Whether the answers are right."""

    idempotent: bool | None = None
    max_repeat_difference: float | None = None
    reference: str | None = None
    parity: tuple[dict[str, Any], ...] = ()
    top1: float | None = None
    top5: float | None = None
    dataset: str | None = None
    dataset_size: int | None = None


class Verdict(msgspec.Struct, frozen=True):
    """The trust verdict with its reasons as codes."""

    level: Level
    reasons: tuple[Reason, ...] = ()


class SamplesRef(msgspec.Struct, frozen=True):
    """Where every latency lies, in order: two cold calls, warm-up, then the steady samples."""

    file: str
    count: int
    cold_count: int
    warmup_count: int
    unit: str = "ns"


class RunResult(msgspec.Struct, frozen=True, kw_only=True):
    """One run, whole. Write-once: a run that is finished never changes."""

    schema: int = SCHEMA
    id: str
    created: str
    status: Status
    error: ErrorInfo | None = None
    model: Model
    plan: Plan
    environment: Environment = Environment()
    phases: Phases = Phases()
    boundary: Boundary = Boundary()
    replicates: tuple[Replicate, ...] = ()
    latency: Latency = Latency()
    steadiness: Steadiness | None = None
    throughput: Throughput = Throughput()
    points: tuple[dict[str, Any], ...] = ()
    flops: Flops = Flops()
    memory: Memory = Memory()
    energy: Energy = Energy()
    accuracy: Accuracy = Accuracy()
    operators: tuple[dict[str, Any], ...] = ()
    verdict: Verdict | None = None
    unavailable: dict[str, Reason] = {}
    samples: SamplesRef | None = None


def to_json(result: RunResult, indent: int = 2) -> bytes:
    """The document as UTF-8 JSON; never holds NaN or Infinity (msgspec writes them as null)."""
    return msgspec.json.format(msgspec.json.encode(result), indent=indent)


def from_json(data: bytes) -> RunResult:
    """The result in a document; raises msgspec.ValidationError or msgspec.DecodeError for anything else."""
    return msgspec.json.decode(data, type=RunResult)

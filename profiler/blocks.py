"""What a result is made of: small frozen records, each of one thing that was measured or settled.

A quantity that could not be measured is None, with its reason in the document's `unavailable` under its
dotted name. Every name that holds a quantity ends in its unit; FLOPs are counts, speeds end in `_per_s`.
"""

from __future__ import annotations

import enum
from typing import Any

import msgspec

from profiler.errors import ErrorInfo

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
    replicates: int = 1
    rate_per_s: float | None = None
    samples_per_query: int | None = None
    limits: dict[str, float] = {}
    sweep: dict[str, tuple[float, ...]] = {}
    companions: tuple[str, ...] = ()


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
    interval_method: str | None = None


class Lateness(msgspec.Struct, frozen=True):
    """How well an open loop kept its schedule, over requests that found a free worker.

    `wait_method` is profiler.waiting's word; shares are 0 to 1. `unanswered` requests were due and never
    served before the run was cut: their latency counts as at least what they had waited.
    """

    p50_ns: int | None = None
    p99_ns: int | None = None
    over_1ms_share: float | None = None
    all_busy_share: float | None = None
    target_per_s: float | None = None
    achieved_per_s: float | None = None
    workers: int | None = None
    wait_method: str | None = None
    backlog_grows: bool | None = None
    unanswered: int = 0


class NativeFigure(msgspec.Struct, frozen=True):
    """The same model in a loop outside Python, beside the Python loop's figure; `method` says which loop."""

    method: str
    mean_ns: float
    count: int
    p50_ns: int | None = None


class Boundary(msgspec.Struct, frozen=True):
    """Where the time of a call goes, and what the loop itself costs.

    `null_call_ns`: the same loop over a call that does nothing. On a GPU, medians of the spans between
    events: host-to-device, compute, device-to-host; `device_ns` their sum, where `latency` is what the
    caller waits. `service`: from the beginning of a call, where `latency` counts from when it was due.
    """

    null_call_ns: int | None = None
    null_call_p99_ns: int | None = None
    host_overhead: float | None = None
    h2d_ns: int | None = None
    compute_ns: int | None = None
    d2h_ns: int | None = None
    device_ns: int | None = None
    native: NativeFigure | None = None
    service: Latency | None = None
    lateness: Lateness | None = None


class Steadiness(msgspec.Struct, frozen=True):
    """Whether the run was stationary: drift is the spread of ten segment medians with its test."""

    status: str
    segment_spread: float | None = None
    kruskal_p: float | None = None
    segment_p50_ns: tuple[int, ...] = ()
    stop_rule_held: bool | None = None
    step_at: float | None = None
    step_before_ns: int | None = None
    step_after_ns: int | None = None


class Throughput(msgspec.Struct, frozen=True):
    """inferences and samples (inferences x batch) per second of the steady window."""

    inferences_per_s: float | None = None
    samples_per_s: float | None = None
    world_size: int = 1


class Flops(msgspec.Struct, frozen=True):
    """Arithmetic of one inference at the shapes that ran; 1 MAC = 2 FLOPs.

    `per_inference` counts matrix products, convolutions, recurrent cells and attention;
    `other_per_inference` elementwise, normalisation and reduction work, counted apart.
    `integer_per_inference` is the part of `per_inference` done on quantised integers (operations, not
    floating-point ones). `counted_fraction` is the share of operators (nodes) that a rule covers; data
    movement is covered with 0.
    """

    per_inference: int | None = None
    macs_per_inference: int | None = None
    integer_per_inference: int | None = None
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


class Operator(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row of the traced pass: what ran under this name, per inference.

    `time_ns` is the mean over the traced calls, `share` its part of the sum of all rows, 0 to 1. `nodes`
    are the names of the graph's nodes that ran in it (several where the runtime fused them; none where
    it added the operator itself); `flops` (products and elementwise), `integer_operations` and `bytes`
    (read and written) are theirs, None where those of a node are unknown. `flops_per_s` counts FLOPs only.
    """

    name: str
    type: str
    time_ns: float
    share: float
    calls: float = 1.0
    nodes: tuple[str, ...] = ()
    flops: int | None = None
    integer_operations: int | None = None
    bytes: int | None = None
    flops_per_s: float | None = None
    device: str | None = None


class Trace(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the operators were timed: a pass of its own, never mixed with the timed one.

    `slowdown` is the median traced call over the timed P50; `explained` the sum of all rows over the mean
    traced call, both on the wall clock; above 1 where operators ran side by side.
    """

    method: str
    calls: int
    call_p50_ns: int
    sum_ns: float
    slowdown: float | None = None
    explained: float | None = None


class Disturbance(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the measuring process went through in the steady window, by its own and the kernel's counters.

    CPU times in seconds; counts are of the window; `p99_undisturbed_ns` leaves out calls during which the
    process was pre-empted, and stands beside P99, never in its place. `spinning_cpu_s`: CPU time in the
    second after the last call. `gap_p50_ns`: median of calls with 50 ms of rest before each.
    `input_p50_ns`: median by distinct input, in order.
    """

    wall_s: float | None = None
    cpu_s: float | None = None
    usable_cpus: float | None = None
    involuntary_switches: int | None = None
    migrations: int | None = None
    major_faults: int | None = None
    throttled_count: int | None = None
    throttled_s: float | None = None
    resident_growth_bytes: int | None = None
    spinning_cpu_s: float | None = None
    gap_p50_ns: int | None = None
    p99_undisturbed_ns: int | None = None
    preempted_share: float | None = None
    input_p50_ns: tuple[int, ...] = ()
    clock_ratio: float | None = None
    traced: bool = False


class Replicate(msgspec.Struct, frozen=True, omit_defaults=True):
    """One child: its latency block and how it ended. `point` indexes `points`; `rank` of `world_size`."""

    latency: Latency
    exit: str
    steadiness: Steadiness | None = None
    point: int = 0
    replicate: int = 0
    rank: int = 0
    host: str | None = None
    throughput: Throughput | None = None
    phases: Phases | None = None
    memory: Memory | None = None
    disturbance: Disturbance | None = None
    error: ErrorInfo | None = None
    cpus: tuple[int, ...] = ()


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


class Point(msgspec.Struct, frozen=True):
    """One combination of a sweep, one try of a search, or one condition of models that live together.

    `stage` of a search: capacity, bracket, bisect, confirm, recheck; `kept` whether the limit was kept.
    `together`: alone, idle or busy. A point that failed has its `error` and empty blocks.
    """

    batch: int
    concurrency: int
    threads: int
    world_size: int = 1
    rate_per_s: float | None = None
    together: str | None = None
    stage: str | None = None
    kept: bool | None = None
    status: Status = Status.FINISHED
    error: ErrorInfo | None = None
    processes: int = 0
    latency: Latency = Latency()
    service: Latency | None = None
    lateness: Lateness | None = None
    throughput: Throughput = Throughput()
    steadiness: Steadiness | None = None
    memory: Memory | None = None
    phases: Phases | None = None
    verdict: Verdict | None = None


class Resident(msgspec.Struct, frozen=True):
    """One of several models that are resident at once; `share` of the sum, 0 to 1."""

    name: str
    runtime: str
    memory_bytes: int | None = None
    device_bytes: int | None = None
    share: float | None = None


class Together(msgspec.Struct, frozen=True):
    """Models resident at once on one device: `group` is the same in the runs of all of them.

    `more_like_this` how many further copies of the measured model the free memory holds.
    """

    group: str
    residents: tuple[Resident, ...]
    sum_bytes: int | None = None
    free_bytes: int | None = None
    total_bytes: int | None = None
    more_like_this: int | None = None


class Check(msgspec.Struct, frozen=True):
    """One check of the machine before the run, as hardware.readiness found it."""

    code: str
    state: str
    parameters: dict[str, str] = {}

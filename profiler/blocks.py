"""What a result is made of: small frozen records, each of one thing that was measured or settled.

A quantity that could not be measured is None, with its reason in the document's `unavailable` under its
dotted name. Every name that holds a quantity ends in its unit; FLOPs are counts, speeds end in `_per_s`.
"""

from __future__ import annotations

from typing import Optional

import msgspec

from profiler.errors import ErrorInfo
from profiler.text_enum import TextEnum

Interval = tuple[int, int]


class Status(TextEnum):
    """How a run ended."""

    FINISHED = "finished"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class Level(TextEnum):
    """Whether the number can be believed."""

    TRUSTED = "trusted"
    CAUTION = "caution"
    INVALID = "invalid"


class Reason(msgspec.Struct, frozen=True):
    """A code with its parameters; the sentence is in resources/texts/reasons.toml."""

    code: str
    parameters: dict[str, str] = {}


class Phases(msgspec.Struct, frozen=True):
    """Wall time of each phase, kept apart (MEASURING.md, rule 1)."""

    import_ns: Optional[int] = None
    load_ns: Optional[int] = None
    compile_ns: Optional[int] = None
    first_inference_ns: Optional[int] = None
    second_inference_ns: Optional[int] = None
    warmup_ns: Optional[int] = None
    warmup_count: Optional[int] = None
    warmup_status: Optional[str] = None
    steady_ns: Optional[int] = None
    start_to_first_inference_ns: Optional[int] = None


class Latency(msgspec.Struct, frozen=True):
    """Statistics of the steady samples. Percentiles: nearest rank on all samples (inverted_cdf)."""

    count: int = 0
    mean_ns: Optional[float] = None
    std_ns: Optional[float] = None
    cv: Optional[float] = None
    min_ns: Optional[int] = None
    p50_ns: Optional[int] = None
    p90_ns: Optional[int] = None
    p95_ns: Optional[int] = None
    p99_ns: Optional[int] = None
    p999_ns: Optional[int] = None
    max_ns: Optional[int] = None
    p50_ci_ns: Optional[Interval] = None
    p99_ci_ns: Optional[Interval] = None
    method: str = "nearest rank (inverted_cdf), all samples kept"
    interval_method: Optional[str] = None


class Lateness(msgspec.Struct, frozen=True):
    """How well an open loop kept its schedule, over requests that found a free worker.

    `wait_method` is profiler.waiting's word; shares are 0 to 1. `unanswered` requests were due and never
    served before the run was cut: their latency counts as at least what they had waited.
    """

    p50_ns: Optional[int] = None
    p99_ns: Optional[int] = None
    over_1ms_share: Optional[float] = None
    all_busy_share: Optional[float] = None
    target_per_s: Optional[float] = None
    achieved_per_s: Optional[float] = None
    workers: Optional[int] = None
    wait_method: Optional[str] = None
    backlog_grows: Optional[bool] = None
    unanswered: int = 0


class NativeFigure(msgspec.Struct, frozen=True):
    """The same model in a loop outside Python, beside the Python loop's figure; `method` says which loop."""

    method: str
    mean_ns: float
    count: int
    p50_ns: Optional[int] = None


class Boundary(msgspec.Struct, frozen=True):
    """Where the time of a call goes, and what the loop itself costs.

    `null_call_ns`: the same loop over a call that does nothing. On a GPU, medians of the spans between
    events: host-to-device, compute, device-to-host; `device_ns` their sum, where `latency` is what the
    caller waits. `service`: from the beginning of a call, where `latency` counts from when it was due.
    """

    null_call_ns: Optional[int] = None
    null_call_p99_ns: Optional[int] = None
    host_overhead: Optional[float] = None
    h2d_ns: Optional[int] = None
    compute_ns: Optional[int] = None
    d2h_ns: Optional[int] = None
    device_ns: Optional[int] = None
    native: Optional[NativeFigure] = None
    service: Optional[Latency] = None
    lateness: Optional[Lateness] = None


class Steadiness(msgspec.Struct, frozen=True):
    """Whether the run was stationary: drift is the spread of ten segment medians with its test."""

    status: str
    segment_spread: Optional[float] = None
    kruskal_p: Optional[float] = None
    segment_p50_ns: tuple[int, ...] = ()
    stop_rule_held: Optional[bool] = None
    step_at: Optional[float] = None
    step_before_ns: Optional[int] = None
    step_after_ns: Optional[int] = None


class Throughput(msgspec.Struct, frozen=True):
    """inferences and samples (inferences x batch) per second of the steady window."""

    inferences_per_s: Optional[float] = None
    samples_per_s: Optional[float] = None
    world_size: int = 1


class Flops(msgspec.Struct, frozen=True):
    """Arithmetic of one inference at the shapes that ran; 1 MAC = 2 FLOPs.

    `per_inference` counts matrix products, convolutions, recurrent cells and attention;
    `other_per_inference` elementwise, normalisation and reduction work, counted apart.
    `integer_per_inference` is the part of `per_inference` done on quantised integers (operations, not
    floating-point ones). `counted_fraction` is the share of operators (nodes) that a rule covers; data
    movement is covered with 0.
    """

    per_inference: Optional[int] = None
    macs_per_inference: Optional[int] = None
    integer_per_inference: Optional[int] = None
    per_sample: Optional[float] = None
    other_per_inference: Optional[int] = None
    counted_fraction: Optional[float] = None
    uncounted_operators: dict[str, int] = {}
    achieved_per_s: Optional[float] = None
    percent_of_peak: Optional[float] = None
    peak_source: Optional[str] = None
    method: Optional[str] = None


class Memory(msgspec.Struct, frozen=True):
    """Bytes of the child and of the device; `model_peak_bytes` is peak minus baseline.

    By phase: the most that was resident while loading, at the first calls, and in the steady state (peaks
    of their own where the system lets a peak start anew). By kind: `weights_bytes` as the file holds them,
    `activations_estimate_bytes` by the graph (profiler.messages.MemoryEstimate), `arena_bytes` what the
    runtime's allocator has reserved where it tells or gives it back, and `workspace_bytes`, derived: what
    the model's peak holds beside weights and activations.
    """

    baseline_rss_bytes: Optional[int] = None
    after_load_rss_bytes: Optional[int] = None
    peak_rss_bytes: Optional[int] = None
    model_peak_bytes: Optional[int] = None
    weights_bytes: Optional[int] = None
    inputs_bytes: Optional[int] = None
    device_peak_process_bytes: Optional[int] = None
    device_peak_allocated_bytes: Optional[int] = None
    device_total_bytes: Optional[int] = None
    utilisation: Optional[float] = None
    load_peak_bytes: Optional[int] = None
    first_call_peak_bytes: Optional[int] = None
    steady_peak_bytes: Optional[int] = None
    activations_estimate_bytes: Optional[int] = None
    workspace_bytes: Optional[int] = None
    arena_bytes: Optional[int] = None


class Operator(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row of the traced pass: what ran under this name, per inference.

    `time_ns` is the mean over the traced calls, `share` its part of the sum of all rows, 0 to 1. `nodes`
    are the names of the graph's nodes that ran in it (several where the runtime fused them; none where
    it added the operator itself); `flops` (products and elementwise), `integer_operations` and `bytes`
    (read and written) are theirs, None where those of a node are unknown. Each kind of
    arithmetic has its own speed: `flops_per_s` where a row has no products of integers, which would make it
    the speed of the little beside them. `kernel`: the runtime's word for the code that ran.
    """

    name: str
    type: str
    time_ns: float
    share: float
    calls: float = 1.0
    nodes: tuple[str, ...] = ()
    flops: Optional[int] = None
    integer_operations: Optional[int] = None
    bytes: Optional[int] = None
    flops_per_s: Optional[float] = None
    integer_operations_per_s: Optional[float] = None
    kernel: str = ""
    device: Optional[str] = None


class Trace(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the operators were timed: a pass of its own, never mixed with the timed one.

    All times are means, which alone add up: `sum_ns` of all rows in a call, `call_mean_ns` of the traced
    calls, `timed_mean_ns` of the calls of the timed pass. `slowdown` is the traced over the timed mean; None
    where the traced calls were not slower, which only a disturbed machine can bring about. `explained` is
    the sum over the traced mean, both on the wall clock; above 1 where operators ran side by side.
    """

    method: str
    calls: int
    sum_ns: float
    call_mean_ns: Optional[float] = None
    timed_mean_ns: Optional[float] = None
    slowdown: Optional[float] = None
    explained: Optional[float] = None


class LargestBatch(msgspec.Struct, frozen=True):
    """The largest batch that answered within the memory, 0 where none did; `peak_bytes` is what it took.

    `smallest_failing` ran out of memory; None where every batch that was tried fits.
    """

    batch: int
    smallest_failing: Optional[int]
    peak_bytes: Optional[int]
    limit_bytes: Optional[int]


class Disturbance(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the measuring process went through in the steady window, by its own and the kernel's counters.

    CPU times in seconds; counts are of the window; `p99_undisturbed_ns` leaves out calls during which the
    process was pre-empted, and stands beside P99, never in its place. `spinning_cpu_s`: CPU time in the
    second after the last call. `gap_p50_ns`: median of calls with 50 ms of rest before each.
    `input_p50_ns`: median by distinct input, in order.
    """

    wall_s: Optional[float] = None
    cpu_s: Optional[float] = None
    usable_cpus: Optional[float] = None
    involuntary_switches: Optional[int] = None
    migrations: Optional[int] = None
    major_faults: Optional[int] = None
    throttled_count: Optional[int] = None
    throttled_s: Optional[float] = None
    resident_growth_bytes: Optional[int] = None
    spinning_cpu_s: Optional[float] = None
    gap_p50_ns: Optional[int] = None
    p99_undisturbed_ns: Optional[int] = None
    preempted_share: Optional[float] = None
    input_p50_ns: tuple[int, ...] = ()
    clock_ratio: Optional[float] = None
    traced: bool = False


class Replicate(msgspec.Struct, frozen=True, omit_defaults=True):
    """One child: its latency block and how it ended. `point` indexes `points`; `rank` of `world_size`."""

    latency: Latency
    exit: str
    steadiness: Optional[Steadiness] = None
    point: int = 0
    replicate: int = 0
    rank: int = 0
    host: Optional[str] = None
    throughput: Optional[Throughput] = None
    phases: Optional[Phases] = None
    memory: Optional[Memory] = None
    disturbance: Optional[Disturbance] = None
    error: Optional[ErrorInfo] = None
    cpus: tuple[int, ...] = ()


class Energy(msgspec.Struct, frozen=True):
    """Power and energy of the measured window, with the method."""

    method: Optional[str] = None
    average_w: Optional[float] = None
    idle_w: Optional[float] = None
    per_inference_j: Optional[float] = None
    samples_per_j: Optional[float] = None
    samples_per_s_per_w: Optional[float] = None
    uncertainty: Optional[float] = None


class Verdict(msgspec.Struct, frozen=True):
    """The trust verdict with its reasons as codes."""

    level: Level
    reasons: tuple[Reason, ...] = ()


class Point(msgspec.Struct, frozen=True):
    """One combination of a sweep, one try of a search, or one condition of models that live together.

    `stage` of a search: capacity, bracket, bisect, confirm, recheck; `kept` whether the limit was kept.
    `together`: alone, idle or busy. `dimensions`: the sizes of symbolic dimensions that were gone through.
    A point that failed has its `error` and empty blocks.
    """

    batch: int
    concurrency: int
    threads: int
    world_size: int = 1
    rate_per_s: Optional[float] = None
    together: Optional[str] = None
    stage: Optional[str] = None
    kept: Optional[bool] = None
    dimensions: dict[str, int] = {}
    status: Status = Status.FINISHED
    error: Optional[ErrorInfo] = None
    processes: int = 0
    latency: Latency = Latency()
    service: Optional[Latency] = None
    lateness: Optional[Lateness] = None
    throughput: Throughput = Throughput()
    steadiness: Optional[Steadiness] = None
    memory: Optional[Memory] = None
    phases: Optional[Phases] = None
    verdict: Optional[Verdict] = None


class Resident(msgspec.Struct, frozen=True):
    """One of several models that are resident at once; `share` of the sum, 0 to 1."""

    name: str
    runtime: str
    memory_bytes: Optional[int] = None
    device_bytes: Optional[int] = None
    share: Optional[float] = None


class Together(msgspec.Struct, frozen=True):
    """Models resident at once on one device: `group` is the same in the runs of all of them.

    `more_like_this` how many further copies of the measured model the free memory holds.
    """

    group: str
    residents: tuple[Resident, ...]
    sum_bytes: Optional[int] = None
    free_bytes: Optional[int] = None
    total_bytes: Optional[int] = None
    more_like_this: Optional[int] = None


class Check(msgspec.Struct, frozen=True):
    """One check of the machine before the run, as hardware.readiness found it."""

    code: str
    state: str
    parameters: dict[str, str] = {}

"""What parent and child say to each other: JSON lines, strictly decoded, never objects."""

from __future__ import annotations

from typing import Optional, Union

import msgspec

from profiler.answer_blocks import Idempotence, Labelled
from profiler.checks_plan import Preprocessing
from profiler.errors import ErrorInfo
from profiler.plan import RunPlan
from profiler.result import (
    Accuracy,
    Boundary,
    Disturbance,
    Flops,
    Memory,
    ModelPart,
    Phases,
    Placement,
    Reason,
    Tensor,
)

LINE_LIMIT_BYTES = 1 << 20


class _Message(msgspec.Struct, frozen=True, tag_field="say", forbid_unknown_fields=True):
    pass


# parent -> child -------------------------------------------------------------------------------------


class Measure(_Message, frozen=True, tag="measure"):
    """Carry out this plan at one point; samples go into `samples_file`, which the parent made.

    Further lanes and the requests of an open loop go into files beside it, which the child makes.
    `is_gated`: after the practice runs say Ready and wait for Begin. `cpus`: stay on these, empty: on all.
    `looks_further`: afterwards also measure what is said once a point (spinning, rests, the native loop).
    """

    plan: RunPlan
    format: str
    samples_file: str
    native_library: str = ""
    is_gated: bool = False
    cpus: tuple[int, ...] = ()
    looks_further: bool = True


class Begin(_Message, frozen=True, tag="begin"):
    """To a child that said Ready: measure from this reading of the monotonic clock, for that long."""

    at_ns: int
    duration_s: float


class Accompany(_Message, frozen=True, tag="accompany"):
    """Be resident: open the model, answer once, say Settled, then keep answering or keep still until the end.

    Of the plan the model, runtime, device, shapes, batch and threads count.
    """

    plan: RunPlan
    format: str
    is_busy: bool


class TraceModel(_Message, frozen=True, tag="trace"):
    """Open the model with the runtime's own profiler on, answer `calls` times, say TraceDone.

    Of the plan the model, runtime, device, precision, shapes, inputs, batch and threads count. `calls` follow
    `practice` untraced or discarded ones.
    """

    plan: RunPlan
    format: str
    calls: int = 20
    practice: int = 5


class Examine(_Message, frozen=True, tag="examine"):
    """Open the model and look at its answers, untimed: say Examining between steps, Examined at the end.

    Of the plan everything that says how the model is opened and fed counts, and `checks`. Answers to at most
    `sets` sets of inputs go into `folder` as .npy files, at most `most_bytes` of them, where `keeps_answers`.
    `repeats` and `scores`: whether idempotence is looked at and labelled data answered. `random_operators`:
    those of the file that draw random numbers. `precision` names the tolerances that repeats are judged by
    (profiler.correctness.tolerances), empty: those of the precision that the runtime tells.
    """

    plan: RunPlan
    format: str
    folder: str
    keeps_answers: bool = True
    repeats: bool = True
    scores: bool = True
    sets: int = 16
    most_bytes: int = 256_000_000
    random_operators: tuple[str, ...] = ()
    precision: str = ""


class Trail(_Message, frozen=True, tag="trail"):
    """Answer one set of inputs, the first of the plan, and keep tensors inside the model as .npy in `folder`.

    `names` empty: say which tensors can be had, in order, and write all of them if they fit. At most
    `most_bytes` are written, though one tensor in any case; what has no file may be asked for again.
    """

    plan: RunPlan
    format: str
    folder: str
    names: tuple[str, ...] = ()
    most_bytes: int = 256_000_000


class MakeVariants(_Message, frozen=True, tag="make_variants"):
    """Make these kinds of variants (fp16, bf16, int8_dynamic, int8_static) of a model into `folder`.

    `calibration`: an .npz or a prepared dataset's folder, for int8_static; empty: made-up inputs. `sha256`
    of the bytes that were allowed, of a format that can run code. `shapes` and `dimensions` as in RunPlan.
    """

    path: str
    format: str
    folder: str
    kinds: tuple[str, ...]
    calibration: str = ""
    seed: int = 0
    sha256: str = ""
    shapes: dict[str, tuple[int, ...]] = {}
    dimensions: dict[str, int] = {}


class Inspect(_Message, frozen=True, tag="inspect"):
    """Describe this file; run nothing of it."""

    path: str
    format: str
    batch: int = 1
    shapes: dict[str, tuple[int, ...]] = {}
    dimensions: dict[str, int] = {}


class Fitting(msgspec.Struct, frozen=True):
    """Pictures resized and cropped to height x width as `preprocessing` says, together in one `file`."""

    file: str
    height: int
    width: int
    preprocessing: Preprocessing


class DecodeImages(_Message, frozen=True, tag="decode_images"):
    """Decode these pictures, in this order, each into `folder` as one array (profiler.image_client).

    With `fitting` all of them into one uint8 array of pictures x height x width x 3, or 1 where they are to
    be grey; there their number has no limit.
    """

    files: tuple[str, ...]
    folder: str
    fitting: Optional[Fitting] = None


class Survey(_Message, frozen=True, tag="survey"):
    """Import every runtime that is installed and say its version and devices."""


class Cancel(_Message, frozen=True, tag="cancel"):
    """Stop after the call that is running; keep what was measured."""


Request = Union[
    Measure,
    Begin,
    Accompany,
    TraceModel,
    Examine,
    Trail,
    MakeVariants,
    Inspect,
    DecodeImages,
    Survey,
    Cancel,
]


# child -> parent -------------------------------------------------------------------------------------


class Loading(_Message, frozen=True, tag="loading"):
    """The runtime is being imported, or the model opened: `step` is import, load, inputs or first."""

    step: str


class Loaded(_Message, frozen=True, tag="loaded"):
    """The model is open: what it is, where it lies, what was settled for this run.

    `python` and `numpy` are the versions of the child; `distinct_inputs` sets of inputs take turns.
    """

    runtime_version: str
    precision_effective: str
    placement: tuple[Placement, ...]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    shapes: dict[str, tuple[int, ...]]
    input_origin: dict[str, str]
    threads: int
    notes: tuple[Reason, ...] = ()
    batch: int = 0
    python: str = ""
    numpy: str = ""
    distinct_inputs: int = 0


class FirstInference(_Message, frozen=True, tag="first_inference"):
    """The cold call is done; `ours_ns` of the way to it went into copies that are safe to open."""

    first_inference_ns: int
    ours_ns: int = 0


class Warming(_Message, frozen=True, tag="warming"):
    """Between two warm-up windows."""

    count: int
    elapsed_ns: int
    window_p50_ns: int


class Ready(_Message, frozen=True, tag="ready"):
    """Practice is over, with this median; the child waits for Begin."""

    p50_ns: int = 0


class Settled(_Message, frozen=True, tag="settled"):
    """A companion is resident and has answered; bytes of its process and, on a GPU, of its allocator."""

    memory: Memory


class Measuring(_Message, frozen=True, tag="measuring"):
    """The steady state begins: samples from `first_index` of the sample file count."""

    first_index: int
    warmup_status: str


class Progress(_Message, frozen=True, tag="progress"):
    """Between two blocks of the steady state; at most ten a second."""

    count: int
    elapsed_ns: int
    block_p50_ns: int
    share: float


class Checking(_Message, frozen=True, tag="checking"):
    """The steady state is over: what the child does from here (repeats, the loop's own cost) is ours."""


class Finished(_Message, frozen=True, tag="finished"):
    """The child's word on everything but latency, which the parent computes from the samples."""

    stopped: bool
    phases: Phases
    boundary: Boundary
    memory: Memory
    flops: Flops
    accuracy: Accuracy
    parameters: Optional[int]
    steady_ns: int
    block_starts: tuple[int, ...]
    stop_rule_held: bool
    lane_elapsed_ns: tuple[int, ...] = ()
    begun_ns: int = 0
    ended_ns: int = 0
    workers: int = 0
    wait_method: Optional[str] = None
    disturbance: Optional[Disturbance] = None
    denormal_fraction: Optional[float] = None
    reasons: tuple[Reason, ...] = ()
    unavailable: dict[str, Reason] = {}


class Node(msgspec.Struct, frozen=True, omit_defaults=True):
    """One operator of the graph as the file holds it, in the file's order.

    `inputs` are the tensors it reads, without weights. `shape` and `dtype` are of its first output, at the
    shapes that were asked for. `flops` are 2 x MACs on floating-point numbers, `other_flops` elementwise
    work, `integer_operations` 2 x MACs on quantised integers; all None where no rule covers the operator or
    its shapes stay unknown, 0 for data movement. `bytes_read` (weights included) and `bytes_written` assume
    that nothing is fused or cached.
    """

    name: str
    type: str
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    shape: Optional[tuple[int, ...]] = None
    dtype: Optional[str] = None
    flops: Optional[int] = None
    other_flops: Optional[int] = None
    integer_operations: Optional[int] = None
    weights_bytes: int = 0
    bytes_read: Optional[int] = None
    bytes_written: Optional[int] = None


class MemoryEstimate(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the graph needs in bytes, by its declared shapes; nothing ran.

    `peak_activations_bytes` is the largest sum of tensors alive at once when nodes run one after another
    in the file's order, every tensor lives from its making to its last use, and nothing shares or fuses;
    inputs and outputs of the model included, weights not. `peak_node` is where. With `unknown_tensors`
    above 0 shapes stayed unknown, and the sums are None.
    """

    weights_bytes: Optional[int] = None
    inputs_bytes: Optional[int] = None
    outputs_bytes: Optional[int] = None
    peak_activations_bytes: Optional[int] = None
    peak_node: Optional[str] = None
    unknown_tensors: int = 0


class OperatorCount(msgspec.Struct, frozen=True):
    """Operators of one type in a file."""

    type: str
    count: int


class Description(_Message, frozen=True, tag="description"):
    """What `inspect` learned of a file without running it; None where the file does not tell.

    `input_limits`: integer inputs that are looked up in a table, with the table's length. `buffers` counts
    elements kept beside the parameters (running statistics); `shapes` are those that `flops` holds for.
    `shapes_origin`: file, traced, guessed or unknown. `parts` are files beside this one that hold weights.
    """

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    parameters: Optional[int]
    weights_bytes: Optional[int]
    weights_by_dtype: dict[str, int]
    operators: tuple[OperatorCount, ...]
    flops: Flops
    producer: Optional[str] = None
    opsets: dict[str, int] = {}
    shapes_origin: str = "file"
    input_limits: dict[str, int] = {}
    buffers: Optional[int] = None
    shapes: dict[str, tuple[int, ...]] = {}
    unavailable: dict[str, Reason] = {}
    denormal_fraction: Optional[float] = None
    nodes: tuple[Node, ...] = ()
    parts: tuple[ModelPart, ...] = ()
    memory: Optional[MemoryEstimate] = None


class TracedWork(msgspec.Struct, frozen=True):
    """Of one call: see Node; FLOPs of products and of elementwise work together, bytes read and written."""

    flops: int
    integer_operations: int
    bytes: Optional[int] = None


class TracedOperator(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a runtime's own profiler says of one operator, summed over all traced calls.

    `nodes`: names of the file's nodes (see Node), or of tensors that they make, that it stands for, as far
    as the runtime tells; `part_of` those that it is a part of, by where its answer goes; `after` the names
    of the rows whose answers it reads. `position` of a node without a name among the file's, constants left
    out. `shape` of its first answer, -1 for sizes that are not told. `kernel`: the runtime's word for the
    code that ran, where it has one. `work`: what it did in one call, where the runtime's side counts that
    itself.
    """

    name: str
    type: str
    total_ns: int
    count: int
    nodes: tuple[str, ...] = ()
    kernel: str = ""
    device: Optional[str] = None
    part_of: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    position: Optional[int] = None
    shape: Optional[tuple[int, ...]] = None
    work: Optional[TracedWork] = None


class TraceDone(_Message, frozen=True, tag="trace_done"):
    """The traced pass: by which profiler, its rows, and the wall time of every traced call."""

    method: str
    operators: tuple[TracedOperator, ...]
    call_ns: tuple[int, ...]


class Runtime(msgspec.Struct, frozen=True):
    """A runtime as the survey found it; `missing` names why it cannot be used.

    `precisions`: by device, what may be asked for beside the file's own.
    """

    name: str
    version: Optional[str]
    devices: tuple[str, ...]
    missing: Optional[Reason] = None
    precisions: dict[str, tuple[str, ...]] = {}


class Examining(_Message, frozen=True, tag="examining"):
    """Between two parts of an examination: `step` is load, answers, repeats or dataset; `done` of `total`.

    `right`: how many of the labelled samples so far, for a live view. `model`: the file's name where it is
    not the run's own but its reference, filled in by the parent.
    """

    step: str
    done: int = 0
    total: int = 0
    right: Optional[int] = None
    model: str = ""


class AnswerFile(msgspec.Struct, frozen=True):
    """One output for one set of inputs, in the folder of the request."""

    output: str
    set: int
    file: str


class Examined(_Message, frozen=True, tag="examined"):
    """What was found. `inputs_sha256` of each set of inputs that was answered, whatever their layout, so that
    two models can be held against each other; `inputs`: made, files or dataset; `batch` samples in a set."""

    precision_effective: str
    runtime_version: str = ""
    inputs_sha256: tuple[str, ...] = ()
    inputs: str = "made"
    batch: int = 1
    answers: tuple[AnswerFile, ...] = ()
    idempotence: Optional[Idempotence] = None
    labelled: Optional[Labelled] = None
    reasons: tuple[Reason, ...] = ()
    unavailable: dict[str, Reason] = {}


class InnerTensor(msgspec.Struct, frozen=True, omit_defaults=True):
    """A tensor inside a model: its name, the node that makes it, that node's type.

    `kind`: inner, input or output of the model. `reads`: names of the tensors that it is made from, as far
    as they can be had. `size_bytes` None where it is known only after a call. `stands_for`: the name of the
    tensor of the unquantised model that this one holds, back in floats.
    """

    name: str
    node: str
    type: str
    kind: str = "inner"
    reads: tuple[str, ...] = ()
    size_bytes: Optional[int] = None
    stands_for: str = ""


class TrailTold(_Message, frozen=True, tag="trail_told"):
    """By which `method` tensors inside the model were had; those there are, in the order of the graph, where
    none was named; and `files` in the folder by name."""

    method: str
    tensors: tuple[InnerTensor, ...] = ()
    files: dict[str, str] = {}


class Variant(msgspec.Struct, frozen=True):
    """One kind that was asked for: its file, or why there is none. `notes`: what is to be said of it."""

    kind: str
    file: str = ""
    size_bytes: int = 0
    missing: Optional[Reason] = None
    notes: tuple[Reason, ...] = ()


class VariantsMade(_Message, frozen=True, tag="variants_made"):
    """Every kind that was asked for; `tool` is the runtime and version that made them."""

    variants: tuple[Variant, ...]
    tool: str


class Surveyed(_Message, frozen=True, tag="surveyed"):
    """Every runtime of the catalogue, with what it offers here."""

    runtimes: tuple[Runtime, ...]


class Decoded(_Message, frozen=True, tag="decoded"):
    """The pictures lie in the folder; height and width of each, in pixels."""

    sizes: tuple[tuple[int, int], ...]


class Failed(_Message, frozen=True, tag="failed"):
    """The run ended; `phase` is where."""

    error: ErrorInfo
    phase: str


Report = Union[
    Loading,
    Loaded,
    FirstInference,
    Warming,
    Ready,
    Settled,
    Measuring,
    Progress,
    Checking,
    Finished,
    Description,
    TraceDone,
    Examining,
    Examined,
    TrailTold,
    VariantsMade,
    Surveyed,
    Decoded,
    Failed,
]

_request: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
_report: msgspec.json.Decoder[Report] = msgspec.json.Decoder(Report)
_encoder = msgspec.json.Encoder()


def encode(message: Request | Report) -> bytes:
    """One line, newline included."""
    return _encoder.encode(message) + b"\n"


def decode_request(line: bytes) -> Request:
    """What the parent says; raises msgspec.DecodeError or ValidationError for anything else."""
    return _request.decode(line)


def decode_report(line: bytes) -> Report:
    """What the child says; raises msgspec.DecodeError or ValidationError for anything else."""
    return _report.decode(line)

"""What a result says of a model's answers: small frozen records, as in profiler.blocks."""

from __future__ import annotations

from typing import Optional

import msgspec

from profiler.blocks import Reason
from profiler.checks_plan import Preprocessing, Tolerance

Share = tuple[float, float]


class OutputParity(msgspec.Struct, frozen=True, omit_defaults=True):
    """One output beside the reference's, over all sets of inputs; arithmetic in float64.

    `matched_by`: name, order or shape; `transposed`: how the reference's axes were moved, like
    NCHW→NHWC. Figures are over numbers that are finite on both sides, of which there are `count`;
    `max_relative` as in Tolerance, `mean_relative` = mean |own - ref| / mean |ref|; `top1_agreement` of
    `rows` rows, for outputs of two dimensions or more that can be class scores; `near_ties` of these came
    out otherwise where the reference itself ranks the two within the tolerance, and count as agreeing.
    `broken`: what is beyond the tolerance, empty where the output agrees. `is_exact`: every bit is the same.
    """

    name: str
    reference_name: str
    matched_by: str
    count: int
    transposed: str = ""
    is_exact: bool = False
    max_absolute: Optional[float] = None
    mean_absolute: Optional[float] = None
    max_relative: Optional[float] = None
    mean_relative: Optional[float] = None
    cosine: Optional[float] = None
    snr_db: Optional[float] = None
    top1_agreement: Optional[float] = None
    rows: Optional[int] = None
    near_ties: int = 0
    nan: int = 0
    infinite: int = 0
    reference_nan: int = 0
    reference_infinite: int = 0
    broken: tuple[Reason, ...] = ()


class Agreement(msgspec.Struct, frozen=True, omit_defaults=True):
    """All outputs together. `state`: is_reference, exact, within, beyond, or unknown with its `reason`.

    `precision` names the row of tolerances that `tolerance` came from: the coarser of the two effective
    precisions. `sets` sets of inputs of `samples` samples in all; `inputs`: made, files or dataset.
    `unmatched` are outputs without a partner, of either side.
    """

    state: str
    precision: str = ""
    tolerance: Tolerance = Tolerance()
    sets: int = 0
    samples: int = 0
    inputs: str = ""
    unmatched: tuple[str, ...] = ()
    reason: Optional[Reason] = None


class Repeat(msgspec.Struct, frozen=True, omit_defaults=True):
    """The same input again: `state` is identical, within, differs, or not_tried with its `reason`.

    `count` answers were held against the first; `max_absolute` the largest difference of any number.
    """

    state: str
    count: int = 0
    max_absolute: Optional[float] = None
    reason: Optional[Reason] = None


class Idempotence(msgspec.Struct, frozen=True, omit_defaults=True):
    """The same input alone, at every place of a batch of other inputs, and while other calls are under way.

    `is_random`: the model draws random numbers; `random_operators` which of its operators do, where the file
    tells. `batch` and `lanes` are what was tried.
    """

    alone: Repeat
    in_batch: Repeat
    concurrent: Repeat
    is_random: bool = False
    random_operators: tuple[str, ...] = ()
    batch: int = 0
    lanes: int = 0


class Labelled(msgspec.Struct, frozen=True, omit_defaults=True):
    """Accuracy on labelled data. `kind`: classification, regression or segmentation.

    `sha256` identifies samples, labels and their order, so that two runs can be paired. `count` of `planned`
    samples were answered; `is_partial` where the user stopped before. Intervals are Wilson's, 95 %.
    `confusion` holds (label, answer, count) of what occurred, the most frequent first, at most 4,000.
    `right_bits`: one bit a sample in the dataset's order, 1 where the answer was right, as base64 of
    numpy.packbits. `metric_value` is the user's own metric. `keeps_expected`: whether `expected` lies
    within or below the interval of top 1 (or is at most the metric); None where nothing was expected.
    Times are in ns.
    """

    dataset: str
    sha256: str
    kind: str
    count: int
    planned: int
    preprocessing: Optional[Preprocessing] = None
    output: str = ""
    classes: Optional[int] = None
    class_names: tuple[str, ...] = ()
    top1: Optional[float] = None
    top1_ci: Optional[Share] = None
    top5: Optional[float] = None
    top5_ci: Optional[Share] = None
    confusion: tuple[tuple[int, int, int], ...] = ()
    right_bits: str = ""
    mean_absolute_error: Optional[float] = None
    root_mean_square_error: Optional[float] = None
    r2: Optional[float] = None
    mean_iou: Optional[float] = None
    iou_by_class: tuple[Optional[float], ...] = ()
    pixel_accuracy: Optional[float] = None
    metric: str = ""
    metric_value: Optional[float] = None
    expected: Optional[float] = None
    keeps_expected: Optional[bool] = None
    is_partial: bool = False
    elapsed_ns: int = 0
    notes: tuple[Reason, ...] = ()


class Paired(msgspec.Struct, frozen=True, omit_defaults=True):
    """Accuracy beside the reference's on the same samples: exact McNemar test of the discordant ones.

    `loss` = the reference's top 1 minus this one's, with its 95 % interval; `only_reference` samples only the
    reference got right, `only_own` only this one. `is_clear`: p < 0.05.
    """

    loss: float
    loss_ci: Share
    only_reference: int
    only_own: int
    p: float
    is_clear: bool


class DivergentTensor(msgspec.Struct, frozen=True, omit_defaults=True):
    """A tensor inside both models, in the order of the graph, with the node that makes it.

    `is_unlike`: somewhere it is not finite where the reference's is, or the other way round. Without
    `max_relative` a tensor that is beyond is not zero where the reference's is zero throughout.
    """

    name: str
    node: str
    type: str
    max_relative: Optional[float] = None
    snr_db: Optional[float] = None
    is_beyond: bool = False
    is_unlike: bool = False


class Divergence(msgspec.Struct, frozen=True, omit_defaults=True):
    """The first tensor that differs beyond tolerance. `state`: found, none, or not_possible with a `reason`.

    `method`: how tensors were had, of both sides where they differ (onnx_outputs, openvino_outputs,
    torch_nodes, torch_calls), and `matched_by` how partners were found: name or order. `compared` tensors
    were held against each other; `trail` the last ones before it and it. A `reason` beside the other states
    says where it lies (in the inputs, only in the outputs), or what was not looked at.
    """

    state: str
    method: str = ""
    matched_by: str = ""
    first: Optional[DivergentTensor] = None
    compared: int = 0
    trail: tuple[DivergentTensor, ...] = ()
    reason: Optional[Reason] = None


class Accuracy(msgspec.Struct, frozen=True):
    """Whether the answers are right. `parity` has a row for each output; shares are 0 to 1."""

    idempotent: Optional[bool] = None
    max_repeat_difference: Optional[float] = None
    reference: Optional[str] = None
    parity: tuple[OutputParity, ...] = ()
    top1: Optional[float] = None
    top5: Optional[float] = None
    dataset: Optional[str] = None
    dataset_size: Optional[int] = None
    idempotence: Optional[Idempotence] = None
    agreement: Optional[Agreement] = None
    labelled: Optional[Labelled] = None
    beside_reference: Optional[Paired] = None
    divergence: Optional[Divergence] = None

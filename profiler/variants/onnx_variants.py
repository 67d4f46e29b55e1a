"""Variants of ONNX models by the tools that come with ONNX Runtime: half precision and 8-bit integers.

The tools get a copy of the model with all of its weights, so that none of them opens the original.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx

from profiler.backends import onnx_external, onnx_file, onnx_tensors, onnx_weights
from profiler.backends.base import Array
from profiler.variants.kinds import DATA, INT8
from profiler.variants.refusal import NoVariant

Sets = Sequence[Mapping[str, Array]]

# From here on a model gets a file for its weights: protobuf ends at 2 GiB, and tools add to what they get.
MOST_INSIDE_BYTES = 1_500_000_000
# Smaller tensors stay in the file of the graph: shape inference reads them.
SMALLEST_OUTSIDE_BYTES = 1024
# Scales by channel came to QuantizeLinear with this opset.
PER_CHANNEL_OPSET = 13
_RECURRENT = {"LSTM", "GRU", "RNN"}
_QUANTISED = (
    "QLinear", "QuantizeLinear", "DequantizeLinear", "DynamicQuantize", "MatMulInteger", "ConvInteger",
    "MatMulNBits", "MatMulBnb4", "QGemm", "QAttention", "QEmbed", "QOrdered", "QMoE",
)  # fmt: skip
_OWN_DOMAINS = ("", "ai.onnx")


def make(kind: str, path: Path, target: Path, working: Path, sets: Sets) -> None:
    """Write the variant to `target`, with a file of weights beside it where the model has one or is large.

    `working` is an empty folder for what the tools need meanwhile, as large as the model several times.
    Raises NoVariant, KnownError as onnx_file.read, and whatever the tools raise.
    """
    model = onnx_file.read(path)
    refuse_pointless(model, kind)
    outside = is_outside(model)
    _load_weights(model, path)
    copy = working / "whole.onnx"
    _save(model, copy, outside)
    del model
    _MAKERS[kind](copy, target, working, outside, sets)
    if kind in INT8 and not is_quantised(onnx.load(target, load_external_data=False)):
        raise NoVariant("variant_nothing_to_quantise")


def parts(path: Path) -> tuple[str, ...]:
    """Files beside the model that hold its weights; raises as onnx_file.read."""
    return tuple(onnx_external.sizes(onnx_file.read(path), path))


def refuse_pointless(model: onnx.ModelProto, kind: str) -> None:
    """Raises NoVariant for a model that is quantised or in half precision already."""
    if is_quantised(model):
        raise NoVariant("variant_already_int8")
    kinds = {tensor.data_type for tensor in onnx_tensors.initialisers(model)}
    if kind == "fp16" and onnx.TensorProto.FLOAT not in kinds and onnx.TensorProto.FLOAT16 in kinds:
        raise NoVariant("variant_already_half", precision="fp16")


def is_quantised(model: onnx.ModelProto) -> bool:
    return any(node.op_type.startswith(_QUANTISED) for node in onnx_tensors.nodes(model))


def is_outside(model: onnx.ModelProto) -> bool:
    """Whether the weights of a variant lie in a file of their own."""
    if onnx_external.places(model):
        return True
    return sum(map(onnx_weights.byte_count, onnx_tensors.initialisers(model))) > MOST_INSIDE_BYTES


def _load_weights(model: onnx.ModelProto, path: Path) -> None:
    """Every tensor into the model itself, from where onnx_file.read found that it may lie.

    onnx's own loader refuses links, which the cache of Hugging Face is made of.
    """
    for tensor in itertools.chain(onnx_tensors.initialisers(model), onnx_tensors.constants(model)):
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            continue
        entries = {entry.key: entry.value for entry in tensor.external_data}
        with (path.parent / entries["location"]).open("rb") as file:
            file.seek(int(entries.get("offset") or 0))
            length = int(entries["length"]) if entries.get("length") else onnx_weights.byte_count(tensor)
            tensor.raw_data = file.read(length)
        del tensor.external_data[:]
        tensor.data_location = onnx.TensorProto.DEFAULT


def _save(model: onnx.ModelProto, target: Path, outside: bool) -> None:
    if not outside:
        onnx.save(model, target)
        return
    onnx.save_model(
        model,
        target,
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location=target.name + DATA,
        size_threshold=SMALLEST_OUTSIDE_BYTES,
    )


def _half(copy: Path, target: Path, working: Path, outside: bool, sets: Sets) -> None:
    """Inputs and outputs stay as they are, so that what fed the original feeds the variant.

    Beside recurrent operators transpositions stay in floats: ONNX Runtime 1.32 dies of a segmentation fault
    where it moves one in half precision past an LSTM.
    """
    from onnxruntime.transformers import float16
    from onnxruntime.transformers.onnx_model import OnnxModel

    operators = {node.op_type for node in onnx_tensors.nodes(onnx.load(copy, load_external_data=False))}
    blocked = [*float16.DEFAULT_OP_BLOCK_LIST, *(["Transpose"] if operators & _RECURRENT else [])]
    made = float16.convert_float_to_float16(str(copy), keep_io_types=True, op_block_list=blocked)
    # It puts the casts of inputs behind the nodes that read them, which ONNX does not allow.
    OnnxModel.graph_topological_sort(made.graph)
    _save(made, target, outside)


def _dynamic(copy: Path, target: Path, working: Path, outside: bool, sets: Sets) -> None:
    from onnxruntime.quantization import quantize_dynamic

    prepared = _prepared(copy, working, outside)
    quantize_dynamic(prepared, target, use_external_data_format=outside)


def _static(copy: Path, target: Path, working: Path, outside: bool, sets: Sets) -> None:
    """QuantizeLinear and DequantizeLinear around float operators, both sides signed: what ONNX Runtime's page
    on quantisation says to try first. Ranges are the smallest and largest values that were seen."""
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

    prepared = _prepared(copy, working, outside)
    opset = max(
        entry.version
        for entry in onnx.load(prepared, load_external_data=False).opset_import
        if entry.domain in _OWN_DOMAINS
    )
    quantize_static(
        prepared,
        target,
        _reader(sets),
        quant_format=QuantFormat.QDQ,
        per_channel=opset >= PER_CHANNEL_OPSET,
        activation_type=QuantType.QInt8,
        weight_type=QuantType.QInt8,
        use_external_data_format=outside,
        calibration_providers=["CPUExecutionProvider"],
    )


def _prepared(copy: Path, working: Path, outside: bool) -> Path:
    """Shapes inferred and batch normalisation folded, as the tools ask for.

    Not every graph can be followed symbolically; without, the tools see fewer shapes and quantise less.
    """
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = working / "prepared.onnx"
    where = {
        "save_as_external_data": True,
        "all_tensors_to_one_file": True,
        "external_data_location": prepared.name + DATA,
    }
    for skips in (False, True):
        try:
            quant_pre_process(copy, prepared, skip_symbolic_shape=skips, **(where if outside else {}))
        except Exception:
            if skips:
                raise
        else:
            break
    return prepared


def _reader(sets: Sets) -> Any:
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        """Hands the sets of inputs to the calibration, one after another."""

        def __init__(self) -> None:
            self._left: Iterator[Mapping[str, Array]] = iter(sets)

        def get_next(self) -> dict[str, Array] | None:
            following = next(self._left, None)
            return None if following is None else dict(following)

    return Reader()


_MAKERS: dict[str, Callable[[Path, Path, Path, bool, Sets], None]] = {
    "fp16": _half,
    "int8_dynamic": _dynamic,
    "int8_static": _static,
}

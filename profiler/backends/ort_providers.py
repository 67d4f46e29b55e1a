"""What a provider of ONNX Runtime is told of threads and precision, and what it then computes in.

Sources: the options of each provider in ONNX Runtime's documentation ("Execution Providers"). By itself the
CUDA provider multiplies fp32 in TF32, and the OpenVINO provider takes as many threads as there are
processors, whatever the session was told.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence

from profiler.backends.base import LoadOptions
from profiler.result import Tensor

CPU = "CPUExecutionProvider"
_CUDA, _TENSORRT = "CUDAExecutionProvider", "TensorrtExecutionProvider"
_OPENVINO = "OpenVINOExecutionProvider"
_TENSORRT_MODES = {"fp16": "trt_fp16_enable", "bf16": "trt_bf16_enable"}
_OFFERED = {
    CPU: ("fp32",),
    _CUDA: ("fp32", "tf32"),
    _TENSORRT: ("fp32", "tf32", *_TENSORRT_MODES),
    _OPENVINO: ("fp32",),
}
_FLOATS = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16", "float64": "fp64"}
_HALVES = ("fp16", "bf16")

_INTEGER_PRODUCTS = {
    "ConvInteger", "MatMulInteger", "MatMulIntegerToFloat", "DynamicQuantizeMatMul", "QLinearConv",
    "QLinearMatMul", "QGemm", "QAttention", "DynamicQuantizeLSTM",
}  # fmt: skip
# Where quantised inputs reach these, the CPU provider fuses them into integer products; others stay in float.
_FUSED = {"Conv", "MatMul", "Gemm"}
NEVER_FUSED = {"ConvTranspose", "Einsum", "LSTM", "GRU", "RNN", "Attention", "MultiHeadAttention"}


def precisions(provider: str) -> tuple[str, ...]:
    """What may be asked of the provider beside `as_is`."""
    return _OFFERED.get(provider, ())


def chain(
    provider: str, index: int | None, asked: LoadOptions, available: Sequence[str]
) -> list[tuple[str, dict[str, str]]]:
    """The providers to ask for, each with its options: what the first does not take over goes to the next.

    TensorRT leaves nodes to CUDA on the same card; the CPU comes last and takes any.
    """
    wanted = [provider]
    if provider == _TENSORRT and _CUDA in available:
        wanted.append(_CUDA)
    found = [(name, settings(name, index, asked)) for name in wanted]
    return found if provider == CPU else [*found, (CPU, {})]


def settings(provider: str, index: int | None, asked: LoadOptions) -> dict[str, str]:
    """The options of the provider; `index` of the device where it has several. Call before it is opened."""
    found = {} if index is None else {"device_id": str(index)}
    if provider in (_CUDA, _TENSORRT):
        _allow_tf32(asked.precision == "tf32")
    if provider == _TENSORRT and asked.precision in _TENSORRT_MODES:
        found[_TENSORRT_MODES[asked.precision]] = "1"
    if provider == _OPENVINO:
        found |= {"device_type": "CPU", "num_of_threads": str(asked.threads)}
    return found


def _allow_tf32(is_allowed: bool) -> None:
    """NVIDIA's own switch for cuBLAS, cuDNN and TensorRT alike; they read it as they are loaded."""
    if is_allowed:
        os.environ.pop("NVIDIA_TF32_OVERRIDE", None)
    else:
        os.environ["NVIDIA_TF32_OVERRIDE"] = "0"


def effective(
    provider: str, asked: str, tensors: Iterable[Tensor], operators: set[str], machine: str = ""
) -> str:
    """What the products are computed in: fp32, tf32, bf16, fp16, fp64, int8, mixed, or unknown.

    `tensors` are the outputs and inputs, `operators` the types in the graph as the provider took it over;
    `machine` as platform.machine() has it.
    """
    own = next((_FLOATS[tensor.dtype] for tensor in tensors if tensor.dtype in _FLOATS), "")
    is_quantised = bool(operators & _INTEGER_PRODUCTS or "QuantizeLinear" in operators)
    if provider == CPU:
        return _of_quantised(operators) if is_quantised else _on_cpu(own, machine or platform.machine())
    if is_quantised:  # CUDA has few integer kernels, others decide for themselves; none says which it took
        return "unknown"
    if provider not in _OFFERED:
        return "unknown"
    if asked in _TENSORRT_MODES:
        return "mixed"
    return asked if asked == "tf32" and own == "fp32" else own or "unknown"


def _of_quantised(operators: set[str]) -> str:
    unfused = set() if "QuantizeLinear" in operators else _FUSED
    return "mixed" if operators & (NEVER_FUSED | unfused) else "int8"


def _on_cpu(own: str, machine: str) -> str:
    """Its kernels for x86 know no half floats: they convert to fp32, and those for Arm do so in part."""
    if own not in _HALVES:
        return own or "unknown"
    return "fp32" if machine.lower() in ("x86_64", "amd64") else "mixed"

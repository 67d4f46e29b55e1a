"""What each provider is told, and what it is said to compute in."""

from __future__ import annotations

import os

import pytest

from profiler.backends import ort_providers
from profiler.backends.base import LoadOptions
from profiler.result import Tensor

CUDA, TENSORRT, OPENVINO = "CUDAExecutionProvider", "TensorrtExecutionProvider", "OpenVINOExecutionProvider"
FP32, FP16 = Tensor("x", "float32", (1,)), Tensor("x", "float16", (1,))


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NVIDIA_TF32_OVERRIDE", "set by the user")


def test_the_cpu_and_coreml_are_told_nothing() -> None:
    assert ort_providers.settings(ort_providers.CPU, None, LoadOptions("cpu", 3)) == {}
    assert ort_providers.settings("CoreMLExecutionProvider", None, LoadOptions("coreml", 3)) == {}


def test_what_tensorrt_leaves_goes_to_cuda_on_the_same_card_before_the_cpu() -> None:
    asked = LoadOptions("tensorrt:1", 1)
    card = {"device_id": "1"}
    there = ort_providers.chain(TENSORRT, 1, asked, [TENSORRT, CUDA, ort_providers.CPU])
    assert there == [(TENSORRT, card), (CUDA, card), (ort_providers.CPU, {})]
    without = ort_providers.chain(TENSORRT, 1, asked, [TENSORRT, ort_providers.CPU])
    assert without == [(TENSORRT, card), (ort_providers.CPU, {})]
    assert ort_providers.chain(ort_providers.CPU, None, asked, []) == [(ort_providers.CPU, {})]


def test_openvino_gets_the_threads_that_it_would_not_take_from_the_session() -> None:
    found = ort_providers.settings(OPENVINO, None, LoadOptions("openvino", 3))
    assert found == {"device_type": "CPU", "num_of_threads": "3"}


@pytest.mark.parametrize("provider", [CUDA, TENSORRT])
@pytest.mark.parametrize(("precision", "switch"), [("as_is", "0"), ("fp32", "0"), ("tf32", None)])
def test_fp32_stays_fp32_on_a_card_unless_tf32_is_asked_for(
    provider: str, precision: str, switch: str | None
) -> None:
    found = ort_providers.settings(provider, 1, LoadOptions("cuda:1", 1, precision))
    assert found == {"device_id": "1"}
    assert os.environ.get("NVIDIA_TF32_OVERRIDE") == switch


@pytest.mark.parametrize(("precision", "name"), [("fp16", "trt_fp16_enable"), ("bf16", "trt_bf16_enable")])
def test_tensorrt_is_allowed_the_lower_precision_that_is_asked_for(precision: str, name: str) -> None:
    found = ort_providers.settings(TENSORRT, 0, LoadOptions("tensorrt:0", 1, precision))
    assert found == {"device_id": "0", name: "1"}


@pytest.mark.parametrize(
    ("provider", "asked", "tensor", "operators", "machine", "found"),
    [
        (ort_providers.CPU, "as_is", FP32, {"Conv", "Gemm"}, "x86_64", "fp32"),
        (ort_providers.CPU, "as_is", FP16, {"Conv"}, "AMD64", "fp32"),
        (ort_providers.CPU, "as_is", FP16, {"Conv"}, "aarch64", "mixed"),
        (ort_providers.CPU, "as_is", FP32, {"QuantizeLinear", "DequantizeLinear", "Conv"}, "x86_64", "int8"),
        (ort_providers.CPU, "as_is", FP32, {"QuantizeLinear", "ConvTranspose"}, "x86_64", "mixed"),
        (ort_providers.CPU, "as_is", FP32, {"ConvInteger", "MatMulInteger"}, "x86_64", "int8"),
        (ort_providers.CPU, "as_is", FP32, {"MatMulInteger", "Conv"}, "x86_64", "mixed"),
        (ort_providers.CPU, "as_is", FP32, {"DequantizeLinear", "MatMul"}, "x86_64", "fp32"),
        (ort_providers.CPU, "as_is", Tensor("x", "int64", ()), {"Gather"}, "x86_64", "unknown"),
        (CUDA, "as_is", FP32, {"Conv"}, "", "fp32"),
        (CUDA, "tf32", FP32, {"Conv"}, "", "tf32"),
        (CUDA, "tf32", FP16, {"Conv"}, "", "fp16"),
        (CUDA, "as_is", FP32, {"QuantizeLinear", "Conv"}, "", "unknown"),
        (TENSORRT, "fp16", FP32, {"Conv"}, "", "mixed"),
        (TENSORRT, "as_is", FP32, {"Conv"}, "", "fp32"),
        ("CoreMLExecutionProvider", "as_is", FP32, {"Conv"}, "", "unknown"),
    ],
)
def test_the_effective_precision(
    provider: str, asked: str, tensor: Tensor, operators: set[str], machine: str, found: str
) -> None:
    assert ort_providers.effective(provider, asked, [tensor], operators, machine) == found

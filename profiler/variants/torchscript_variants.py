"""Variants of TorchScript modules by what PyTorch offers for them on the CPU."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from profiler.backends import torchscript_archive
from profiler.backends.base import Array
from profiler.result import Tensor
from profiler.variants import signature_file, torch_casts
from profiler.variants.kinds import INT8
from profiler.variants.refusal import NoVariant

Sets = Sequence[Mapping[str, Array]]

_QUANTISED = "quantized"
_HALVES = {"float16", "bfloat16"}


def make(kind: str, path: Path, target: Path, working: Path, sets: Sets) -> None:
    """Write the variant; `path` is opened, so it must hold what was allowed to run, and `sets` feed it.

    Raises NoVariant, and whatever torch raises.
    """
    import torch

    archive = torchscript_archive.read(path)
    if any(name.startswith(_QUANTISED) for name in archive.operators or ()):
        raise NoVariant("variant_already_int8")
    names = [spec.name for spec in archive.signature.inputs] or list(sets[0])
    arguments = [tuple(torch.from_numpy(each[name]) for name in names) for each in sets]
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # torch calls TorchScript and its quantisation old, at every step
        module = torch.jit.load(str(path)).eval()
        made = _MAKERS[kind](torch, module, kind, arguments)
        declared = _declared(path, archive.signature.inputs, sets[0])
        torch.jit.save(made, str(target), _extra_files=declared)
    if kind in INT8 and not _is_quantised(target):
        raise NoVariant("variant_nothing_to_quantise")


def _declared(path: Path, specs: Sequence[Tensor], inputs: Mapping[str, Array]) -> dict[str, bytes]:
    """The list of inputs that the archive carries, or one of the shapes that it was just fed with."""
    own = signature_file.own(path)
    return {signature_file.NAME: signature_file.of_fed(specs, inputs) if own is None else own}


def _is_quantised(path: Path) -> bool:
    operators = torchscript_archive.read(path).operators or {}
    return any(name.startswith(_QUANTISED) for name in operators)


def _half(torch: Any, module: Any, kind: str, arguments: Sequence[Any]) -> Any:
    floats = [each for each in (*module.parameters(), *module.buffers()) if each.is_floating_point()]
    if not floats:
        raise NoVariant("variant_weights_fixed")
    dtypes = {str(each.dtype).removeprefix("torch.") for each in floats}
    if dtypes <= _HALVES:
        raise NoVariant("variant_already_half", precision=", ".join(sorted(dtypes)))
    casts = torch_casts.wrapped(torch, module, kind)
    return torch.jit.trace(casts, arguments[0], check_trace=False, strict=False)


def _dynamic(torch: Any, module: Any, kind: str, arguments: Sequence[Any]) -> Any:
    """Linear layers and what holds such: their weights are 8-bit integers, and what reaches them is
    quantised at each call."""
    import torch.ao.quantization as quantisation

    return quantisation.quantize_dynamic_jit(module, {"": quantisation.per_channel_dynamic_qconfig})


def _static(torch: Any, module: Any, kind: str, arguments: Sequence[Any]) -> Any:
    """Transposed convolutions stay in floats: torch quantises those by channel and then cannot run them."""
    import torch.ao.quantization as quantisation

    rule = quantisation.get_default_qconfig(torch.backends.quantized.engine)
    rules: dict[str, Any] = {"": rule}
    for name, inner in module.named_modules():
        if name and str(getattr(inner, "original_name", "")).startswith("ConvTranspose"):
            rules[name] = None

    def calibrate(observed: Any, every: Sequence[Any]) -> None:
        for one in every:
            observed(*one)

    return quantisation.quantize_jit(module, rules, calibrate, [arguments])


_MAKERS: dict[str, Callable[[Any, Any, str, Sequence[Any]], Any]] = {
    "bf16": _half,
    "fp16": _half,
    "int8_dynamic": _dynamic,
    "int8_static": _static,
}

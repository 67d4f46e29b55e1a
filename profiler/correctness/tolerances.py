"""How far right answers may be apart: a row for each precision of arithmetic, and which row a pair gets.

Rounding to a mantissa of m bits is off by 2^-(m+1) of a number at most: 6e-8 in fp32, 4.9e-4 in fp16 and
tf32, 3.9e-3 in bf16. Through a network such errors add up like noise, to some ten times that; what is wrong
in an export (a constant, a layout, a weight) is a thousand times as large in fp32. A row lies between the
two, on the side of the rounding:

- fp64: what fp32 inputs and weights leave of it. fp32: kernels that sum in another order, fuse, or multiply
  by Winograd's method differ by 1e-7 to 1e-4 of the largest value, 80 to 140 dB.
- fp16, tf32: 45 to 65 dB. bf16: three bits less, 18 dB below that.
- int8: a step is 1/255 of the range, 20 to 40 dB for a calibrated tensor, less behind several layers. What
  says most is then whether the same class wins, and whether the answers still point the same way (cosine).
- mixed, unknown: no arithmetic of that name is known to be finer than bf16.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

import msgspec

from profiler.checks_plan import Tolerance

OWN: dict[str, Tolerance] = {
    "fp64": Tolerance(max_relative=1e-4, min_cosine=0.9999999, min_snr_db=90.0, min_top1=1.0),
    "fp32": Tolerance(max_relative=5e-4, min_cosine=0.999999, min_snr_db=70.0, min_top1=1.0),
    "tf32": Tolerance(max_relative=0.02, min_cosine=0.9999, min_snr_db=38.0, min_top1=0.99),
    "fp16": Tolerance(max_relative=0.02, min_cosine=0.9999, min_snr_db=38.0, min_top1=0.99),
    "bf16": Tolerance(max_relative=0.08, min_cosine=0.999, min_snr_db=26.0, min_top1=0.98),
    "int8": Tolerance(max_relative=0.35, min_cosine=0.98, min_snr_db=13.0, min_top1=0.9),
}
OWN["mixed"] = OWN["unknown"] = OWN["bf16"]

# From the finest to the coarsest.
_ORDER = ("fp64", "fp32", "tf32", "fp16", "unknown", "mixed", "bf16", "int8")
# Fewer of a file's weights than this say nothing of it: biases, a table.
_WEIGHTS_SAID = 0.1
_HALVES = {"float16": "fp16", "bfloat16": "bf16"}
_INTEGERS = ("int8", "uint8", "int4", "uint4", "int2", "uint2")
_QUANTISING = ("quantize", "fakequant", "quantise")


def row_of(precision: str) -> str:
    """The row that a precision is judged by; a name that has none of its own is unknown."""
    return precision if precision in OWN else "unknown"


def coarser(one: str, other: str) -> str:
    """Of two rows the one that allows more."""
    return max(row_of(one), row_of(other), key=_ORDER.index)


def of(precision: str, chosen: Optional[Mapping[str, Tolerance]] = None) -> Tolerance:
    """The row of a precision, with what the user chose in place of ours, figure by figure."""
    row = row_of(precision)
    own, other = OWN[row], (chosen or {}).get(row, Tolerance())
    changes = {name: value for name, value in msgspec.structs.asdict(other).items() if value is not None}
    return msgspec.structs.replace(own, **changes)


def row_of_model(effective: str, bytes_by_dtype: Mapping[str, int], operators: Mapping[str, int]) -> str:
    """By what arithmetic runs in, or by what the file keeps its weights in where that is coarser.

    Weights in fp16 or int8 that are widened before use were rounded all the same: an answer is no finer
    than its weights. `operators` counts those of the file by type; ones that quantise round activations.
    """
    row = row_of(effective)
    total = sum(size for name, size in bytes_by_dtype.items() if _is_weight(name))
    for name, size in bytes_by_dtype.items():
        if total and size / total >= _WEIGHTS_SAID and _is_weight(name):
            row = coarser(row, "int8" if name in _INTEGERS else _HALVES.get(name, "fp64"))
    is_quantising = any(word in kind.lower() for kind in operators for word in _QUANTISING)
    return coarser(row, "int8") if is_quantising else row


def _is_weight(dtype: str) -> bool:
    return dtype.startswith(("float", "bfloat")) or dtype in _INTEGERS

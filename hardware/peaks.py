"""Theoretical peaks of a detected card that has no row in the table, from what its driver says.

peak = multiprocessors x dense operations per clock (hardware/rates.py) x the largest clock. That clock can
lie above the one of the datasheet (RTX 4090: by 23 %), so a peak from it is an estimate and says so.
"""

from __future__ import annotations

import re

import msgspec

from hardware import rates
from hardware.machine import Gpu, Unknown

# Sold with fewer operations than their multiprocessors would do (H20: 148 TFLOP/s, not over 600).
_CAPPED = re.compile(r"\b(h20|l20|l2|h800|a800|rtx [45]090 d)\b", re.IGNORECASE)

Peak = float | Unknown


class Peaks(msgspec.Struct, frozen=True):
    """Dense peaks in 10^12 operations/s, each with the reason where there is none."""

    fp32_tflops: Peak
    fp16_vector_tflops: Peak
    tf32_tensor_tflops: Peak
    fp16_tensor_tflops: Peak
    fp8_tensor_tflops: Peak
    int8_tensor_tops: Peak


def estimate(gpu: Gpu) -> Peaks:
    """The peaks at the largest clock; for GeForce the halved tensor rates with FP32 accumulation."""
    problem = _problem(gpu)
    found = rates.of(gpu.compute_capability)
    if problem is not None or isinstance(found, Unknown):
        return Peaks(*[problem or Unknown("no_source")] * len(Peaks.__struct_fields__))
    tensor = _geforce(found) if gpu.geforce else found
    return Peaks(
        _peak(gpu, 2 * found.cores, found, "FP32"),
        _peak(gpu, found.fp16_vector, found, "FP16"),
        _peak(gpu, tensor.tf32, found, "TF32"),
        _peak(gpu, tensor.fp16, found, "FP16"),
        _peak(gpu, tensor.fp8, found, "FP8"),
        _peak(gpu, found.int8, found, "INT8"),
    )


def _geforce(found: rates.Rates) -> rates.Rates:
    return msgspec.structs.replace(
        found,
        tf32=found.tf32_geforce or found.tf32,
        fp16=found.fp16_geforce or found.fp16,
        fp8=found.fp8_geforce or found.fp8,
    )


def _problem(gpu: Gpu) -> Unknown | None:
    if gpu.name is not None and _CAPPED.search(gpu.name):
        return Unknown("export_capped")
    for field in ("compute_capability", "multiprocessors", "sm_clock_mhz"):
        if getattr(gpu, field) is None:
            return gpu.unavailable.get(field, Unknown("no_source"))
    known = rates.of(gpu.compute_capability)
    return known if isinstance(known, Unknown) else None


def _peak(gpu: Gpu, rate: int | None, found: rates.Rates, mode: str) -> Peak:
    if rate is None:
        lacking = Unknown("mode_absent", {"mode": mode, "architecture": gpu.architecture or gpu.name or ""})
        return lacking if found.tensor_cores else Unknown("no_tensor_cores")
    assert gpu.multiprocessors is not None
    assert gpu.sm_clock_mhz is not None
    return gpu.multiprocessors * rate * gpu.sm_clock_mhz / 1e6

"""The samples of a run by the child that left them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from profiler.samples_ref import SamplesPart, SamplesRef

Samples = npt.NDArray[np.int64]


def parts_of(ref: SamplesRef) -> tuple[SamplesPart, ...]:
    """Where each child's samples lie; documents of one child may have no parts."""
    return ref.parts or (SamplesPart(0, 0, 0, ref.count, ref.cold_count, ref.warmup_count),)


def steady(ref: SamplesRef, samples: Samples, point: int | None = None) -> Samples:
    """The samples that count, int64 ns in order, of one point; None: of that which speaks for the run."""
    parts = parts_of(ref)
    wanted = parts[0].point if point is None else point
    found = [_steady_of(part, samples) for part in parts if part.point == wanted]
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def by_process(ref: SamplesRef, samples: Samples) -> Sequence[tuple[SamplesPart, Samples]]:
    """Each child of the point that speaks for the run, with its samples that count."""
    parts = parts_of(ref)
    return [(part, _steady_of(part, samples)) for part in parts if part.point == parts[0].point]


def _steady_of(part: SamplesPart, samples: Samples) -> Samples:
    return samples[part.first + part.cold_count + part.warmup_count : part.first + part.count]

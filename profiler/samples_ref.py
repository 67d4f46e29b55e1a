"""Where the samples of a run lie, child by child."""

from __future__ import annotations

import msgspec


class SamplesPart(msgspec.Struct, frozen=True):
    """Where one child's latencies lie in the samples: from `first`, cold calls, warm-up, then steady."""

    point: int
    replicate: int
    first: int
    count: int
    cold_count: int
    warmup_count: int
    rank: int = 0


class SamplesRef(msgspec.Struct, frozen=True):
    """Where every latency lies, in order: two cold calls, warm-up, then the steady samples.

    Several children lie behind one another, as `parts` tells; the counts here are then those of the first.
    """

    file: str
    count: int
    cold_count: int
    warmup_count: int
    unit: str = "ns"
    parts: tuple[SamplesPart, ...] = ()

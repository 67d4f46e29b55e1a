"""What a sweep says: where its curve bends, which point is best under limits, which no other point beats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from profiler.result import Point

FEWEST = 3
LATENCIES = ("p50", "p90", "p95", "p99", "mean")


def value_of(point: Point, quantity: str) -> float | None:
    """A quantity of profiler.limits as this point measured it (ns, bytes); None where it did not.

    Memory: of the device where the point's process was seen there, else of the process itself.
    """
    if quantity in LATENCIES:
        found: float | None = getattr(point.latency, f"{quantity}_ns")
        return found
    if quantity == "memory" and point.memory is not None:
        device = point.memory.device_peak_process_bytes
        return device if device is not None else point.memory.peak_rss_bytes
    return None


def power(point: Point) -> float | None:
    """Throughput over mean latency (samples per s and s); None for a point that failed or lacks either."""
    per_s, mean_ns = point.throughput.samples_per_s, point.latency.mean_ns
    if point.error is not None or not per_s or not mean_ns:
        return None
    return per_s / (mean_ns / 1e9)


def knee(points: Sequence[Point]) -> int | None:
    """Index of the point with the highest power, the knee of the latency-throughput curve; None below three.

    Power is throughput over mean latency (Kleinrock 1979, "Power and deterministic rules of thumb for
    probabilistic problems in computer communications"): up to its highest point more load buys more than it
    costs; there a line from the origin touches the curve. N equal servers in a closed loop have it at N in
    flight, batches where the fixed cost of a call equals that of its samples. Unlike Kneedle (Satopaa et
    al. 2011) it neither depends on how far the sweep went on nor has a sensitivity to choose. Of equals the
    first.
    """
    powers = {index: found for index, point in enumerate(points) if (found := power(point)) is not None}
    return max(powers, key=lambda index: powers[index]) if len(powers) >= FEWEST else None


def keeps(point: Point, limits: Mapping[str, float], known: Mapping[str, float] | None = None) -> bool:
    """Whether a point keeps every limit; what was not measured, or not often enough, is not kept.

    `limits` by quantity as RunPlan holds them; `known`: values that are the same at all points, such as
    size, energy or accuracy_loss.
    """
    same = known or {}
    values = {quantity: same.get(quantity, value_of(point, quantity)) for quantity in limits}
    return all(value is not None and value <= limits[quantity] for quantity, value in values.items())


def best_under_limit(
    points: Sequence[Point], limits: Mapping[str, float], known: Mapping[str, float] | None = None
) -> int | None:
    """Index of the highest throughput (samples per s) among points that keep every limit; None: none does.

    Of equals the one with the lower mean latency.
    """
    kept = [
        index
        for index, point in enumerate(points)
        if power(point) is not None and keeps(point, limits, known)
    ]
    return max(kept, key=lambda index: _rank(points[index]), default=None)


def _rank(point: Point) -> tuple[float, float]:
    return point.throughput.samples_per_s or 0.0, -(point.latency.mean_ns or 0.0)


def pareto(points: Sequence[Point], quantity: str = "p50") -> list[int]:
    """Indices of points that no other beats in both throughput and a latency, by rising throughput.

    Of points that are equal in both the first stays.
    """
    found: list[tuple[float, float, int]] = []
    for index, point in enumerate(points):
        per_s, latency = point.throughput.samples_per_s, value_of(point, quantity)
        if power(point) is not None and per_s and latency is not None:
            found.append((per_s, latency, index))
    front: list[int] = []
    least = float("inf")
    for _, latency, index in sorted(found, key=lambda entry: (-entry[0], entry[1], entry[2])):
        if latency < least:
            least = latency
            front.insert(0, index)
    return front

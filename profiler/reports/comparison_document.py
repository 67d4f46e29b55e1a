"""A comparison as data: everything but the runs themselves, which have documents of their own."""

from __future__ import annotations

from typing import Any

import msgspec

from profiler.comparison.records import Comparison
from profiler.result import RunResult

SCHEMA = 1


def of(comparison: Comparison) -> dict[str, Any]:
    """Runs by id and name; lists of one entry a run are in their order. Indices count from 0."""
    whole: dict[str, Any] = msgspec.to_builtins(comparison)
    runs = [
        _run(run, name, index == comparison.baseline)
        for index, (run, name) in enumerate(zip(comparison.runs, comparison.names, strict=True))
    ]
    accepted = [one.aspect for one in comparison.differences if one.is_accepted]
    return {
        "schema": SCHEMA,
        "kind": "comparison",
        **whole,
        "runs": runs,
        "accepted": accepted,
        "may_judge": comparison.may_judge,
    }


def _run(run: RunResult, name: str, is_baseline: bool) -> dict[str, Any]:
    """What tells a run, and the figures that ratios are of."""
    return {
        "id": run.id,
        "name": name,
        "created": run.created,
        "status": run.status.value,
        "model": run.model.name,
        "sha256": run.model.sha256,
        "runtime": run.plan.runtime,
        "device": run.plan.device,
        "is_baseline": is_baseline,
        "p50_ns": run.latency.p50_ns,
        "p99_ns": run.latency.p99_ns,
        "group": run.group,
    }

"""What runs are called beside each other: by their file, with as much more as it takes to tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from profiler.error_text import visible
from profiler.result import RunResult

# What may tell two runs of one file apart, in the order in which people would name it.
_TOLD_BY: tuple[Callable[[RunResult], str], ...] = (
    lambda run: run.plan.runtime,
    lambda run: run.plan.device,
    lambda run: run.environment.precision_effective or "",
    lambda run: run.plan.scenario,
    lambda run: f"batch {run.plan.batch}",
    lambda run: f"×{run.plan.concurrency}",
    lambda run: f"{run.plan.threads} threads",
    lambda run: run.created[:10],
    lambda run: run.created[:19].replace("T", " "),
    lambda run: run.id,
)


def names_apart(runs: Sequence[RunResult]) -> list[str]:
    """One name a run, in their order: digits.onnx, or digits.onnx (openvino) where the file is there twice.

    Runs of one file are told apart by the first settings that do; one run given twice keeps one name.
    """
    files = [visible(run.model.name) for run in runs]
    told = {
        file: _telling([run for run, name in zip(runs, files, strict=True) if name == file]) for file in files
    }
    return [_name(run, file, told[file]) for run, file in zip(runs, files, strict=True)]


def _telling(alike: Sequence[RunResult]) -> list[Callable[[RunResult], str]]:
    """The settings that tell these runs apart, none that they all share or that tells no more."""
    chosen: list[Callable[[RunResult], str]] = []
    groups = 1
    for tell in _TOLD_BY:
        apart = len({tuple(one(run) for one in (*chosen, tell)) for run in alike})
        if apart > groups:
            chosen.append(tell)
            groups = apart
    return chosen


def _name(run: RunResult, file: str, told: Sequence[Callable[[RunResult], str]]) -> str:
    words = ", ".join(visible(found) for tell in told if (found := tell(run)))
    return f"{file} ({words})" if words else file

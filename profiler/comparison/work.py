"""What a run had to do, reduced to what must be alike: sizes and inputs, whatever they are called."""

from __future__ import annotations

from profiler.result import RunResult


def sizes(run: RunResult) -> tuple[tuple[int, ...], ...]:
    """The batch and sizes of each input, for exports differ in names, order and layout of inputs."""
    return tuple(sorted((*shape[:1], *sorted(shape[1:])) for shape in run.plan.shapes.values()))


def tells_inputs(run: RunResult) -> bool:
    """Old results say no more than that inputs were made up."""
    return bool(run.plan.inputs) and "made" not in run.plan.inputs.values()


def inputs(run: RunResult) -> tuple[str, ...]:
    """Kinds and files, whatever the inputs are called and however pictures lie in them."""
    return tuple(sorted(_without_layout(code) for code in run.plan.inputs.values()))


def _without_layout(code: str) -> str:
    name, *rest = code.split(":")
    return ":".join((name, *rest[:2], *rest[3:])) if name == "images" else code

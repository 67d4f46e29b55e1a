"""Operators of a .tflite file that run another graph of it: branches, loops and composites."""

from __future__ import annotations

from typing import NamedTuple, Optional

from profiler.backends.tflite_file import File, FileGraph, FileOperator


class Inner(NamedTuple):
    """The graphs that an operator runs: the largest of them once, or each as often as nobody knows.

    They read what the operator reads, less the `skipped` first inputs.
    """

    graphs: tuple[FileGraph, ...]
    skipped: int = 0
    trips_known: bool = True


_BRANCHES, _LOOP, _COMPOSITE = "IF", "WHILE", "STABLEHLO_COMPOSITE"


def inner(file: File, operator: FileOperator) -> Optional[Inner]:
    """None for an operator that runs no other graph, or does not say which."""
    if operator.kind == _COMPOSITE and operator.options2 is not None:
        return _of(file, [int(operator.options2.number(1, "i"))])
    if operator.kind in (_BRANCHES, _LOOP) and operator.options is not None:
        numbers = [int(operator.options.number(field, "i")) for field in (0, 1)]
        is_branch = operator.kind == _BRANCHES
        return _of(file, numbers, skipped=int(is_branch), trips_known=is_branch)
    return None


def _of(file: File, numbers: list[int], skipped: int = 0, trips_known: bool = True) -> Optional[Inner]:
    """The main graph cannot be within itself."""
    if any(not 0 < number < len(file.graphs) for number in numbers):
        return None
    return Inner(tuple(file.graphs[number] for number in numbers), skipped, trips_known)

"""What the child asks of a model besides its answers: lengths of lookup tables, and a count of its work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from profiler import inspect_client
from profiler.backends.base import Call
from profiler.errors import KnownError
from profiler.result import Flops


def table_sizes(path: Path, format_name: str) -> Mapping[str, int]:
    """For integer inputs that index a table of the graph: the table's length. Empty where nobody can tell.

    Asked of an inspect child, so that parsing the file leaves no trace in the memory that is measured.
    """
    try:
        return inspect_client.describe(path, format_name).input_limits
    except KnownError:
        return {}


def flop_counter(runtime: str) -> Callable[[Call, int], Flops] | None:
    """How to count FLOPs by running a call once, where the file cannot be read for it; else None."""
    if runtime != "torchscript":
        return None

    def count(call: Call, batch: int) -> Flops:
        from profiler.backends import torch_flops

        return torch_flops.count(call).to_flops(batch)

    return count

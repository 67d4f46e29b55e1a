"""torch.export programs on PyTorch, opened from a copy that holds the program and its tensors alone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from profiler.backends import pt2_program, torch_session, torch_trace
from profiler.backends.base import Array, Call, LoadOptions, Traced, TraceOrder
from profiler.backends.pt2_archive import Pt2Archive
from profiler.backends.pt2_program import Program
from profiler.backends.torch_session import Arguments, PyTorch, TorchSession
from profiler.backends.torch_words import explain
from profiler.errors import ErrorKind, KnownError

# What torch raises for a program that this version of it does not read.
_NOT_READ = (
    RuntimeError, MemoryError, ValueError, TypeError, LookupError, AttributeError, AssertionError,
)  # fmt: skip


def open_backend() -> TorchExport:
    """Raises ImportError where torch is not installed."""
    import torch
    import torch.export

    return TorchExport(torch)


class TorchExport(PyTorch):
    """The backend; `module` is the imported torch."""

    name = "torch_export"

    def trace(self, path: Path, options: LoadOptions, order: TraceOrder) -> Traced:
        session = self.load(path, options)
        return torch_trace.trace(self._torch, session, session.by_node, order, options.device)

    def load(self, path: Path, options: LoadOptions) -> TorchExportSession:
        """Raises KnownError(MODEL_DAMAGED) where the archive holds what could run when it is opened."""
        torch_session.prepare(self._torch, options, self.name, self.devices())
        begin = perf_counter_ns()
        archive = Pt2Archive(path)
        program = pt2_program.of(archive)
        precision = torch_session.effective_precision(
            options, program.weight_dtypes, quantised=program.computes_on_integers
        )
        with tempfile.TemporaryDirectory(prefix="pt2_") as folder:
            copy = Path(folder) / "model.pt2"
            archive.write_copy(copy)
            ours_ns = perf_counter_ns() - begin
            exported = self._open(copy, options.device)
            session = TorchExportSession(self._torch, exported, program, options, precision)
        session.ours_ns = ours_ns
        return session

    def _open(self, copy: Path, device: str) -> Any:
        try:
            exported = self._torch.export.load(copy)
            if device != "cpu":
                from torch.export.passes import move_to_device_pass

                exported = move_to_device_pass(exported, device)
        except _NOT_READ as error:
            raise explain(error, ErrorKind.RUNTIME_REFUSED) from error
        return exported


class TorchExportSession(TorchSession):
    """An open program: calls go through `program.module()`, as users make them, checks of inputs included."""

    def __init__(
        self, torch: Any, exported: Any, program: Program, options: LoadOptions, precision: str
    ) -> None:
        self._program, self._in_spec = program, exported.call_spec.in_spec
        super().__init__(torch, self._module_of(torch, exported), options, precision)
        self.inputs, self.outputs = program.inputs, program.outputs

    def _module_of(self, torch: Any, exported: Any) -> Any:
        """torch makes the checks of inputs from how sample inputs are nested; the copy has none."""
        stand_ins = {leaf.name: torch.zeros(()) for leaf in self._program.leaves}
        exported._example_inputs = self.nested(torch, stand_ins)
        return exported.module()

    def nested(self, torch: Any, tensors: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The call's arguments as the program was exported with them."""
        positional, named = torch.utils._pytree.tree_unflatten(self._leaves(tensors), self._in_spec)
        return tuple(positional), dict(named)

    def arguments(self, tensors: Mapping[str, Any]) -> Arguments:
        positional, named = self.nested(self._torch, tensors)
        return list(positional), named

    def bind(self, inputs: Mapping[str, Array], lane: int = 0) -> Call:
        self._check(self._tensors(inputs))
        return super().bind(inputs, lane)

    def by_node(self, inputs: Mapping[str, Array]) -> Call:
        """A call that runs the same module node by node, each under its name: see torch_trace."""
        return self._called(inputs, torch_trace.node_by_node(self._torch, self._module))

    def watched(
        self, inputs: Mapping[str, Array], around: Callable[[Any, Callable[[Any], Any]], Any]
    ) -> Call:
        """The same with `around` about every node: see torch_trace.stepped."""
        return self._called(inputs, torch_trace.stepped(self._torch, self._module, around))

    def _called(self, inputs: Mapping[str, Array], run: Callable[[Sequence[Any]], object]) -> Call:
        self._check(tensors := self._tensors(inputs))
        leaves = self._leaves(tensors)

        def call() -> object:
            there = [self._to_device(leaf) for leaf in leaves]
            answer = run(there)
            return answer if self._device == "cpu" else torch_session.to_host(answer)

        return call

    def _leaves(self, tensors: Mapping[str, Any]) -> list[Any]:
        return [tensors[leaf.name] if leaf.tensor else leaf.constant for leaf in self._program.leaves]

    def _check(self, tensors: Mapping[str, Any]) -> None:
        """The program's own conditions on sizes, asked once before any call: they fail as assertions.

        Raises KnownError(SHAPE_MISMATCH).
        """
        guards = getattr(self._module, "_guards_fn", None)
        if guards is None:
            return
        try:
            guards(*self._leaves(tensors))
        except (AssertionError, RuntimeError) as error:
            text = str(error).partition("\n")[0]
            raise KnownError(ErrorKind.SHAPE_MISMATCH, text, name="", detail=text) from error

"""The tensors inside a model on PyTorch, seen while it is called once.

A torch.export program is run node by node, each tensor under its node's name. Hooks on submodules are not to
be had of a TorchScript module, and would not be called: the calls that its interpreter makes are watched
instead, each under the operator's name and its place among those of that name.
"""

from __future__ import annotations

import abc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from profiler.backends import torch_session, torch_trace
from profiler.backends.base import Array, LoadOptions
from profiler.backends.torch_export import TorchExport, TorchExportSession
from profiler.backends.torch_invocation import name_of, tensors_in
from profiler.backends.torch_session import TorchSession
from profiler.backends.torchscript import TorchScript
from profiler.messages import InnerTensor

BY_NODE, BY_CALL = "torch_nodes", "torch_calls"


class Seen(NamedTuple):
    """A tensor, just after it was made: it may be written over later."""

    told: InnerTensor
    value: Any


See = Callable[[Seen], None]


class _Watched(abc.ABC):
    """One call, looked into: once to list the tensors, once for each set of values."""

    _session: TorchSession

    def close(self) -> None:
        self._session.close()

    @abc.abstractmethod
    def _watch(self, see: See) -> None:
        """Make the call once; `see` hears of every tensor inside, in order."""

    def tensors(self) -> Sequence[InnerTensor]:
        found: list[InnerTensor] = []
        self._watch(lambda seen: found.append(seen.told))
        return _with_outputs(found)

    def values(self, names: Sequence[str]) -> Iterator[tuple[str, Array]]:
        """In the order of the call; copies, since what runs later may write over them."""
        wanted, found = set(names), dict[str, Array]()

        def see(seen: Seen) -> None:
            if seen.told.name in wanted:
                found[seen.told.name] = _to_array(seen.value)

        self._watch(see)
        yield from found.items()


class ProgramTrail(_Watched):
    """Of a torch.export program; see profiler.correctness.trail.Inside."""

    method = BY_NODE
    _session: TorchExportSession

    def __init__(
        self, backend: TorchExport, path: Path, options: LoadOptions, inputs: Mapping[str, Array]
    ) -> None:
        self._session, self._inputs = backend.load(path, options), inputs

    def _watch(self, see: See) -> None:
        inner: set[str] = set(self._inputs)

        def around(node: Any, run_node: Callable[[Any], Any]) -> Any:
            value = run_node(node)
            reads = tuple(each.name for each in node.all_input_nodes if each.name in inner)
            if node.op == "placeholder":
                inner.add(node.name)
            elif node.op == "call_function" and reads and not _is_guard(node):
                inner.add(node.name)
                if is_number(value):
                    see(Seen(_told_of(node, reads, value), value))
            return value

        self._session.watched(self._inputs, around)()


def _is_guard(node: Any) -> bool:
    return node.target is getattr(torch.ops.aten, "_assert_scalar", None)


def _told_of(node: Any, reads: tuple[str, ...], value: Any) -> InnerTensor:
    """One of several answers of a node has that node's type."""
    maker = node.all_input_nodes[0] if torch_trace.asks_for_sizes(node) and node.all_input_nodes else node
    place = list((node.meta.get("nn_module_stack") or {}).values())
    module = str(place[-1][0]) if place else ""
    return InnerTensor(
        node.name, module or maker.name, torch_trace.type_of(maker), reads=reads, size_bytes=_bytes(value)
    )


class ScriptTrail(_Watched):
    """Of a TorchScript module; see profiler.correctness.trail.Inside."""

    method = BY_CALL
    _session: TorchSession

    def __init__(
        self, backend: TorchScript, path: Path, options: LoadOptions, inputs: Mapping[str, Array]
    ) -> None:
        self._session, self._inputs = backend.load(path, options), inputs

    def _watch(self, see: See) -> None:
        call = self._session.bind(self._inputs)
        with _Calls(see, self._session.named_places(), self._inputs):
            call()


class _Calls(TorchDispatchMode):  # type: ignore[misc]  # torch is not read by mypy
    """Sees the answer of every operator that follows from the inputs."""

    def __init__(self, see: See, weights: Mapping[int, str], inputs: Mapping[str, Array]) -> None:
        super().__init__()
        self._see, self._weights = see, weights
        self._makers = {array.ctypes.data: name for name, array in inputs.items()}
        self._counts: Counter[str] = Counter()

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[Any],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        named = kwargs or {}
        given = [_place(tensor) for tensor in tensors_in([*args, *named.values()])]
        result = func(*args, **named)
        reads = tuple(dict.fromkeys(self._makers[place] for place in given if place in self._makers))
        if reads:
            self._look(name_of(func), reads, given, list(tensors_in([result])))
        return result

    def _look(self, kind: str, reads: tuple[str, ...], given: Sequence[int], made: Sequence[Any]) -> None:
        if not made:
            return
        self._counts[kind] += 1
        name = f"{kind} {self._counts[kind]}"
        weight = next((self._weights[place] for place in given if place in self._weights), "")
        node = weight.rpartition(".")[0] or name
        for at, tensor in enumerate(made):
            called = f"{name}[{at}]" if len(made) > 1 else name
            self._makers[_place(tensor)] = called
            if is_number(tensor):
                self._see(
                    Seen(InnerTensor(called, node, kind, reads=reads, size_bytes=_bytes(tensor)), tensor)
                )


def _with_outputs(found: Sequence[InnerTensor]) -> list[InnerTensor]:
    """What nothing reads is an output."""
    read = {name for each in found for name in each.reads}
    return [each if each.name in read else _output(each) for each in found]


def _output(each: InnerTensor) -> InnerTensor:
    return InnerTensor(each.name, each.node, each.type, "output", each.reads, each.size_bytes)


def is_number(value: Any) -> bool:
    """A plain tensor of real numbers: not sparse, nested or complex."""
    return (
        isinstance(value, torch.Tensor)
        and value.layout is torch.strided
        and not value.is_nested
        and not value.is_complex()
    )


def _place(tensor: torch.Tensor) -> int:
    if tensor.layout is not torch.strided:
        return id(tensor)
    return int(tensor.untyped_storage().data_ptr())


def _bytes(tensor: Any) -> int:
    return int(tensor.numel() * (4 if tensor.is_quantized else tensor.element_size()))


def _to_array(tensor: Any) -> Array:
    return torch_session.to_array(tensor.dequantize() if tensor.is_quantized else tensor)

"""Where the layers of a compiled OpenVINO model come from: the file's layers, and the tensors they make."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import Any

from profiler.backends import openvino_graph

_OUTPUT = re.compile(r"\.\d+$")  # what OpenVINO adds to the name of a layer that it takes apart, by output


class Origins:
    """Names by which the file's own nodes can be found, for every layer of the compiled model.

    `model` is the model as it was read. A file's operator may have become several layers there, of which
    the last bears the name of the file's tensor; the others lead to it. What a transformation made anew
    leads to where its answer goes in the compiled model.
    """

    def __init__(self, model: Any, runtime_model: Any) -> None:
        self._read = {str(operator.get_friendly_name()): operator for operator in model.get_ops()}
        self._layers = {layer.name: layer.nodes for layer in openvino_graph.layers(runtime_model)}
        self._next: dict[str, list[str]] = {}
        self._before: dict[str, list[str]] = {}
        self._shapes: dict[str, tuple[int, ...]] = {}
        for operator in runtime_model.get_ops():
            name = str(operator.get_friendly_name())
            if operator.get_output_size() and operator.output(0).get_partial_shape().rank.is_static:
                sizes = operator.output(0).get_partial_shape()
                self._shapes[name] = tuple(-1 if size.is_dynamic else size.get_length() for size in sizes)
            sources = [port.get_source_output().get_node() for port in operator.inputs()]
            self._before[name] = [str(source.get_friendly_name()) for source in sources]
            for source in self._before[name]:
                self._next.setdefault(source, []).append(name)

    def nodes(self, layer: str) -> tuple[str, ...]:
        """The file's layers that were fused into it, and the tensors that these make."""
        # A layer that the compiled graph does not list stands for the file's layer of that name, if any.
        originals = self._layers.get(layer, (layer,))
        return tuple(dict.fromkeys(name for one in originals for name in (one, *self._tensors(one))))

    def part_of(self, layer: str) -> tuple[str, ...]:
        """The nodes that its answer is made for, where its own names are none of the file's."""
        waiting, seen = [layer], {layer}
        while waiting:
            here = waiting.pop(0)
            found = [name for one in (*self._layers.get(here, ()), here) for name in self._leads_to(one)]
            if found:
                return tuple(dict.fromkeys(found))
            further = [name for name in self._next.get(here, ()) if name not in seen]
            seen.update(further)
            waiting += further
        return ()

    def shape(self, layer: str) -> tuple[int, ...] | None:
        """Of its first answer, with -1 for sizes that are settled at every call."""
        return self._shapes.get(layer)

    def after(self, layer: str, rows: Container[str]) -> tuple[str, ...]:
        """The nearest of these layers that it reads from: a runtime skips some when it runs."""
        found: dict[str, None] = {}
        waiting, seen = list(self._before.get(layer, ())), {layer}
        while waiting:
            here = waiting.pop(0)
            if here in seen:
                continue
            seen.add(here)
            if here in rows:
                found[here] = None
            else:
                waiting += self._before.get(here, ())
        return tuple(found)

    def _tensors(self, name: str) -> Iterator[str]:
        operator = self._read.get(name)
        for port in operator.outputs() if operator is not None else ():
            yield from sorted(map(str, port.get_names()))

    def _leads_to(self, name: str) -> Iterator[str]:
        """From a layer of the model as read, itself included, to the first with names of tensors."""
        start = self._read.get(name) or self._read.get(_OUTPUT.sub("", name))
        waiting, seen = [start] if start is not None else [], set()
        while waiting:
            here = waiting.pop(0)
            name = str(here.get_friendly_name())
            if name in seen or here.get_type_name() == "Result":
                continue
            seen.add(name)
            tensors = list(self._tensors(name))
            yield from (name, *tensors)
            if not tensors:
                waiting += [
                    target.get_node() for port in here.outputs() for target in port.get_target_inputs()
                ]

"""How many operators of each type an ONNX model has, subgraphs included and local functions expanded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import onnx

from profiler.backends import onnx_tensors

_STANDARD = ("", "ai.onnx")
_LEAST_TELLING = {"Constant"}

Key = tuple[str, str, str]


def histogram(model: onnx.ModelProto) -> Counter[str]:
    """Operators by type, `domain.Type` outside the standard domain; constants are not counted.

    A node counts once, however often a loop runs it, and in every branch of an If. A call of a local
    function counts as what the function holds; one that calls itself, which ONNX forbids, as one operator.
    """
    return _Counting(model).of(model.graph.node)


class _Counting:
    def __init__(self, model: onnx.ModelProto) -> None:
        self._functions = {
            _key(function.domain, function.name, function): function for function in model.functions
        }
        self._done: dict[Key, Counter[str]] = {}
        self._open: set[Key] = set()

    def of(self, nodes: Iterable[Any]) -> Counter[str]:
        counted: Counter[str] = Counter()
        for node in nodes:
            if node.op_type not in _LEAST_TELLING:
                counted += self._node(node)
            for graph in onnx_tensors.subgraphs([node]):
                counted += self.of(graph.node)
        return counted

    def _node(self, node: Any) -> Counter[str]:
        key = _key(node.domain, node.op_type, node)
        if key not in self._functions or key in self._open:
            return Counter({_type(node): 1})
        if key not in self._done:
            self._open.add(key)
            self._done[key] = self.of(self._functions[key].node)
            self._open.discard(key)
        return self._done[key]


def _key(domain: str, name: str, owner: Any) -> Key:
    plain = "" if domain in _STANDARD else domain
    return plain, name, getattr(owner, "overload", "")


def _type(node: Any) -> str:
    return str(node.op_type) if node.domain in _STANDARD else f"{node.domain}.{node.op_type}"

"""Control flow of ONNX: the work of If, Loop and Scan, and the shapes that they hand on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx

from profiler.backends.onnx_scope import Scope, Shape
from profiler.metrics.flops import Tally

Walk = Callable[[Any, Scope], Tally]
Rule = Callable[[Any, Scope, Tally, Walk], None]
Kinds = list[Any | None]

_MOST_TRIPS = 2**31


def _attributes(node: Any) -> dict[str, Any]:
    return {entry.name: onnx.helper.get_attribute_value(entry) for entry in node.attribute}


def _if(node: Any, scope: Scope, tally: Tally, walk: Walk) -> None:
    """The branch that a constant condition takes; otherwise the larger one, with the operators of both."""
    attributes = _attributes(node)
    branches = [attributes["then_branch"], attributes["else_branch"]]
    condition = scope.value(node.input[0])
    if condition is not None:
        branches = [branches[0 if bool(condition.all()) else 1]]
    scopes = [scope.child() for _ in branches]
    parts = [walk(branch, inner) for branch, inner in zip(branches, scopes, strict=True)]
    tally.add_movement()
    tally.add_larger(parts)
    for position, name in enumerate(node.output):
        ends = [(branch.output[position].name, inner) for branch, inner in zip(branches, scopes, strict=True)]
        _hand_on(name, ends, scope)


def _hand_on(name: str, ends: Sequence[tuple[str, Scope]], scope: Scope) -> None:
    """Give an output of If the type its branches agree on, and its value where only one branch is left."""
    shapes = {inner.shape(end) for end, inner in ends}
    end, inner = ends[0]
    kind = inner.type_of(end)
    if len(shapes) == 1 and None not in shapes:
        scope.set_type(name, kind)
    elif kind is not None:
        scope.set_type(name, _without_shape(kind))
    value = inner.value(end)
    if len(ends) == 1 and value is not None:
        scope.set_value(name, value)


def _without_shape(kind: Any) -> Any:
    bare = onnx.TypeProto()
    bare.CopyFrom(kind)
    if bare.HasField("tensor_type"):
        bare.tensor_type.ClearField("shape")
    return bare


class _Body:
    """The body of a loop, walked with given types for its inputs.

    Attributes: `tally` of the last walk, `scope` it left, `carried` the types of the carried outputs.
    """

    def __init__(self, graph: Any, scope: Scope, walk: Walk, fixed: int, carried: int) -> None:
        self.graph, self._outer, self._walk = graph, scope, walk
        self._fixed, self._count = fixed, carried
        self.inputs: list[str] = [value.name for value in graph.input]
        self.outputs: list[str] = [value.name for value in graph.output]

    def step(self, kinds: Kinds, values: dict[str, np.ndarray[Any, Any]]) -> Kinds:
        """Walk once; hands back the types of the carried outputs."""
        self.scope = self._outer.child()
        for name, kind in zip(self.inputs, kinds, strict=False):
            self.scope.set_type(name, kind)
        for name, value in values.items():
            self.scope.set_value(name, value)
        self.tally = self._walk(self.graph, self.scope)
        return [self.scope.type_of(name) for name in self.carried_outputs]

    @property
    def carried_outputs(self) -> list[str]:
        return self.outputs[self._fixed : self._fixed + self._count]

    @property
    def stacked_outputs(self) -> list[str]:
        return self.outputs[self._fixed + self._count :]


def _same_shapes(before: Kinds, after: Kinds) -> bool:
    return all(_dims(a) == _dims(b) for a, b in zip(before, after, strict=True))


def _dims(kind: Any | None) -> Any:
    if kind is None or not kind.tensor_type.HasField("shape"):
        return None
    return [(dim.dim_value, dim.dim_param) for dim in kind.tensor_type.shape.dim]


def _scalar(element: int) -> Any:
    return onnx.helper.make_tensor_type_proto(element, [])


def _loop(node: Any, scope: Scope, tally: Tally, walk: Walk) -> None:
    graph = _attributes(node)["body"]
    starts = [scope.type_of(name) for name in node.input[2:]]
    body = _Body(graph, scope, walk, fixed=1, carried=len(starts))
    head = [_scalar(onnx.TensorProto.INT64), _scalar(onnx.TensorProto.BOOL)]
    ends = body.step(head + starts, {body.inputs[1]: np.array(True)})
    trips = _trips(node, scope, body)
    tally.add_movement()
    if trips is None:
        tally.add_uncounted("Loop")
        tally.add_unknown_times(body.tally)
    elif _same_shapes(starts, ends):
        tally.add_repeated(body.tally, trips)
    else:
        ends = _unrolled(body, head + starts, trips, tally)
    _set_loop_outputs(node, scope, body, starts if trips == 0 else ends, trips)


def _trips(node: Any, scope: Scope, body: _Body) -> int | None:
    """The trip count where it is constant and no condition can end the loop early."""
    limit = scope.value(node.input[0]) if node.input[0] else None
    start = scope.value(node.input[1]) if len(node.input) > 1 and node.input[1] else np.array(True)
    again = body.scope.value(body.outputs[0])
    if start is not None and not start.all():
        return 0
    if limit is None or start is None or again is None:
        return None
    most = max(0, int(limit.item()))
    most = most if again.all() else min(most, 1)
    return most if most < _MOST_TRIPS else None


def _unrolled(body: _Body, kinds: Kinds, trips: int, tally: Tally) -> Kinds:
    """Walk trip by trip, since the shapes differ; an operator counts once, its work on each trip."""
    if not body.scope.may_unroll(trips * len(body.graph.node)):
        tally.add_unknown_times(body.tally)
        return [_without_shape(kind) if kind is not None else None for kind in kinds[2:]]
    whole = Tally(tally.method)
    ends = kinds[2:]
    for trip in range(trips):
        values = {body.inputs[0]: np.array(trip), body.inputs[1]: np.array(True)}
        ends = body.step(kinds[:2] + ends, values)
        whole.add_trip(body.tally)
    tally.add_repeated(whole)
    return ends


def _set_loop_outputs(node: Any, scope: Scope, body: _Body, ends: Kinds, trips: int | None) -> None:
    steady = trips is not None or _same_shapes([scope.type_of(name) for name in node.input[2:]], ends)
    carried = node.output[: len(ends)]
    for name, kind in zip(carried, ends, strict=True):
        scope.set_type(name, kind if steady or kind is None else _without_shape(kind))
    for name, inner in zip(node.output[len(ends) :], body.stacked_outputs, strict=True):
        _set_stacked(name, inner, scope, body.scope, trips, 0)


def _set_stacked(name: str, inner: str, scope: Scope, body: Scope, count: int | None, axis: int) -> None:
    """An output that gathers one slice per trip along `axis`."""
    shape = body.shape(inner)
    if shape is None or count is None:
        return
    place = axis + len(shape) + 1 if axis < 0 else axis
    scope.set_shape(name, (*shape[:place], count, *shape[place:]), body.element(inner))


def _scan(node: Any, scope: Scope, tally: Tally, walk: Walk) -> None:
    """Scan of opset 9 and later: one trip per slice of the scanned inputs."""
    attributes = _attributes(node)
    scanned = attributes["num_scan_inputs"]
    states = len(node.input) - scanned
    sequences = [scope.shape(name) for name in node.input[states:]]
    axes = attributes.get("scan_input_axes", [0] * scanned)
    tally.add_movement()
    if scope.opsets[""] < 9 or any(shape is None for shape in sequences):
        tally.add_uncounted("Scan")
        return
    known = [shape for shape in sequences if shape is not None]
    starts = [scope.type_of(name) for name in node.input[:states]]
    slices = [
        onnx.helper.make_tensor_type_proto(scope.element(name), _sliced(shape, axis))
        for name, shape, axis in zip(node.input[states:], known, axes, strict=True)
    ]
    body = _Body(attributes["body"], scope, walk, fixed=0, carried=states)
    ends = body.step(starts + slices, {})
    trips = known[0][axes[0]]
    if _same_shapes(starts, ends):
        tally.add_repeated(body.tally, trips)
    else:
        tally.add_unknown_times(body.tally)
    out_axes = attributes.get("scan_output_axes", [0] * len(body.stacked_outputs))
    for name, kind in zip(node.output[:states], starts, strict=True):
        scope.set_type(name, kind)
    for name, inner, axis in zip(node.output[states:], body.stacked_outputs, out_axes, strict=True):
        _set_stacked(name, inner, scope, body.scope, trips, axis)


def _sliced(shape: Shape, axis: int) -> list[int]:
    place = axis % len(shape)
    return [*shape[:place], *shape[place + 1 :]]


RULES: dict[str, Rule] = {"If": _if, "Loop": _loop, "Scan": _scan}

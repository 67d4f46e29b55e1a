"""The traced pass on PyTorch: torch.profiler over a few calls, a row for each operator that the model calls.

A row's time is that of the operator with all that it calls; on CUDA that of its kernels on the device.
A torch.export program is run node by node, each under its own name, so that rows join the file's nodes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import perf_counter_ns
from typing import Any

import msgspec

from profiler.backends.base import Array, Call, Traced, TraceOrder
from profiler.messages import TracedOperator, TracedWork

METHOD = "torch_profiler"
_CALL, _PRACTICE, _NODE = "inferometer.call", "inferometer.practice", "inferometer.node:"
_NS_PER_US = 1_000
Event = Any
Bind = Callable[[Mapping[str, Array]], Call]
Around = Callable[[Any, Callable[[Any], Any]], Any]


def trace(
    torch: Any, session: Any, bind: Bind, order: TraceOrder, device: str, *, counts: bool = False
) -> Traced:
    """Practice, then the calls that count, under the profiler; the session is closed at the end.

    `bind` makes the call of the order's inputs; what it and the call raise is raised. `counts`: rows bring
    their work themselves, found in one more call, for a file whose graph nobody can read.
    """
    try:
        call = bind(order.inputs)
        for _ in range(order.practice):
            call()
        session.settle(call)
        activities = [torch.profiler.ProfilerActivity.CPU]
        if device.startswith("cuda"):
            activities.append(torch.profiler.ProfilerActivity.CUDA)
        with torch.profiler.profile(activities=activities, record_shapes=counts) as profile:
            _named(torch, _PRACTICE, call)  # the first call under a profiler also pays for its start
            call_ns = tuple(_named(torch, _CALL, call) for _ in range(order.calls))
        works = _counted(torch, call) if counts else None
    finally:
        session.close()
    return Traced(METHOD, tuple(_rows(profile.events(), device, works)), call_ns)


def _counted(torch: Any, call: Callable[[], object]) -> Works:
    """What the operators right below a call do, in a call that is counted and not timed.

    Nothing is known of them where the model cannot be counted: their times stand all the same.
    """
    from profiler.backends import torch_works

    marker = torch_works.Marker()
    with torch.profiler.profile(
        activities=[torch.profiler.ProfilerActivity.CPU], record_shapes=True
    ) as profile:
        try:
            marker.watch(lambda: _named(torch, _CALL, call))
        except Exception:  # noqa: BLE001 - whatever a model's operators say to being counted
            return Works()
    works = Works()
    for event in profile.events():
        if event.name == _CALL and not _is_on_device(event):
            for operator in _outermost(event):
                works.add(operator, marker.work_of([each.name for each in (operator, *_below(operator))]))
    return works


class Works:
    """The work of operators by name and shapes of their inputs, and by how often the name came before."""

    def __init__(self) -> None:
        self._in_order: dict[str, list[tuple[str, TracedWork | None]]] = {}

    def add(self, event: Event, work: TracedWork | None) -> None:
        self._in_order.setdefault(event.name, []).append((str(event.input_shapes), work))

    def find(self, event: Event, position: int) -> TracedWork | None:
        """Of the same operator in its place; else, if another plan ran, what all of these shapes do."""
        known, shapes = self._in_order.get(event.name, []), str(event.input_shapes)
        if position < len(known) and known[position][0] == shapes:
            return known[position][1]
        alike = {work for told, work in known if told == shapes}
        return alike.pop() if len(alike) == 1 else None


def node_by_node(torch: Any, module: Any) -> Callable[[Sequence[Any]], object]:
    """What answers for flat inputs as an exported module does, each node run under its own name."""

    def around(node: Any, run_node: Callable[[Any], Any]) -> Any:
        if node.op not in ("call_function", "call_module") or asks_for_sizes(node):
            return run_node(node)
        with torch.profiler.record_function(f"{_NODE}{type_of(node)} {node.name}"):
            return run_node(node)

    return stepped(torch, module, around)


def stepped(torch: Any, module: Any, around: Around) -> Callable[[Sequence[Any]], object]:
    """What answers for flat inputs as an exported module does; `around` is given each node and what runs it.

    The nodes are stepped through here, because Interpreter.run brings a progress bar with a thread.
    """
    interpreter = torch.fx.Interpreter(module)

    def run(leaves: Sequence[Any]) -> object:
        interpreter.args_iter = iter(leaves)
        answer = None
        for node in module.graph.nodes:
            answer = interpreter.env[node] = around(node, interpreter.run_node)
            for over in interpreter.user_to_last_uses.get(node, ()):
                del interpreter.env[over]
        interpreter.env.clear()
        return answer

    return run


def asks_for_sizes(node: Any) -> bool:
    return getattr(node.target, "__module__", "") == "_operator"


def type_of(node: Any) -> str:
    """`aten.conv2d`, as inspect names it."""
    return str(getattr(node.target, "_overloadpacket", node.target)).replace(" ", "_")


def _named(torch: Any, name: str, call: Callable[[], object]) -> int:
    with torch.profiler.record_function(name):
        begin = perf_counter_ns()
        call()
        return perf_counter_ns() - begin


def _rows(events: Sequence[Event], device: str, works: Works | None = None) -> Iterator[TracedOperator]:
    found: dict[tuple[str, int], list[Event]] = {}
    for call in events:
        if call.name != _CALL or _is_on_device(call):
            continue
        seen: Counter[str] = Counter()
        for event in _outermost(call):
            found.setdefault((event.name, seen[event.name]), []).append(event)
            seen[event.name] += 1
    for (name, position), own in found.items():
        total = sum(_time_ns(event, device) for event in own)
        if total > 0:
            row = _row(name, position, own, total, device)
            work = works.find(own[0], position) if works is not None else None
            yield msgspec.structs.replace(row, work=work)


def _row(name: str, position: int, own: Sequence[Event], total: int, device: str) -> TracedOperator:
    kernel = _kernel(own[0], device)
    if name.startswith(_NODE):
        kind, _, node = name[len(_NODE) :].partition(" ")
        return TracedOperator(node, kind, total, len(own), (node,), kernel=kernel, device=device)
    label = f"{name} {position + 1}"
    return TracedOperator(label, name.replace("::", "."), total, len(own), kernel=kernel, device=device)


def _outermost(event: Event) -> Iterator[Event]:
    """The operators right below a call, in the order of time, through scopes that are no operators."""
    for child in sorted(event.cpu_children, key=lambda each: each.time_range.start):
        is_operator = "::" in child.name or child.name.startswith(_NODE)
        if is_operator or not child.cpu_children:
            yield child
        else:
            yield from _outermost(child)


def _is_on_device(event: Event) -> bool:
    """The profiler lists named ranges once more for the device."""
    return str(event.device_type) != "DeviceType.CPU"


def _time_ns(event: Event, device: str) -> int:
    taken: float = event.cpu_time_total if device == "cpu" else event.device_time_total
    return round(taken * _NS_PER_US)


def _kernel(event: Event, device: str) -> str:
    """What inside of an operator took longest by itself; empty where that is the operator."""
    inner = list(_below(event))
    if device != "cpu":
        kernels = [kernel for each in (event, *inner) for kernel in each.kernels]
        return str(max(kernels, key=lambda kernel: kernel.duration).name) if kernels else ""
    longest = max((event, *inner), key=lambda each: each.self_cpu_time_total)
    return "" if longest is event else str(longest.name)


def _below(event: Event) -> Iterator[Event]:
    for child in event.cpu_children:
        yield child
        yield from _below(child)

"""What a call under autocast really computes in, and its weights cast once instead of in every call.

autocast casts what operators of its own list are given and leaves the others alone, so what was asked for is
not what runs: one call is watched, operator by operator. Under inference mode it also casts the same weights
anew in every call; those that nothing else reads are kept in the lower precision instead, which hands every
operator the very same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from time import perf_counter_ns
from typing import Any, NamedTuple

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from profiler.backends import torch_rules
from profiler.backends.torch_invocation import Invocation, tensors_in

_TIMED = 3
# What a rule of torch_rules raises for an operator that is not as it expects.
_NOT_AS_THE_RULE_EXPECTS = (LookupError, RuntimeError, StopIteration, TypeError, ValueError, AssertionError)
_ATTENTION = "aten._scaled_dot_product"

Call = Callable[[], object]


class Settled(NamedTuple):
    """`products`: dtypes that products ran in; `cast_share`: what casts of weights still take of a call."""

    products: frozenset[str]
    cast_share: float


class Watch(TorchDispatchMode):  # type: ignore[misc]  # torch is not read by mypy
    """Sees every operator that has a kernel of its own, with the casts that autocast puts before it.

    Attributes: `products` dtypes of what products were given; `casts` what was cast to `target` and is no
    answer of another operator, with its place, once for each cast; `read` the places of what other operators
    were given.
    """

    def __init__(self, target: torch.dtype, given: Collection[int]) -> None:
        super().__init__()
        self._target, self._made = target, set(given)
        self.products: set[torch.dtype] = set()
        self.casts: list[tuple[int, torch.Tensor]] = []
        self.read: set[int] = set()

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[Any],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        named = kwargs or {}
        if not isinstance(func, torch._ops.OpOverload):
            return func(*args, **named)
        with self:
            parts = func.decompose(*args, **named)
        if parts is not NotImplemented:
            return parts
        result = func(*args, **named)
        self._look(func, args, named, result)
        return result

    def _look(self, func: Any, args: Sequence[Any], named: Mapping[str, Any], result: Any) -> None:
        tensors = list(tensors_in([*args, *named.values()]))
        places = {_place(tensor) for tensor in tensors}
        self._made |= {_place(tensor) for tensor in tensors_in([result])} - places
        if self._is_cast(func, tensors, result):
            place = _place(tensors[0])
            if place not in self._made:
                self.casts.append((place, tensors[0]))
        elif not func.is_view:
            self.read |= places
        if _is_product(Invocation(func, args, named, result)):
            self.products |= {tensor.dtype for tensor in tensors[:2] if tensor.is_floating_point()}

    def _is_cast(self, func: Any, tensors: Sequence[torch.Tensor], result: Any) -> bool:
        is_copy = func is torch.ops.aten._to_copy.default
        return is_copy and tensors[0].dtype == torch.float32 and result.dtype == self._target


def settle(
    module: Any, call: Call, target: torch.dtype, given: Collection[int],
    watching: Callable[[], AbstractContextManager[None]],
) -> Settled:  # fmt: skip
    """Watch one call, then cast once what is cast in every call; the answers stay as they were, to the bit.

    `given`: where the inputs lie; `watching` is entered for the call that is watched. TorchScript runs it
    without its optimiser, whose fusers hand groups of operators to code that no dispatch sees. Whatever the
    call raises is raised.
    """
    watch = Watch(target, given)
    with torch.jit.optimized_execution(False), watching(), watch:
        call()
    kept = _cast_once(module, call, watch, target)
    left = [tensor for place, tensor in watch.casts if place not in kept]
    dtypes = frozenset(str(dtype).removeprefix("torch.") for dtype in watch.products)
    return Settled(dtypes, _share(left, target, call))


def _cast_once(module: Any, call: Call, watch: Watch, target: torch.dtype) -> set[int]:
    """The places of the weights that were replaced; none where the answers would not be the same."""
    wanted = {place for place, _ in watch.casts} - watch.read
    weights = [each for each in _stored(module) if _place(each) in wanted and each.dtype == torch.float32]
    if not weights:
        return set()
    places, before = {_place(each) for each in weights}, list(tensors_in([call()]))
    originals = [each.data for each in weights]
    _replace(weights, [each.to(target) for each in originals])
    is_same = False
    try:
        after = list(tensors_in([call()]))
        is_same = len(before) == len(after) and all(map(_are_same, before, after))
    finally:
        if not is_same:
            _replace(weights, originals)
    return places if is_same else set()


def _replace(weights: Iterable[torch.Tensor], others: Iterable[torch.Tensor]) -> None:
    with torch.inference_mode(False), torch.no_grad():
        for weight, other in zip(weights, others):
            weight.data = other


def _stored(module: Any) -> Iterator[torch.Tensor]:
    yield from module.parameters()
    yield from module.buffers()


def _are_same(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.dtype == other.dtype and bool(torch.equal(one.nan_to_num(), other.nan_to_num()))


def _share(casts: Sequence[torch.Tensor], target: torch.dtype, call: Call) -> float:
    """The time of these casts, of the time of a call."""
    if not casts:
        return 0.0

    def cast() -> None:
        for tensor in casts:
            tensor.to(target)
        if tensor.is_cuda:
            torch.cuda.synchronize(tensor.device)

    taken, whole = _fastest_ns(cast), _fastest_ns(call)
    return min(1.0, taken / whole) if whole else 0.0


def _fastest_ns(work: Call) -> int:
    times = []
    for _ in range(_TIMED):
        begin = perf_counter_ns()
        work()
        times.append(perf_counter_ns() - begin)
    return min(times)


def _is_product(call: Invocation) -> bool:
    if call.name.startswith(_ATTENTION):
        return True
    try:
        work = torch_rules.work(call)
    except _NOT_AS_THE_RULE_EXPECTS:
        return False
    return work is not None and work.macs > work.integer_macs


def _place(tensor: torch.Tensor) -> int:
    """Where its memory begins, which views share; 0 for what has none of its own."""
    try:
        return int(tensor.untyped_storage().data_ptr())
    except (RuntimeError, NotImplementedError):
        return 0

"""Which tensor inside one model is which inside of another: by name, else by order; pure.

Exports of one network by one tool keep the names of tensors, and onnxruntime's quantisation names what it
makes after what it stands for. Where names differ, tensors are taken in order, but only where both graphs
are the same row of operators: a wrong partner would name a wrong node.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from profiler.messages import InnerTensor

# Of the tensors of the smaller side so many must have a partner by name, else names mean nothing.
NAMED_SHARE = 0.5

# Ways of having tensors that keep the names of the file's.
_NAMED = {"onnx_outputs", "openvino_outputs"}

# Operators that hand numbers on as they are: one export writes them and another does not.
_HANDING_ON = {
    "identity", "dropout", "reshape", "flatten", "view", "unsafe_view", "contiguous", "alias", "detach", "to",
    "clone", "squeeze", "unsqueeze", "cast", "feature_dropout",
}  # fmt: skip
_ONE_WORD = {
    "convolution": "conv", "conv1d": "conv", "conv2d": "conv", "conv3d": "conv", "conv_transpose1d": "conv",
    "conv_transpose2d": "conv", "conv_transpose3d": "conv",
}  # fmt: skip


class Partners(NamedTuple):
    """`own` and `reference` are the same tensor of the network."""

    own: InnerTensor
    reference: InnerTensor


class Matched(NamedTuple):
    """`by` is name or order, empty where no partners were found; `pairs` in the order of the own graph."""

    by: str
    pairs: list[Partners]


def matched(
    own: Sequence[InnerTensor], reference: Sequence[InnerTensor], methods: tuple[str, str]
) -> Matched:
    """Without the inputs, see `inputs`. `methods`: how the tensors of either side were had."""
    here = [each for each in own if each.kind != "input"]
    there = [each for each in reference if each.kind != "input"]
    if set(methods) <= _NAMED:
        pairs = _by_name(here, there)
    else:
        pairs = _by_module(here, there) if set(methods) == {"torch_nodes"} else []
    found = {pair.reference.name for pair in pairs}
    if found and len(found) >= NAMED_SHARE * min(len(here), len(there)):
        return Matched("name", pairs)
    pairs = _by_order(here, there)
    return Matched("order" if pairs else "", pairs)


def inputs(own: Sequence[InnerTensor], reference: Sequence[InnerTensor]) -> list[Partners]:
    """By name; by order where no name is the same."""
    here = [each for each in own if each.kind == "input"]
    there = [each for each in reference if each.kind == "input"]
    by_name = {each.name: each for each in there}
    pairs = [Partners(each, by_name[each.name]) for each in here if each.name in by_name]
    if pairs or len(here) != len(there):
        return pairs
    return [Partners(*pair) for pair in zip(here, there, strict=True)]


def _by_name(own: Sequence[InnerTensor], reference: Sequence[InnerTensor]) -> list[Partners]:
    """A quantised tensor is held against the one that it stands for, on whichever side it is.

    Quantising takes a Relu away and leaves its tensor's name to the operator before: then only what follows
    stands for it.
    """
    names = {each.name: each for each in reference}
    stand_ins = {each.stands_for: each for each in reference if each.stands_for}
    stood_for = {each.stands_for for each in own}
    pairs = []
    for each in own:
        there = names.get(each.name) or names.get(each.stands_for) or stand_ins.get(each.name)
        if there is None:
            continue
        is_alike = _word(each.type) == _word(there.type) or each.name != there.name
        if is_alike or not (each.name.isdigit() or each.name in stood_for or there.name in stand_ins):
            pairs.append(Partners(each, there))
    return pairs


def _by_module(own: Sequence[InnerTensor], reference: Sequence[InnerTensor]) -> list[Partners]:
    """By module, operator and place among those: names of nodes count through the whole graph, so that one
    node more gives all behind it another name."""
    names = dict(_placed(reference))
    return [Partners(each, names[key]) for key, each in _placed(own) if key in names]


def _placed(tensors: Iterable[InnerTensor]) -> Iterator[tuple[tuple[str, str, int], InnerTensor]]:
    seen: Counter[tuple[str, str]] = Counter()
    for each in tensors:
        seen[each.node, each.type] += 1
        yield (each.node, each.type, seen[each.node, each.type]), each


def _by_order(own: Sequence[InnerTensor], reference: Sequence[InnerTensor]) -> list[Partners]:
    """All of them, where the rows of operators are alike; else none."""
    here = [each for each in own if _word(each.type) not in _HANDING_ON]
    there = [each for each in reference if _word(each.type) not in _HANDING_ON]
    if [_word(each.type) for each in here] != [_word(each.type) for each in there]:
        return []
    return [Partners(*pair) for pair in zip(here, there, strict=True)]


def _word(kind: str) -> str:
    """aten._convolution, Conv and aten.conv2d are one word; relu_ writes over what relu does not."""
    plain = kind.rpartition(".")[2].strip("_").lower()
    return _ONE_WORD.get(plain, plain)

"""MACs of an Einsum from its equation and shapes, contracting operands from left to right as runtimes do."""

from __future__ import annotations

import math
from collections.abc import Sequence

from profiler.metrics.flops import Work

Labels = tuple[str, ...]


def einsum(equation: str, shapes: Sequence[Sequence[int]]) -> Work:
    """The work of `equation` ("bij,bjk->bik", ellipsis allowed) on operands of these `shapes`.

    A label that only one of two operands holds and that is not needed later is summed first (other FLOPs).
    A pair that sums over no shared label is an elementwise product (other FLOPs), as in torch.einsum.
    Raises ValueError where the equation and the shapes do not fit.
    """
    operands, result = _parse(equation.replace(" ", ""), [len(shape) for shape in shapes])
    sizes = _sizes(operands, shapes)
    macs = other = 0
    left = operands[0]
    for position, right in enumerate(operands[1:], start=2):
        needed = set(result).union(*operands[position:])
        (left, left_sum), (right_kept, right_sum) = (
            _reduced(left, needed | set(right), sizes),
            _reduced(right, needed | set(left), sizes),
        )
        product = _count(set(left) | set(right_kept), sizes)
        summed = (set(left) & set(right_kept)) - needed
        macs += product if summed else 0
        other += left_sum + right_sum + (0 if summed else product)
        left = tuple(dict.fromkeys(label for label in left + right_kept if label not in summed))
    return Work(macs, other + _reduced(left, set(result), sizes)[1])


def _reduced(labels: Labels, needed: set[str], sizes: dict[str, int]) -> tuple[Labels, int]:
    """The labels that stay, and the additions that sum the others away (a diagonal costs none)."""
    kept = tuple(label for label in dict.fromkeys(labels) if label in needed)
    return kept, _count(set(labels), sizes) if set(labels) - needed else 0


def _count(labels: set[str], sizes: dict[str, int]) -> int:
    return math.prod(sizes[label] for label in labels)


def _parse(equation: str, ranks: list[int]) -> tuple[list[Labels], Labels]:
    left, arrow, right = equation.partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks):
        raise ValueError(f"{len(terms)} terms in {equation!r}, {len(ranks)} operands")
    operands = [_labels(term, rank) for term, rank in zip(terms, ranks, strict=True)]
    widest = max((sum(label.isdigit() for label in labels) for labels in operands), default=0)
    if arrow:
        return operands, _labels(right, len(right.replace("...", "")) + widest)
    letters = [label for labels in operands for label in labels if not label.isdigit()]
    once = sorted(label for label in set(letters) if letters.count(label) == 1)
    return operands, (*_ellipsis(widest), *once)


def _labels(term: str, rank: int) -> Labels:
    """Letters of one term; the dimensions behind an ellipsis are numbered from the right."""
    before, dots, after = term.partition("...")
    hidden = rank - len(before) - len(after)
    if hidden < 0 or (hidden > 0 and not dots):
        raise ValueError(f"term {term!r} does not fit an operand of rank {rank}")
    return (*before, *_ellipsis(hidden), *after)


def _ellipsis(count: int) -> Labels:
    return tuple(str(number) for number in reversed(range(count)))


def _sizes(operands: list[Labels], shapes: Sequence[Sequence[int]]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for labels, shape in zip(operands, shapes, strict=True):
        for label, size in zip(labels, shape, strict=True):
            if sizes.get(label, 1) not in (1, size) and size != 1:
                raise ValueError(f"label {label!r} is both {sizes[label]} and {size}")
            sizes[label] = size if sizes.get(label, 1) == 1 else sizes[label]
    return sizes

"""Which rule counts which torch operator; what no rule covers is named as uncounted, never taken as 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from profiler.backends import torch_products, torch_tables
from profiler.backends.torch_invocation import Invocation
from profiler.metrics.flops import Work

Rule = Callable[[Any], Work]

RULES: dict[str, Rule] = {**torch_tables.RULES, **torch_products.RULES}


def is_known(operator: object, name: str) -> bool:
    """Whether a rule covers the operator as it is, so that it need not be taken apart."""
    return name in RULES or torch_products.is_registered(operator)


def is_movement(call: Invocation) -> bool:
    """Whether the operator does no arithmetic: views, copies, casts, selections, questions about shapes."""
    operator, name = call.operator, call.name.removesuffix("_")
    if name in torch_tables.MOVES:
        return True
    tags = operator.tags
    if operator.is_view or torch.Tag.inplace_view in tags or torch.Tag.view_copy in tags:
        return True
    return operator.namespace in ("aten", "prim") and not call.returns_tensor()


def work(call: Invocation) -> Work | None:
    """What the operator did, or None where no rule covers it."""
    rule = RULES.get(call.name) or RULES.get(call.name.removesuffix("_"))
    if rule is not None:
        return rule(call)
    registered = torch_products.registered(call)
    return _by_tag(call) if registered is None else registered


def _by_tag(call: Invocation) -> Work | None:
    """torch marks most elementwise operators and reductions; custom ones too where their author did."""
    tags = call.operator.tags
    if torch.Tag.reduction in tags:
        return torch_tables.per_input(call)
    if torch.Tag.pointwise in tags or _functional_is_pointwise(call):
        return Work(0, call.elements)
    return None


def _functional_is_pointwise(call: Invocation) -> bool:
    """The in-place form of an operator does not always bear the tag of the plain one."""
    packet = getattr(
        torch.ops.aten, call.operator._schema.name.removeprefix("aten::").removesuffix("_"), None
    )
    if packet is None or call.operator.namespace != "aten":
        return False
    return any(torch.Tag.pointwise in getattr(packet, overload).tags for overload in packet.overloads())

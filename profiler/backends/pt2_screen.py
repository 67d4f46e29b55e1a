"""Whether the text in a torch.export program is what it seems: PyTorch runs much of it as Python.

Names of nodes, arguments and parameters become source code of a generated module, guards are executed,
formulas of sizes are evaluated, and the types of nested inputs may name modules to import. Everything of
that kind has to have the plain form that torch.export writes; nothing is evaluated here.
"""

from __future__ import annotations

import ast
import json
import keyword
import re
from collections.abc import Callable, Iterator
from typing import Any

from profiler.backends import pt2_symbols

# What torch's own verifier lets a program call besides registered operators, and no more than that: it runs
# behind a reader that takes any attribute of torch, operator and math.
_FUNCTIONS = {
    *(f"_operator.{name}" for name in (
        "abs", "add", "and_", "eq", "floordiv", "ge", "getitem", "gt", "le", "lshift", "lt", "mod", "mul",
        "ne", "neg", "not_", "or_", "pos", "pow", "rshift", "sub", "truediv")),
    *(f"math.{name}" for name in ("ceil", "floor", "trunc")),
    *(f"torch.{name}" for name in (
        "_sym_sqrt", "sym_float", "sym_int", "sym_ite", "sym_max", "sym_min", "sym_not", "sym_sqrt",
        "sym_sum")),
}  # fmt: skip
# Control flow and wrappers that torch.export writes; others call compiled code, delegates or Python objects.
_HIGHER_ORDER = {
    "associative_scan", "auto_functionalized", "auto_functionalized_v2", "cond", "flex_attention",
    "foreach_map", "hints_wrapper", "invoke_quant", "invoke_quant_packed", "invoke_subgraph", "map_impl",
    "out_dtype", "run_and_save_rng_state", "run_with_rng_state", "scan", "strict_mode",
    "tag_activation_checkpoint", "while_loop", "while_loop_stack_output", "with_effects", "wrap",
    "wrap_activation_checkpoint", "wrap_with_autocast", "wrap_with_set_grad_enabled",
}  # fmt: skip
_OPERATOR = re.compile(r"torch\.ops\.(_?[A-Za-z]\w*)\.(_?[A-Za-z]\w*|__\w+__)\.([A-Za-z]\w*)", re.ASCII)
_OPERATOR_WORDS = re.compile(r"__i?(and|or|xor|lshift|rshift)__")
# Attributes of torch.ops, of a namespace in it and of an operator's overloads, which name no operator.
_NO_NAMESPACE, _NO_OPERATOR = {"_dir", "import_module", "load_library", "loaded_libraries"}, {"_dir", "name"}
_NO_OVERLOAD = {"op", "op_overloads", "overloads"}
_EXTENSION = re.compile(r"#[a-z_]\w*:[\w.]+", re.ASCII)
_CONTAINERS = {"builtins.tuple", "builtins.list", "builtins.dict", "collections.OrderedDict",
               "collections.namedtuple", "builtins.NoneType"}  # fmt: skip
_LATER_IMPORTED = ("__enum__", "default_factory_module")
_QUALIFIED = re.compile(r"[^\"\\\n\r{}']*")
_GUARD_CALLS = {"size", "stride", "storage_offset", "isnan", "floor", "ceil", "trunc", "sqrt", "pow"}
_GUARD_NAMES = {"L", "math", "inf", "max", "min", "abs", "int", "float"}
_GUARD_NODES = (
    ast.Compare, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Subscript, ast.Name, ast.Constant, ast.Call,
    ast.Attribute, ast.expr_context, ast.operator, ast.cmpop, ast.unaryop, ast.boolop, ast.List, ast.Tuple,
)  # fmt: skip
GUARD_LIMIT = 16_384


class UnsafeError(ValueError):
    """Text that PyTorch would run and that torch.export does not write."""


def check(document: object) -> None:
    """Look at a whole decoded models/*.json or payload config; raises UnsafeError with what was found."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for key, inner in value.items():
                _CHECKS.get(key, _nothing)(inner)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _nothing(_: Any) -> None:
    """This key's text is never run."""


def _name(value: Any) -> None:
    if isinstance(value, str) and value and (not value.isidentifier() or keyword.iskeyword(value)):
        raise UnsafeError(value[:80])


def _names(value: Any) -> None:
    for name in value if isinstance(value, list) else ():
        _name(name)


def _qualified(value: Any) -> None:
    if isinstance(value, str) and not _QUALIFIED.fullmatch(value):
        raise UnsafeError(value[:80])


def _target(value: Any) -> None:
    if isinstance(value, str) and not _may_be_called(value):
        raise UnsafeError(value[:80])


def _may_be_called(name: str) -> bool:
    """An operator down to its overload, a function of the lists above, or one that an extension registers."""
    if name in _FUNCTIONS or _EXTENSION.fullmatch(name):
        return True
    if name.startswith("torch.ops.higher_order."):
        return name.removeprefix("torch.ops.higher_order.") in _HIGHER_ORDER
    found = _OPERATOR.fullmatch(name)
    if found is None:
        return False
    namespace, operator, overload = found.groups()
    if operator.startswith("__") and not _OPERATOR_WORDS.fullmatch(operator):
        return False
    return namespace not in _NO_NAMESPACE and operator not in _NO_OPERATOR and overload not in _NO_OVERLOAD


def _formula(value: Any) -> None:
    try:
        pt2_symbols.parse(str(value))
    except pt2_symbols.ExpressionError as error:
        raise UnsafeError(str(value)[:80]) from error


def _guards(value: Any) -> None:
    for guard in value if isinstance(value, list) else [value]:
        try:
            if len(str(guard)) > GUARD_LIMIT:
                raise UnsafeError("guard")
            nodes = ast.walk(ast.parse(str(guard), mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise UnsafeError(str(guard)[:80]) from error
        if not all(_is_plain(node) for node in nodes):
            raise UnsafeError(str(guard)[:80])


def _is_plain(node: ast.AST) -> bool:
    """A comparison of sizes of inputs: `L['x'].size()[0] == 3`."""
    if isinstance(node, ast.Call):
        function = node.func
        named = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        is_size = isinstance(function, ast.Attribute) and named in _GUARD_CALLS
        return (is_size or named in _GUARD_NAMES or pt2_symbols.is_function(named)) and not node.keywords
    if isinstance(node, ast.Attribute):
        return node.attr in _GUARD_CALLS or node.attr == "inf"
    if isinstance(node, ast.Name):
        return node.id in _GUARD_NAMES or pt2_symbols.is_function(node.id)
    return isinstance(node, _GUARD_NODES)


def _containers(value: Any) -> None:
    """The shape of nested inputs, which is JSON in text."""
    try:
        version_and_root = json.loads(value)
        root = version_and_root[1]
        for node in _walked(root):
            _container(node)
        for words in root["children_spec"][1:2]:
            _names(json.loads(words["context"] or "[]"))
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise UnsafeError(str(value)[:80]) from error


def _walked(root: Any) -> Iterator[dict[str, Any]]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node["children_spec"])


def _container(node: dict[str, Any]) -> None:
    context = str(node["context"])
    if any(word in context for word in _LATER_IMPORTED):
        raise UnsafeError(context[:80])
    if node["type"] is not None and node["type"] not in _CONTAINERS and "." not in node["type"]:
        raise UnsafeError(str(node["type"])[:80])


_CHECKS: dict[str, Callable[[Any], None]] = {
    "name": _name, "as_name": _name, "forward_arg_names": _names, "field_names": _names, "target": _target,
    "expr_str": _formula, "guards_code": _guards, "in_spec": _containers, "parameter_name": _qualified,
    "buffer_name": _qualified, "tensor_constant_name": _qualified, "custom_obj_name": _qualified,
    "fqn": _qualified, "user_input_name": _name, "as_operator": _target,
}  # fmt: skip

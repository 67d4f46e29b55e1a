"""Sizes of a torch.export program as expressions of symbols: parsed and evaluated by rules of our own.

PyTorch hands the text to sympy, which evaluates it as Python; here it becomes a syntax tree of which a
few forms are allowed: what passes here is a formula and nothing else.
"""

from __future__ import annotations

import ast
import functools
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Union

TEXT_LIMIT = 4096
_LARGEST = 2**63

Number = Union[int, float, Fraction]


class ExpressionError(ValueError):
    """The text is no formula of sizes."""


class SizeUnknownError(ValueError):
    """A symbol without a value, a division by zero, or a size beyond 63 bits."""


def _quotient(left: Number, right: Number) -> Number:
    """Exact where it can be: a third of nine is three."""
    return Fraction(left) / Fraction(right)


def _power(base: Any, exponent: Any) -> Any:
    if abs(exponent) > 64 or abs(base) >= _LARGEST:
        raise SizeUnknownError("power")
    return base**exponent


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "Abs": abs, "Add": lambda *parts: sum(parts), "And": lambda *parts: all(parts),
    "CeilDiv": lambda a, b: -(-a // b), "CeilToInt": math.ceil, "CleanDiv": operator.floordiv,
    "Equality": operator.eq, "Eq": operator.eq, "Float": lambda value, *_: float(value),
    "FloatPow": _power, "FloatTrueDiv": operator.truediv, "FloorDiv": operator.floordiv,
    "FloorToInt": math.floor, "Ge": operator.ge, "GreaterThan": operator.ge, "Gt": operator.gt,
    "Identity": lambda value: value, "IntTrueDiv": operator.truediv, "Integer": int,
    "Le": operator.le, "LessThan": operator.le, "Lt": operator.lt, "LShift": lambda a, b: a * _power(2, b),
    "Max": max, "Min": min, "Mod": operator.mod, "ModularIndexing": lambda a, b, c: a // b % c,
    "Mul": lambda *parts: math.prod(parts), "Ne": operator.ne, "Not": operator.not_,
    "Or": lambda *parts: any(parts), "Pow": _power, "PowByNatural": _power, "PythonMod": operator.mod,
    "RShift": lambda a, b: a // _power(2, b), "Rational": _quotient, "RoundToInt": round,
    "StrictGreaterThan": operator.gt, "StrictLessThan": operator.lt, "ToFloat": float,
    "TruncToFloat": lambda value: float(int(value)), "TruncToInt": int, "Unequality": operator.ne,
    "Where": lambda test, yes, no: yes if test else no, "ceiling": math.ceil, "floor": math.floor,
}  # fmt: skip
_BINARY: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: (" + ", operator.add), ast.Sub: (" - ", operator.sub), ast.Mult: ("*", operator.mul),
    ast.FloorDiv: ("//", operator.floordiv), ast.Div: ("/", _quotient), ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", _power),
}  # fmt: skip
_INFIX = {"Add": " + ", "Mul": "*", "FloorDiv": "//", "CleanDiv": "//", "Mod": "%", "PythonMod": "%",
          "Pow": "**", "PowByNatural": "**"}  # fmt: skip
_NAMED: dict[str, Number] = {"oo": math.inf, "int_oo": math.inf}
_TRUTH = {"true": True, "false": False}


class Expression:
    """A formula. Attribute `symbols`: the names in it."""

    def __init__(self, root: ast.expr) -> None:
        self._root = root
        self.symbols = frozenset(_symbols(root))

    @property
    def symbol(self) -> str | None:
        """The name, where the formula is one symbol and nothing else."""
        return _symbol(self._root)

    def value(self, sizes: Mapping[str, int]) -> int:
        """The size where symbols have these values; raises SizeUnknownError."""
        try:
            found = _value(self._root, sizes)
        except (ArithmeticError, TypeError, ValueError) as error:
            raise SizeUnknownError(str(error)) from error
        if isinstance(found, bool) or found != int(found):
            raise SizeUnknownError(str(found))
        return int(found)

    def __str__(self) -> str:
        return _text(self._root)


@functools.lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """The formula that sympy's printer wrote (`Add(Integer(1), Symbol('s0', integer=True))`, or `s0 + 1`).

    Raises ExpressionError for anything else, however harmless.
    """
    if len(text) > TEXT_LIMIT:
        raise ExpressionError("too long")
    try:
        root = ast.parse(text, mode="eval").body
        _check(root)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(text[:80]) from error
    return Expression(root)


def is_function(name: str) -> bool:
    """Whether formulas may call it."""
    return name in _FUNCTIONS


def _check(node: ast.expr) -> None:
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, (int, float)):
            raise ExpressionError("constant")
    elif isinstance(node, ast.Name):
        if node.id.startswith("_"):
            raise ExpressionError("name")
    elif isinstance(node, ast.Call):
        _check_call(node)
    else:
        for part in _operands(node):
            _check(part)


def _operands(node: ast.expr) -> Sequence[ast.expr]:
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return (node.left, node.right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        return (node.operand,)
    raise ExpressionError(type(node).__name__)


def _check_call(node: ast.Call) -> None:
    if not isinstance(node.func, ast.Name) or any(
        not isinstance(word.value, ast.Constant) or word.arg is None for word in node.keywords
    ):
        raise ExpressionError("call")
    name = node.func.id
    if name == "Symbol":
        _check_symbol(node.args)
        return
    if name not in _FUNCTIONS or (node.keywords and name != "Float"):
        raise ExpressionError(name)
    for argument in node.args:
        if not (name == "Float" and _is_number(argument)):
            _check(argument)


def _check_symbol(arguments: Sequence[ast.expr]) -> None:
    name = arguments[0] if len(arguments) == 1 else None
    if not isinstance(name, ast.Constant) or not isinstance(name.value, str) or not name.value.isidentifier():
        raise ExpressionError("symbol")


def _is_number(node: ast.expr) -> bool:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    float(node.value)
    return True


def _symbol(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name) and node.id not in _NAMED and node.id not in _TRUTH:
        return node.id
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Symbol":
        name = node.args[0]
        return str(name.value) if isinstance(name, ast.Constant) else None
    return None


def _symbols(node: ast.expr) -> list[str]:
    name = _symbol(node)
    if name is not None:
        return [name]
    return [found for part in _parts(node) for found in _symbols(part)]


def _parts(node: ast.expr) -> Sequence[ast.expr]:
    if isinstance(node, (ast.Constant, ast.Name)):
        return ()
    return node.args if isinstance(node, ast.Call) else _operands(node)


def _value(node: ast.expr, sizes: Mapping[str, int]) -> Any:
    name = _symbol(node)
    if name is not None:
        if name not in sizes:
            raise SizeUnknownError(name)
        return sizes[name]
    found = _combined(node, [_value(part, sizes) for part in _parts(node)])
    if abs(found) >= _LARGEST:
        raise SizeUnknownError("too large")
    return found


def _combined(node: ast.expr, parts: Sequence[Any]) -> Any:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, (int, float)) else float(str(node.value))
    if isinstance(node, ast.Name):
        return _TRUTH[node.id] if node.id in _TRUTH else _NAMED[node.id]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _FUNCTIONS[node.func.id](*parts)
    if isinstance(node, ast.BinOp):
        return _BINARY[type(node.op)][1](*parts)
    return -parts[0] if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else parts[0]


def _text(node: ast.expr) -> str:
    """As people write it: `2*s0 + 1`."""
    name = _symbol(node)
    if name is not None:
        return name
    parts = [_text(part) for part in _parts(node)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _called(node.func.id, parts)
    if isinstance(node, ast.BinOp):
        return _joined(_BINARY[type(node.op)][0], parts)
    return ast.unparse(node)


def _called(function: str, parts: Sequence[str]) -> str:
    if function in ("Integer", "Identity"):
        return parts[0]
    if function in _INFIX:
        return _joined(_INFIX[function], parts)
    return f"{function}({', '.join(parts)})"


def _joined(sign: str, parts: Sequence[str]) -> str:
    sums = [" + " in part or " - " in part for part in parts]
    return sign.join(f"({part})" if is_sum and sign != " + " else part for part, is_sum in zip(parts, sums))

"""Formulas of sizes: what they come to, how they are written, and that nothing else passes."""

from __future__ import annotations

import pytest

from profiler.backends import pt2_symbols
from profiler.backends.pt2_symbols import ExpressionError, SizeUnknownError

S0 = "Symbol('s0', positive=True, integer=True)"


@pytest.mark.parametrize(
    ("text", "value", "written"),
    [(S0, 9, "s0"),
     (f"Mul(Integer(2), {S0})", 18, "2*s0"),
     (f"Add(FloorDiv({S0}, Integer(2)), Integer(1))", 5, "s0//2 + 1"),
     (f"Mul(Add({S0}, Integer(-1)), Symbol('s1', integer=True))", 24, "(s0 + -1)*s1"),
     ("s0//2 + 1", 5, "s0//2 + 1"),
     ("2*s0 - s1", 15, "2*s0 - s1"),
     (f"Max(Integer(4), Mod({S0}, Integer(4)))", 4, "Max(4, s0%4)"),
     (f"PowByNatural({S0}, Integer(2))", 81, "s0**2"),
     (f"Mul(Rational(1, 3), {S0})", 3, "Rational(1, 3)*s0"),
     (f"CeilToInt(IntTrueDiv({S0}, Integer(2)))", 5, "CeilToInt(IntTrueDiv(s0, 2))"),
     (f"Where(Eq({S0}, Integer(9)), Integer(1), Integer(2))", 1, "Where(Eq(s0, 9), 1, 2)")],
)  # fmt: skip
def test_a_formula_has_a_value_and_a_text(text: str, value: int, written: str) -> None:
    formula = pt2_symbols.parse(text)
    assert formula.value({"s0": 9, "s1": 3}) == value
    assert str(formula) == written


def test_one_symbol_alone_is_told_from_a_formula() -> None:
    assert pt2_symbols.parse(S0).symbol == "s0"
    assert pt2_symbols.parse(f"Mul(Integer(2), {S0})").symbol is None
    assert pt2_symbols.parse("s0*s1 + s0").symbols == {"s0", "s1"}


@pytest.mark.parametrize(
    "text",
    ["s9", "s0 // 0", "Pow(Integer(10), Integer(1000))", "10 ** 60", "s0 / 2", "oo", "Eq(s0, Integer(9))"],
)
def test_what_has_no_size_is_unknown(text: str) -> None:
    with pytest.raises(SizeUnknownError):
        pt2_symbols.parse(text).value({"s0": 9})


@pytest.mark.parametrize(
    "text",
    ["", "s0.real", "__import__('os')", "_x", "Symbol('a b')", "Symbol(s0)", "Symbol('a', x=f())", "'s0'",
     "s0 if s0 else 1", "[s0]", "open('x')", "Integer(2).x()", "lambda: 1", "s0 @ s1", "Add(*s0)", "f'{s0}'",
     "(" * 5000, "1+" * 3000 + "1", "Float('x')", "Add(**s0)"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        pt2_symbols.parse(text)

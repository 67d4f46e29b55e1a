"""Tables in a terminal that is too narrow for them."""

from __future__ import annotations

import io

import pytest

from profiler.reports import console, console_fit

LONG = "not known: needs at least 299 measurements, there are 277"


def _printed(rows: list[list[str]]) -> list[str]:
    out = io.StringIO()
    console.print_table(rows, out)
    return out.getvalue().splitlines()


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_a_table_that_fits_is_printed_as_it_is() -> None:
    assert _printed([["", "a"], ["wait", "10 ms"]]) == ["             a", "  wait   10 ms"]


def test_the_longest_cells_are_broken_where_that_is_enough() -> None:
    lines = _printed([["check", "state", "found"], ["Virtual machine", "to know", f"{LONG}; {LONG}"]])
    assert max(map(console_fit.width, lines)) <= 80
    assert " ".join(line.strip() for line in lines[1:]).endswith(f"{LONG}; {LONG}")


def test_too_many_columns_come_in_parts_that_each_begin_with_the_first() -> None:
    lines = _printed([["", "a", "b", "c"], ["P99", LONG, LONG, "7 ms"]])
    assert max(map(console_fit.width, lines)) <= 80
    assert [line.split()[0] for line in lines if line.startswith("  P99")] == ["P99", "P99"]
    assert "7 ms" in "".join(lines)


def test_wide_letters_are_broken_between_letters_and_none_is_lost() -> None:
    text = "这是一台虚拟机同一硬件上的其他虚拟机可能拖慢它"
    lines = console_fit.broken(text, 20)
    assert max(map(console_fit.width, lines)) <= 20
    assert "".join(lines) == text

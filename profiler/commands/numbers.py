"""Numbers on the command line: single ones and lists, each refused with what it should have been."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any


def number(text: str, kind: Callable[[str], Any], smallest: float, words: str) -> Any:
    """The number; raises ArgumentTypeError below `smallest` and for anything that is none."""
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or not smallest <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"wants {words}, not '{text}'")
    return value


def positive(text: str) -> int:
    return int(number(text, int, 1, "a whole number of at least 1"))


def natural(text: str) -> int:
    return int(number(text, int, 0, "a whole number of at least 0"))


def seconds(text: str) -> float:
    return float(number(text, float, 0, "seconds"))


def megabytes(text: str) -> int:
    return int(number(text, float, 0, "megabytes") * 1e6)


def rate(text: str) -> float:
    """Requests per second; one an hour is the least that a run could ever see."""
    return float(number(text, float, 1 / 3600, "requests per second"))


def several(one: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """A list of numbers with commas between them, each once, in the order written."""

    def parse(text: str) -> tuple[Any, ...]:
        values = tuple(one(part) for part in text.split(","))
        if len(set(values)) < len(values):
            raise argparse.ArgumentTypeError(f"wants each value once, not '{text}'")
        return values

    return parse

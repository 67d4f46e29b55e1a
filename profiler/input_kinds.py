"""What made-up inputs are like: kinds as people write them, and the kind that fits an input by itself."""

from __future__ import annotations

import math
from typing import Any, NamedTuple, Optional

import numpy as np

from profiler.errors import ErrorKind, KnownError
from profiler.result import Tensor

# Kinds without numbers, with a number that may be left out, with two limits, and with one value.
PLAIN = ("image", "mask", "probability", "normal", "flags")
RANGES = ("uniform", "integers")
NAMES = (*PLAIN, "tokens", *RANGES, "constant")

# The numpy kinds of the dtypes that a kind can fill.
_FILLS = {
    "normal": "fc", "image": "fiu", "probability": "f", "uniform": "f", "flags": "b", "mask": "fiub",
    "tokens": "fiu", "integers": "fiub", "constant": "fiub",
}  # fmt: skip
DEFAULT_TOKENS = 2


class Kind(NamedTuple):
    """A kind with its numbers: lengths of a table in `high` (tokens: below it; None where nobody said),
    both ends included for ranges, the value of a constant in `low`."""

    name: str
    low: float = 0.0
    high: Optional[float] = None

    def __str__(self) -> str:
        if self.name == "constant":
            return f"constant:{self.low:.10g}"
        if self.name in RANGES:
            return f"{self.name}:{self.low:.10g},{self.high:.10g}"
        return self.name if self.high is None else f"{self.name}:{self.high:.10g}"


def parse(text: str, name: str = "") -> Kind:
    """`image`, `tokens`, `tokens:32000`, `uniform:0,1`, `integers:0,9`, `constant:0.5`, ... as a kind.

    Raises KnownError(INPUT_KIND) for anything else; `name` is the input that it was asked for.
    """
    word, colon, rest = text.strip().partition(":")
    numbers = _numbers(rest)
    made = _kind(word, numbers) if numbers is not None and (rest or not colon) else None
    if made is None:
        raise KnownError(ErrorKind.INPUT_KIND, name=name, asked=text)
    return made


def _numbers(text: str) -> Optional[list[float]]:
    try:
        found = [float(part) for part in text.split(",")] if text else []
    except ValueError:
        return None
    return found if all(map(math.isfinite, found)) else None


def _kind(word: str, numbers: list[float]) -> Optional[Kind]:
    """None where the word is none or its numbers do not fit it."""
    count = len(numbers)
    if word in PLAIN and not count:
        return Kind(word)
    if word == "tokens" and count <= 1:
        return Kind(word, 0.0, *numbers) if all(n >= 1 and n.is_integer() for n in numbers) else None
    if word in RANGES and count == 2 and numbers[0] <= numbers[1]:
        is_whole = all(number.is_integer() for number in numbers)
        return Kind(word, *numbers) if word == "uniform" or is_whole else None
    return Kind(word, numbers[0]) if word == "constant" and count == 1 else None


def fitting(spec: Tensor) -> tuple[str, ...]:
    """Names of the kinds that can be asked of this input, by its dtype; none where it is text."""
    try:
        letter = dtype_of(spec).kind
    except KnownError:
        return ()
    return tuple(name for name in NAMES if name != "flags" and letter in _FILLS[name])


def dtype_of(spec: Tensor) -> np.dtype[Any]:
    """The numpy dtype; raises KnownError(INPUT_DTYPE) for one that numpy has no numbers of."""
    try:
        dtype = np.dtype(spec.dtype)
    except TypeError:
        dtype = np.dtype("O")
    if dtype.kind not in "fiubc":
        wanted = "string" if spec.dtype in ("object", "str") else spec.dtype
        raise KnownError(ErrorKind.INPUT_DTYPE, name=spec.name, given="–", wanted=wanted)
    return dtype


def chosen(spec: Tensor, asked: str = "", table: Optional[int] = None) -> Kind:
    """The kind of one input: the one asked for, else by its dtype and name.

    By itself: ones for numbers whose name says mask; token ids for other integers, below `table` where
    the graph looks them up in one and 0 or 1 where not, but 1 for a single number (a count, a length) that is
    looked up nowhere; a mix of both for truth values; a normal distribution for everything else.

    Raises KnownError: INPUT_KIND for a kind that the dtype cannot hold, INPUT_DTYPE for a dtype that cannot
    be made up.
    """
    dtype = dtype_of(spec)
    kind = parse(asked, spec.name) if asked else _by_itself(spec, dtype.kind, table)
    if kind.name == "tokens" and kind.high is None:
        kind = kind._replace(high=float(table or DEFAULT_TOKENS))
    if dtype.kind not in _FILLS[kind.name]:
        raise KnownError(
            ErrorKind.INPUT_KIND, name=spec.name, asked=kind, dtype=spec.dtype, what="kind_dtype"
        )
    return _fitting(kind, spec, dtype, is_asked=bool(asked))


def _by_itself(spec: Tensor, letter: str, table: Optional[int]) -> Kind:
    if letter in "fiu" and "mask" in spec.name.lower():
        return Kind("mask")
    if letter in "iu" and spec.shape == () and table is None:
        return Kind("constant", 1.0)
    return Kind({"b": "flags", "i": "tokens", "u": "tokens"}.get(letter, "normal"))


def _fitting(kind: Kind, spec: Tensor, dtype: np.dtype[Any], is_asked: bool) -> Kind:
    """The kind as far as the dtype can hold it; a wish that it cannot hold is refused."""
    least, most = _span(dtype)
    if kind.name == "tokens" and not is_asked:
        return kind._replace(high=min(kind.high or 0.0, most))
    highest = (kind.high or 0.0) - (kind.name == "tokens")
    is_whole = dtype.kind in "fc" or kind.low.is_integer()
    if not (least <= kind.low <= most and least <= highest <= most and is_whole):
        raise KnownError(
            ErrorKind.INPUT_KIND, name=spec.name, asked=kind, dtype=spec.dtype, what="kind_range"
        )
    return kind


def _span(dtype: np.dtype[Any]) -> tuple[float, float]:
    if dtype.kind in "fc":
        return float(np.finfo(dtype).min), float(np.finfo(dtype).max)
    if dtype.kind == "b":
        return 0.0, 1.0
    return float(np.iinfo(dtype).min), float(np.iinfo(dtype).max)

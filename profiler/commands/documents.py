"""Results as documents that the user asked for: JSON on standard output or in a file, and reports."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

import msgspec

from profiler import atomic_file
from profiler.comparison.records import Comparison
from profiler.errors import ErrorKind, KnownError
from profiler.reports import html, markdown
from profiler.result import RunResult, to_json
from profiler.wording import Language


def write_json(results: Sequence[RunResult], target: str, several: bool, out: TextIO) -> None:
    """One document, or a list where several files were given; `-` is standard output.

    Raises KnownError(DISK_FULL or SAVE_FAILED).
    """
    whole = [to_json(one) for one in results]
    is_list = several or len(whole) != 1
    _write(b"[\n" + b",\n".join(whole) + b"]\n" if is_list else whole[0], target, out)


def write_value(value: object, target: str, out: TextIO) -> None:
    """Anything msgspec can encode, as indented JSON, to a file or to standard output."""
    _write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n", target, out)


def write_report(
    results: Sequence[html.Pair],
    comparison: Comparison | None,
    path: Path,
    language: Language,
    only_differences: bool = False,
) -> None:
    """HTML, or Markdown where the name ends in .md, with the comparison of these results first.

    Raises KnownError(DISK_FULL or SAVE_FAILED).
    """
    if path.suffix.lower() == ".md":
        runs = [result for result, _ in results]
        save(path, markdown.text(runs, language, comparison, only_differences).encode())
    else:
        html.write(results, path, language, comparison, only_differences)


def ends_in(*endings: str) -> Callable[[str], str]:
    """A name on the command line that ends in one of these; raises ArgumentTypeError for another."""

    def parse(text: str) -> str:
        if not text.lower().endswith(endings):
            raise argparse.ArgumentTypeError(
                f"wants a name that ends in {' or '.join(endings)}, not '{text}'"
            )
        return text

    return parse


def _write(text: bytes, target: str, out: TextIO) -> None:
    if target == "-":
        out.write(text.decode())
    else:
        save(Path(target), text)


def save(path: Path, data: bytes) -> None:
    """The whole file or nothing; raises KnownError(DISK_FULL or SAVE_FAILED) naming it."""
    try:
        atomic_file.write(path, data)
    except OSError as error:
        full = error.errno == 28
        kind = ErrorKind.DISK_FULL if full else ErrorKind.SAVE_FAILED
        raise KnownError(kind, error.strerror or str(error), file=path.name) from error

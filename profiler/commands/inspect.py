"""`inferometer inspect FILE...`: format, inputs, parameters, operators, FLOPs of files; runs nothing."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, TextIO

import msgspec

from profiler import error_text, inspect_client, trust
from profiler.backends import catalog
from profiler.commands import documents, input_arguments
from profiler.errors import ErrorKind, KnownError
from profiler.messages import Description
from profiler.reports import description_table, nodes_table
from profiler.wording import Language


class Inspected(msgspec.Struct, frozen=True):
    """One file that could be described."""

    path: Path
    form: catalog.Format
    size_bytes: int
    sha256: str
    found: Description

    @property
    def trusted(self) -> bool:
        return trust.is_trusted(self.sha256, self.form.tier)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument(
        "--batch", type=_batch, default=1, metavar="N", help="batch that FLOPs are counted for"
    )
    input_arguments.add_shapes(parser)
    parser.add_argument(
        "--nodes", action="store_true", help="also list the operators, the most arithmetic first"
    )
    parser.add_argument("--json", metavar="OUT.json", help="the facts as JSON; - writes to standard output")
    parser.add_argument(
        "--csv", metavar="OUT.csv", help="every operator with its figures; of several files one CSV each"
    )


def run(arguments: argparse.Namespace, language: Language, out: TextIO, err: TextIO) -> int:
    """Describes every file that it can; 1 where one failed, with its sentence on `err`."""
    documents_found: list[dict[str, Any]] = []
    failed = 0
    for position, file in enumerate(arguments.files):
        try:
            inspected = inspect(Path(file), arguments)
        except KnownError as error:
            failed = 1
            print(error_text.sentence(error.info, language, Path(file).name), file=err)
            documents_found.append({"file": Path(file).name, "error": msgspec.to_builtins(error.info)})
            continue
        documents_found.append(document(inspected))
        failed = _write_csv(inspected, arguments, language, err) or failed
        if arguments.json != "-":
            _print(inspected, language, out, first=position == 0)
            if arguments.nodes and inspected.found.nodes:
                print("\n".join(["", *nodes_table.lines(inspected.found.nodes, language)]), file=out)
    return _write(documents_found, arguments.json, language, out, err) or failed


def inspect(path: Path, arguments: argparse.Namespace) -> Inspected:
    """Recognise the file here, and have a child read it; raises KnownError."""
    form = catalog.recognise(path)
    found = inspect_client.describe(
        path, form.name, arguments.batch, dict(arguments.shape), dict(arguments.dimension)
    )
    try:
        return Inspected(path, form, path.stat().st_size, trust.sha256_of(path), found)
    except OSError as error:
        raise KnownError(ErrorKind.FILE_UNREADABLE, str(error), file=path.name) from error


def document(inspected: Inspected) -> dict[str, Any]:
    """The facts as plain data for JSON."""
    facts = msgspec.to_builtins(inspected.found)
    del facts["say"]
    return {
        "file": inspected.path.name,
        "format": inspected.form.name,
        "size_bytes": inspected.size_bytes,
        "sha256": inspected.sha256,
        "trusted": inspected.trusted,
        **facts,
    }


def _batch(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"wants a whole number of at least 1, not '{text}'")
    return int(text)


def _print(inspected: Inspected, language: Language, out: TextIO, first: bool) -> None:
    lines = description_table.lines(
        inspected.path.name,
        inspected.form,
        inspected.size_bytes,
        inspected.sha256,
        inspected.trusted,
        inspected.found,
        language,
    )
    print("\n".join(lines if first else ["", *lines]), file=out)


def _write_csv(inspected: Inspected, arguments: argparse.Namespace, language: Language, err: TextIO) -> int:
    """Of several files each goes beside the others, with the name of its model before the ending."""
    if not arguments.csv:
        return 0
    target = Path(arguments.csv)
    if len(arguments.files) > 1:
        target = target.with_name(f"{target.stem}-{inspected.path.name}{target.suffix}")
    try:
        documents.save(target, nodes_table.csv_text(inspected.found.nodes).encode())
    except KnownError as error:
        print(error_text.sentence(error.info, language), file=err)
        return 1
    return 0


def _write(
    found: list[dict[str, Any]], target: str | None, language: Language, out: TextIO, err: TextIO
) -> int:
    if not target:
        return 0
    text = msgspec.json.format(msgspec.json.encode(found[0] if len(found) == 1 else found), indent=2) + b"\n"
    if target == "-":
        out.write(text.decode())
        return 0
    try:
        documents.save(Path(target), text)
    except KnownError as error:
        print(error_text.sentence(error.info, language), file=err)
        return 1
    return 0

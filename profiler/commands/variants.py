"""`inferometer variants FILE --out FOLDER`: smaller variants of a model, measured beside the original."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TextIO

import msgspec

from profiler import error_text, wording
from profiler.backends import catalog
from profiler.checks_plan import Dataset, Preprocessing
from profiler.commands import correctness_arguments, documents, load_arguments, profile
from profiler.errors import KnownError
from profiler.messages import VariantsMade
from profiler.reports import variants_table
from profiler.variants import client, kinds
from profiler.wording import Language

_TOPIC = "variants"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    option = parser.add_argument
    option("file", metavar="FILE", help="an ONNX, TorchScript or torch.export model; it is only read")
    option("--out", metavar="FOLDER", required=True, help="where the variants go; made where it is missing")
    option("--calibrate", metavar="FILE.npz|FOLDER",
           help="inputs that set the ranges of int8_static: an .npz with x or the model's inputs by their "
           "names, or labelled pictures; default: made up, which costs accuracy")  # fmt: skip
    option("--kinds", type=_kinds, default=(), metavar="KIND,KIND,...",
           help=f"of {', '.join(kinds.KINDS)}; default: all that can be made of the format")  # fmt: skip
    option("--overwrite", action="store_true", help="replace variants that are there already")
    option("--no-measure", action="store_true", help="only make them; else they are measured beside FILE")
    profile.add_options(parser)


def run(arguments: argparse.Namespace, language: Language, out: TextIO, err: TextIO) -> int:
    """1 where a kind that was asked for by name, or every kind, could not be had; else as `profile`."""
    sentence = _wrong_use(arguments, language)
    if sentence:
        print(wording.say("commands", "error", language, sentence=sentence), file=err)
        return 2
    try:
        for file in arguments.trust:
            profile.allow(Path(file))
        made = _make(arguments, language, err)
    except KnownError as error:
        sentence = error_text.sentence(error.info, language, Path(arguments.file).name)
        print(wording.say("commands", "error", language, sentence=sentence), file=err)
        return 1
    is_document = arguments.json == "-"
    if not (is_document and arguments.quiet):
        print("\n".join(variants_table.lines(made, language)), file=err if is_document else out)
    files = [one.file for one in made.variants if one.missing is None]
    is_short = not files or (bool(arguments.kinds) and len(files) < len(made.variants))
    if arguments.no_measure:
        return _document(made, arguments, language, out, err) or int(is_short)
    if not files:
        return 1
    if not is_document:
        print(file=out)
    return profile.run(_measuring(arguments, files), language, out, err) or int(is_short)


def _make(arguments: argparse.Namespace, language: Language, err: TextIO) -> VariantsMade:
    path = Path(arguments.file)
    form = catalog.recognise(path)

    def told(kind: str, done: int, total: int) -> None:
        if not arguments.quiet:
            print(wording.say(_TOPIC, "making", language, kind=kind, at=done + 1, total=total), file=err)

    return client.make(
        path,
        form.name,
        Path(arguments.out),
        arguments.kinds,
        _calibration(arguments),
        overwrite=arguments.overwrite,
        shapes=dict(arguments.shape),
        dimensions={name: sizes[0] for name, sizes in arguments.dimension},
        seed=arguments.seed,
        told=told,
    )


def _calibration(arguments: argparse.Namespace) -> Dataset | None:
    """With the preprocessing of the labelled data that accuracy is measured on."""
    if not arguments.calibrate:
        return None
    return Dataset(arguments.calibrate, preprocessing=arguments.preprocess)


def _measuring(arguments: argparse.Namespace, files: list[str]) -> argparse.Namespace:
    """The same options for `profile`: the original comes first, so the others are held against it."""
    given = dict(vars(arguments))
    given["files"] = [given.pop("file"), *files]
    if not arguments.dataset:
        given["preprocess"] = Preprocessing()  # of the pictures that calibrate, and of no others
    return argparse.Namespace(**given)


def _document(
    made: VariantsMade, arguments: argparse.Namespace, language: Language, out: TextIO, err: TextIO
) -> int:
    if not arguments.json:
        return 0
    try:
        facts = msgspec.to_builtins(made)
        del facts["say"]
        documents.write_value(facts, arguments.json, out)
    except KnownError as error:
        print(error_text.sentence(error.info, language), file=err)
        return 1
    return 0


def _wrong_use(arguments: argparse.Namespace, language: Language) -> str:
    """Options of the measurement are looked at before any variant is made."""
    if arguments.no_measure:
        return ""
    measuring = _measuring(arguments, ["a variant"])
    try:
        load_arguments.check(measuring)
        correctness_arguments.check(measuring)
    except load_arguments.WrongUse as wrong:
        return wording.say("usage", wrong.code, language, **wrong.parameters)
    return ""


def _kinds(text: str) -> tuple[str, ...]:
    named = tuple(part.strip() for part in text.split(","))
    for name in named:
        if name not in kinds.KINDS:
            raise argparse.ArgumentTypeError(f"wants kinds of {', '.join(kinds.KINDS)}, not '{name}'")
    return named

"""Options of the command line that say what a model is fed: shapes, dimensions, files, kinds."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from profiler import error_text, input_kinds, wording
from profiler.commands import numbers
from profiler.errors import KnownError
from profiler.plan import RunPlan

_SHAPE, _SIZE = "1,3,224,224", "N"


def add(parser: argparse.ArgumentParser) -> None:
    """The options of a measurement; defaults are those of RunPlan."""
    option = parser.add_argument
    _add_shape(parser)
    option("--dimension", action="append", default=[], type=_sizes, metavar="NAME=N,N,...",
           help="size of a dynamic dimension by its name; several are a sweep; may be repeated")  # fmt: skip
    option("--input", action="append", default=[], type=_pair("FILE"), metavar="NAME=FILE|FOLDER",
           help="an input from .npy, .png or .jpg, or from a folder of such; may be repeated")  # fmt: skip
    option("--input-kind", action="append", default=[], type=_kind, metavar="NAME=KIND",
           help="what a made-up input is like: image, tokens, tokens:32000, mask, probability, normal, "
           "uniform:0,1, integers:0,9 or constant:0.5; may be repeated")  # fmt: skip
    option("--inputs", metavar="FILE.npz", help="inputs from one file, by their names")
    distinct = RunPlan("", "").distinct_inputs
    option("--distinct", type=numbers.positive, default=distinct, metavar="N",
           help=f"sets of inputs that take turns; default: {distinct}")  # fmt: skip
    option("--seed", type=numbers.natural, default=0, metavar="N", help="seed of made-up inputs; default: 0")


def add_shapes(parser: argparse.ArgumentParser) -> None:
    """The options that settle the shapes of a file that is only looked at."""
    _add_shape(parser)
    parser.add_argument("--dimension", action="append", default=[], type=_size, metavar="NAME=N",
                        help="a dynamic dimension by its name; may be repeated")  # fmt: skip


def _add_shape(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--shape", action="append", default=[], type=_shape, metavar=f"NAME={_SHAPE}",
                        help="the whole shape of an input; may be repeated")  # fmt: skip


def fields(arguments: argparse.Namespace) -> dict[str, Any]:
    """Fields of a RunPlan; of several sizes the first, all of them are in `swept`."""
    return {
        "shapes": dict(arguments.shape),
        "dimensions": {name: sizes[0] for name, sizes in arguments.dimension},
        "input_files": _files(arguments),
        "input_kinds": dict(arguments.input_kind),
        "distinct_inputs": arguments.distinct,
        "seed": arguments.seed,
    }


def swept(arguments: argparse.Namespace) -> Mapping[str, tuple[int, ...]]:
    """Dimensions that were given more than one size."""
    return {name: sizes for name, sizes in arguments.dimension if len(sizes) > 1}


def _files(arguments: argparse.Namespace) -> dict[str, str]:
    files = {name: str(Path(file).resolve()) for name, file in arguments.input}
    return files | ({"": str(Path(arguments.inputs).resolve())} if arguments.inputs else {})


def _pair(form: str) -> Callable[[str], tuple[str, str]]:
    """Names may hold an equals sign, files and numbers may not."""

    def parse(text: str) -> tuple[str, str]:
        name, equals, value = text.rpartition("=")
        if not (name and equals and value):
            raise argparse.ArgumentTypeError(f"wants NAME={form}, not '{text}'")
        return name, value

    return parse


def _shape(text: str) -> tuple[str, tuple[int, ...]]:
    name, value = _pair(_SHAPE)(text)
    return name, tuple(numbers.positive(part) for part in value.split(","))


def _size(text: str) -> tuple[str, int]:
    name, value = _pair(_SIZE)(text)
    return name, numbers.positive(value)


def _sizes(text: str) -> tuple[str, tuple[int, ...]]:
    name, value = _pair("N,N,...")(text)
    return name, numbers.several(numbers.positive)(value)


def _kind(text: str) -> tuple[str, str]:
    name, value = _pair("KIND")(text)
    try:
        return name, str(input_kinds.parse(value, name))
    except KnownError as error:
        sentence = error_text.sentence(error.info, wording.preferred_language())
        raise argparse.ArgumentTypeError(sentence) from error

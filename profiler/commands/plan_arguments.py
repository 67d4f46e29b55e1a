"""Options of the command line that make a plan, and the plan they make."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from profiler import plan as plans
from profiler.backends import catalog
from profiler.plan import Preset, RunPlan


def add(parser: argparse.ArgumentParser) -> None:
    """The options of a plan; defaults are those of RunPlan."""
    add_what(parser)
    add_how_long(parser)


def add_what(parser: argparse.ArgumentParser) -> None:
    option = parser.add_argument
    option(
        "--runtime", metavar="NAME", help="onnxruntime or torchscript; default: the first that fits the file"
    )
    option("--device", metavar="NAME", default="cpu", help="cpu, cuda:0, or a provider; default: cpu")
    option("--scenario", choices=["SingleStream"], default="SingleStream", help="default: SingleStream")
    option("--batch", type=_positive, default=1, metavar="N", help="size of the batch dimension; default: 1")
    add_shapes(parser)
    option("--input", action="append", default=[], type=_pair("file.npy"), metavar="NAME=FILE.npy",
           help="an input from a file; may be repeated")  # fmt: skip
    option("--inputs", metavar="FILE.npz", help="inputs from one file, by their names")
    option("--seed", type=_natural, default=0, metavar="N", help="seed of made-up inputs; default: 0")


def add_shapes(parser: argparse.ArgumentParser) -> None:
    option = parser.add_argument
    option("--shape", action="append", default=[], type=_shape, metavar="NAME=1,3,224,224",
           help="the whole shape of an input; may be repeated")  # fmt: skip
    option("--dimension", action="append", default=[], type=_dimension, metavar="NAME=N",
           help="a dynamic dimension by its name; may be repeated")  # fmt: skip


def add_how_long(parser: argparse.ArgumentParser) -> None:
    option = parser.add_argument
    option("--preset", choices=[preset.value for preset in Preset], default=Preset.STANDARD.value,
           help="how long and how precisely; default: standard")  # fmt: skip
    option(
        "--duration", type=_seconds, metavar="S", help="measure exactly this long, whatever the preset says"
    )
    option(
        "--warmup",
        type=_warmup,
        default="auto",
        metavar="auto|N",
        help="practice runs; default: until steady",
    )
    option(
        "--threads",
        type=_natural,
        default=0,
        metavar="N",
        help="intra-op threads; default: all that may be used",
    )
    option(
        "--load-timeout", type=_seconds, default=600.0, metavar="S", help="give up loading after; 0: never"
    )
    option(
        "--memory-limit",
        type=_megabytes,
        default=0,
        metavar="MB",
        help="give up above; default: 90 %% of memory",
    )
    option("--trust", action="append", default=[], metavar="FILE",
           help="allow this file, whose format can run code when it is opened")  # fmt: skip


def plan_for(path: Path, arguments: argparse.Namespace) -> RunPlan:
    """The plan for one file; raises KnownError for a file that cannot be measured."""
    form = catalog.recognise(path)
    runtime = arguments.runtime or catalog.default_runtime(form)
    preset = Preset(arguments.preset)
    return RunPlan(
        model_path=str(path),
        runtime=runtime,
        device=arguments.device,
        batch=arguments.batch,
        shapes=dict(arguments.shape),
        dimensions=dict(arguments.dimension),
        input_files=input_files(arguments),
        threads=arguments.threads,
        seed=arguments.seed,
        preset=preset,
        stopping=plans.stopping_for(preset, arguments.duration),
        warmup=arguments.warmup,
        load_timeout_s=arguments.load_timeout,
        memory_limit_bytes=arguments.memory_limit,
    )


def input_files(arguments: argparse.Namespace) -> dict[str, str]:
    files = {name: str(Path(file).resolve()) for name, file in arguments.input}
    return files | ({"": str(Path(arguments.inputs).resolve())} if arguments.inputs else {})


def _pair(form: str) -> Callable[[str], tuple[str, str]]:
    def parse(text: str) -> tuple[str, str]:
        name, equals, value = text.rpartition("=")
        if not (name and equals and value):
            raise argparse.ArgumentTypeError(f"wants NAME={form}, not '{text}'")
        return name, value

    return parse


def _shape(text: str) -> tuple[str, tuple[int, ...]]:
    name, value = _pair("1,3,224,224")(text)
    return name, tuple(_positive(part) for part in value.split(","))


def _dimension(text: str) -> tuple[str, int]:
    name, value = _pair("N")(text)
    return name, _positive(value)


def _number(text: str, kind: Callable[[str], Any], smallest: float, words: str) -> Any:
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or not smallest <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"wants {words}, not '{text}'")
    return value


def _positive(text: str) -> int:
    return int(_number(text, int, 1, "a whole number of at least 1"))


def _natural(text: str) -> int:
    return int(_number(text, int, 0, "a whole number of at least 0"))


def _seconds(text: str) -> float:
    return float(_number(text, float, 0, "seconds"))


def _megabytes(text: str) -> int:
    return int(_number(text, float, 0, "megabytes") * 1e6)


def _warmup(text: str) -> Literal["auto"] | int:
    return "auto" if text == "auto" else _natural(text)

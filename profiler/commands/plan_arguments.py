"""Options of the command line that make a plan, and the plan they make."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from profiler import other_python, trust
from profiler import plan as plans
from profiler.backends import catalog
from profiler.commands import correctness_arguments, input_arguments, load_arguments, numbers
from profiler.plan import Companion, Preset, RunPlan

ALL = "all"


def add(parser: argparse.ArgumentParser) -> None:
    """The options of a plan; defaults are those of RunPlan."""
    add_what(parser)
    add_how_long(parser)
    correctness_arguments.add(parser)


def add_what(parser: argparse.ArgumentParser) -> None:
    option = parser.add_argument
    option("--runtime", metavar="NAME|all",
           help="by name, or every one that is installed and opens the file, as runs beside each other; "
           "default: the first that fits the file")  # fmt: skip
    option("--python", metavar="PATH", default="",
           help="the interpreter that measures, with your own torch, CUDA or runtime; "
           "Python 3.9 or newer with numpy and msgspec")  # fmt: skip
    option("--device", metavar="NAME", default="cpu", help="cpu, cuda:0, or a provider; default: cpu")
    option("--precision", choices=plans.PRECISIONS, default="as_is",
           help="of the arithmetic; default: as the file has it, fp32 stays fp32")  # fmt: skip
    option("--operators", action="store_true",
           help="afterwards time every operator, in a slower pass of its own")  # fmt: skip
    load_arguments.add(parser)
    input_arguments.add(parser)


def add_how_long(parser: argparse.ArgumentParser) -> None:
    option = parser.add_argument
    option("--preset", choices=[preset.value for preset in Preset], default=Preset.STANDARD.value,
           help="how long and how precisely; default: standard")  # fmt: skip
    option(
        "--duration",
        type=numbers.seconds,
        metavar="S",
        help="measure each point this long in all, split over its processes, whatever the preset says",
    )
    option(
        "--warmup",
        type=_warmup,
        default="auto",
        metavar="auto|N",
        help="practice runs; default: until steady",
    )
    option(
        "--load-timeout",
        type=numbers.seconds,
        default=600.0,
        metavar="S",
        help="give up loading after; 0: never",
    )
    option(
        "--memory-limit",
        type=numbers.megabytes,
        default=0,
        metavar="MB",
        help="give up above; default: 90 %% of memory",
    )
    option("--trust", action="append", default=[], metavar="FILE",
           help="allow this file, whose format can run code when it is opened")  # fmt: skip


def plan_for(path: Path, arguments: argparse.Namespace) -> RunPlan:
    """The plan for one file; raises KnownError for a file that cannot be measured."""
    form = catalog.recognise(path)
    named = arguments.runtime if arguments.runtime != ALL else None
    runtime = named or _default_runtime(form, arguments.python)
    preset = Preset(arguments.preset)
    return RunPlan(
        model_path=str(path),
        runtime=runtime,
        device=arguments.device,
        precision=arguments.precision,
        scenario=load_arguments.scenario_of(arguments),
        sweep=load_arguments.sweep_of(arguments),
        batch=arguments.batch[0] if arguments.batch and arguments.batch != load_arguments.MAX else 1,
        finds_largest_batch=arguments.batch == load_arguments.MAX,
        threads=arguments.threads[0] if arguments.threads else 0,
        preset=preset,
        stopping=plans.stopping_for(preset, arguments.duration),
        warmup=arguments.warmup,
        load_timeout_s=arguments.load_timeout,
        memory_limit_bytes=arguments.memory_limit,
        replicates=arguments.replicates,
        world_size=arguments.world_size,
        limits=arguments.limit,
        companions=companions_of(path, arguments) if arguments.together else (),
        traces=arguments.operators,
        python=_asked(arguments.python).path if arguments.python else "",
        consents=_consents(arguments.trust),
        checks=correctness_arguments.checks_of(arguments),
        **input_arguments.fields(arguments),
    )


def plans_for(path: Path, arguments: argparse.Namespace) -> list[RunPlan]:
    """One plan, or with `--runtime all` one for each runtime that is installed and opens the file."""
    plan = plan_for(path, arguments)
    if arguments.runtime != ALL:
        return [plan]
    return [msgspec.structs.replace(plan, runtime=name) for name in _installed(path, arguments)]


def _installed(path: Path, arguments: argparse.Namespace) -> list[str]:
    form = catalog.recognise(path)
    if not arguments.python:
        return [name for name in form.runtimes if catalog.installed(name)]
    found = _asked(arguments.python)
    return [name for name in form.runtimes if found.holds(name)]


def _consents(trusted: Sequence[str]) -> tuple[str, ...]:
    """The bytes of the programs that --trust names in this very command."""
    programs = (Path(file) for file in trusted if catalog.recognise(Path(file)).tier is trust.Tier.PROGRAM)
    return tuple(trust.sha256_of(path) for path in programs)


def companions_of(path: Path, arguments: argparse.Namespace) -> tuple[Companion, ...]:
    """The other files; the same file given twice lives beside itself. Raises KnownError as plan_for does."""
    others = [Path(file) for file in arguments.files]
    others.remove(path)
    return tuple(Companion(str(other), _runtime(other, arguments)) for other in others)


def _runtime(path: Path, arguments: argparse.Namespace) -> str:
    """The runtime that was named, where it fits this file."""
    form = catalog.recognise(path)
    named = arguments.runtime if arguments.runtime in form.runtimes else None
    return named or _default_runtime(form, arguments.python)


def _default_runtime(form: catalog.Format, python: str) -> str:
    return _asked(python).default_runtime(form) if python else catalog.default_runtime(form)


_asked = functools.cache(other_python.probe)


def _warmup(text: str) -> Literal["auto"] | int:
    return "auto" if text == "auto" else numbers.natural(text)

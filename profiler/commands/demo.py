"""`inferometer demo` without a display: the bundled samples, measured and shown side by side."""

from __future__ import annotations

import argparse
from importlib import resources
from pathlib import Path
from typing import TextIO

from profiler.commands import profile
from profiler.wording import Language, say

PRESET = ["--preset", "quick"]
SAMPLES = ("digits.onnx", "digits.torchscript.pt", "digits.pt2", "digits.xml", "digits.tflite")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json", metavar="OUT.json", help="the result documents; - writes to standard output"
    )
    parser.add_argument("--report", metavar="OUT.html", default="report.html", help="default: report.html")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")


def sample_paths() -> list[Path]:
    """The bundled model files, which lie beside the program as plain files."""
    return [Path(str(resources.files("resources").joinpath("samples", name))) for name in SAMPLES]


def run(arguments: argparse.Namespace, language: Language, out: TextIO, err: TextIO) -> int:
    files = [str(path) for path in sample_paths()]
    parser = argparse.ArgumentParser()
    profile.add_arguments(parser)
    options = [*PRESET, "--report", arguments.report]
    if arguments.json:
        options += ["--json", arguments.json]
    if arguments.quiet:
        options.append("--quiet")
    else:
        print(say("commands", "demo_intro", language), file=err)
    code = profile.run(parser.parse_args([*files, *options]), language, out, err)
    if Path(arguments.report).exists() and not arguments.quiet:
        print(say("commands", "report_written", language, file=arguments.report), file=err)
    return code

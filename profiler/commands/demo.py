"""`inferometer demo` without a display: the bundled samples, measured side by side, and which one to ship."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TextIO

from profiler.commands import profile
from profiler.demo import LIMITS, SAMPLES, labelled_path, sample_paths
from profiler.wording import Language, say

__all__ = ["PRESET", "SAMPLES", "add_arguments", "run", "sample_paths"]

PRESET = ["--preset", "quick"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json", metavar="OUT.json", help="the result documents; - writes to standard output"
    )
    parser.add_argument("--report", metavar="OUT.html", default="report.html", help="default: report.html")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")


def run(arguments: argparse.Namespace, language: Language, out: TextIO, err: TextIO) -> int:
    files = [str(path) for path in sample_paths()]
    parser = argparse.ArgumentParser()
    profile.add_arguments(parser)
    options = [*PRESET, "--dataset", str(labelled_path()), "--limit", LIMITS, "--report", arguments.report]
    if arguments.json:
        options += ["--json", arguments.json]
    if arguments.quiet:
        options.append("--quiet")
    else:
        print(say("commands", "demo_intro", language), file=err)
    given = parser.parse_args([*files, *options])
    given.brief = True
    code = profile.run(given, language, out, err)
    if Path(arguments.report).exists() and not arguments.quiet:
        print(say("commands", "report_written", language, file=arguments.report), file=err)
    return code

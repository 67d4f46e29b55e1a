"""`inferometer compare RUN|JSON|last...`: earlier runs side by side, and which one of them to use."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from profiler import folders, wording
from profiler.commands import documents, load_arguments, run_choice
from profiler.comparison import compare
from profiler.comparison.gate import ASPECTS
from profiler.comparison.names import names_apart
from profiler.comparison.records import Comparison
from profiler.errors import KnownError
from profiler.reports import comparison_console, comparison_csv, comparison_document
from profiler.store import Store
from profiler.wording import Language

ALL = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    option = parser.add_argument
    option("runs", nargs="+", metavar="RUN|JSON",
           help="an id or the beginning of one; last: the newest run with those measured in turns with it; "
           "last:N: the newest N; or a file that profile --json or history export wrote")  # fmt: skip
    option("--baseline", metavar="NAME|N|RUN",
           help="what the others are held against: a name, its place from 1, or an id; "
           "default: the first")  # fmt: skip
    option("--limit", type=load_arguments.limits_of, default={}, metavar="p99=10ms,memory=500MB",
           help="what the run to use must keep; default: the limits of the runs themselves")  # fmt: skip
    option("--accept", type=_aspects, default=(), metavar="ASPECT[,ASPECT]|all",
           help=f"compare although these differ: {', '.join(ASPECTS)}; every report says so")  # fmt: skip
    option("--only-differences", action="store_true", help="of the table only the rows that differ")
    option("--json", metavar="OUT.json", help="the comparison as data; - writes it to standard output")
    option("--csv", metavar="OUT.csv", type=documents.ends_in(".csv"), help="a row for each run")
    option("--report", metavar="OUT.html|md", type=documents.ends_in(".html", ".htm", ".md"),
           help="a report that opens in any browser, or as Markdown")  # fmt: skip
    option("--quiet", action="store_true", help="nothing on standard output but what --json - writes")


def run(arguments: argparse.Namespace, language: Language, out: TextIO, err: TextIO) -> int:
    """0; 1 for a run or a file that cannot be had; 2 where what was named makes no comparison."""
    store = Store(folders.history_folder())
    try:
        pairs = run_choice.without_repeats(
            [pair for given in arguments.runs for pair in run_choice.several(store, given)]
        )
        made = _compared(pairs, arguments)
        _write(made, pairs, arguments, language, out)
    except (KnownError, run_choice.NotARun) as error:
        sentence = run_choice.sentence(error, language)
        print(wording.say("commands", "error", language, sentence=sentence), file=err)
        is_wrong_use = isinstance(error, run_choice.NotARun) and error.code in _WRONG_USE
        return 2 if is_wrong_use else 1
    if arguments.json != "-" and not arguments.quiet:
        comparison_console.print_comparison(made, language, out, arguments.only_differences)
    return 0


_WRONG_USE = ("compare_one", "compare_no_baseline")


def _compared(pairs: Sequence[run_choice.Pair], arguments: argparse.Namespace) -> Comparison:
    if len(pairs) < 2:
        raise run_choice.NotARun("compare_one")
    runs = [result for result, _ in pairs]
    given = arguments.baseline
    baseline = run_choice.baseline(names_apart(runs), runs, given) if given else 0
    own = {name: most for one in runs for name, most in one.plan.limits.items()}
    return compare.compare(pairs, baseline=baseline, accepted=arguments.accept, limits=arguments.limit or own)


def _write(
    made: Comparison,
    pairs: Sequence[run_choice.Pair],
    arguments: argparse.Namespace,
    language: Language,
    out: TextIO,
) -> None:
    """The documents that were asked for; raises KnownError(DISK_FULL or SAVE_FAILED)."""
    if arguments.report:
        path, only = Path(arguments.report), arguments.only_differences
        documents.write_report(pairs, made, path, language, only)
    if arguments.csv:
        documents.save(Path(arguments.csv), comparison_csv.text(made).encode())
    if arguments.json:
        documents.write_value(comparison_document.of(made), arguments.json, out)


def _aspects(text: str) -> tuple[str, ...]:
    given = tuple(part.strip() for part in text.split(","))
    if given == (ALL,):
        return ASPECTS
    for aspect in given:
        if aspect not in ASPECTS:
            known = ", ".join(ASPECTS)
            raise argparse.ArgumentTypeError(f"'{aspect}' cannot be accepted; these can: {known}, {ALL}")
    return given

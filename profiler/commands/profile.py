"""`inferometer profile FILE...`: measure model files, print what was found, keep it in the history."""

from __future__ import annotations

import argparse
import functools
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from profiler import error_text, ranks, runner, trust, wording
from profiler.backends import catalog
from profiler.commands import comparison, correctness_arguments, documents, load_arguments, plan_arguments
from profiler.commands.queue import Queue, exit_code
from profiler.comparison.records import Comparison
from profiler.errors import KnownError
from profiler.plan import RunPlan
from profiler.plan import compared as compared_plans
from profiler.reports import compared, comparison_console, console, table_csv
from profiler.runner import Ended
from profiler.wording import Language


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE")
    add_options(parser)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Everything but the files."""
    plan_arguments.add(parser)
    parser.add_argument(
        "--json", metavar="OUT.json", help="the result document; - writes it to standard output"
    )
    ends_in = documents.ends_in
    parser.add_argument("--csv", metavar="OUT.csv", type=ends_in(".csv"), help="a row for each point")
    parser.add_argument(
        "--report",
        metavar="OUT.html|md",
        type=ends_in(".html", ".htm", ".md"),
        help="a report that opens in any browser, or as Markdown",
    )
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
    parser.set_defaults(brief=False)


def run(arguments: argparse.Namespace, language: Language, out: TextIO, err: TextIO) -> int:
    """Under torchrun every rank measures; rank 0 alone speaks, keeps the result and writes the documents.

    2 where the options do not fit together.
    """
    try:
        load_arguments.check(arguments, _started_by_torchrun())
        correctness_arguments.check(arguments)
    except load_arguments.WrongUse as wrong:
        sentence = wording.say("usage", wrong.code, language, **wrong.parameters)
        if not _started_by_torchrun() or os.environ["RANK"] == "0":
            print(wording.say("commands", "error", language, sentence=sentence), file=err)
        return 2
    if not ranks.is_under_torchrun():
        return _run(arguments, language, out, err, None)
    try:
        world = ranks.join()
    except KnownError as error:
        print(
            wording.say("commands", "error", language, sentence=error_text.sentence(error.info, language)),
            file=err,
        )
        return 1
    try:
        return _run(arguments, language, out, err, world)
    finally:
        world.close()


def _started_by_torchrun() -> int:
    """How many processes; 0 without torchrun."""
    return int(os.environ["WORLD_SIZE"]) if ranks.is_under_torchrun() else 0


def _run(
    arguments: argparse.Namespace,
    language: Language,
    out: TextIO,
    err: TextIO,
    world: ranks.TorchRanks | None,
) -> int:
    is_first = world is None or world.rank == 0
    arguments.quiet = arguments.quiet or not is_first
    queue = Queue(language, err, arguments.quiet, ranks=world)
    if is_first:
        queue.recover()
    runner.ask_machine()
    for file in arguments.trust:
        _attempt(queue, language, functools.partial(allow, Path(file)))
    plans: list[RunPlan] = []
    if _attempt(queue, language, lambda: correctness_arguments.check_files(arguments)):
        plans = [plan for file in arguments.files for plan in _plans(queue, language, Path(file), arguments)]
    ended = queue.carry_out(compared_plans(_beside_reference(plans, arguments, queue, language)))
    if is_first:
        show(ended, arguments, language, out, queue)
    return exit_code(queue)


def show(
    ended: list[Ended], arguments: argparse.Namespace, language: Language, out: TextIO, queue: Queue
) -> None:
    """The documents that were asked for, then the results as text, unless JSON goes to standard output.

    In this order, because whoever reads standard output may stop reading.
    """
    made = compared.of([(one.result, one.samples) for one in ended])
    if ended:
        _write_documents(ended, made, arguments, language, out, queue)
    if arguments.json == "-":
        return
    if made is None or not arguments.brief:
        for one in ended:
            console.print_result(one.result, language, out, one.saved)
    if made is not None:
        comparison_console.print_comparison(made, language, out, only_differences=True)


def _write_documents(
    ended: list[Ended],
    made: Comparison | None,
    arguments: argparse.Namespace,
    language: Language,
    out: TextIO,
    queue: Queue,
) -> None:
    results = [one.result for one in ended]
    if arguments.report:
        pairs = [(one.result, one.samples) for one in ended]
        path = Path(arguments.report)
        _attempt(queue, language, lambda: documents.write_report(pairs, made, path, language))
    if arguments.csv:
        text = table_csv.text(results)
        _attempt(queue, language, lambda: documents.save(Path(arguments.csv), text.encode()))
    if arguments.json:
        several = len(arguments.files) > 1 or arguments.runtime == plan_arguments.ALL
        _attempt(queue, language, lambda: documents.write_json(results, arguments.json, several, out))


def _plans(queue: Queue, language: Language, path: Path, arguments: argparse.Namespace) -> list[RunPlan]:
    try:
        plans = plan_arguments.plans_for(path, arguments)
    except KnownError as error:
        queue.complain(error_text.sentence(error.info, language))
        return []
    if not arguments.quiet:
        for plan in plans:
            chosen = {"runtime": plan.runtime, "device": plan.device}
            queue.tell("chosen", file=path.name, format=_title(path), **chosen)
    return plans


def _title(path: Path) -> str:
    return catalog.recognise(path).title


def allow(path: Path) -> None:
    """Code is remembered by its content; a program is allowed by the plan, for this command alone.

    Raises KnownError as catalog.recognise and trust.remember.
    """
    if catalog.recognise(path).tier is not trust.Tier.PROGRAM:
        trust.remember(trust.sha256_of(path))


def _beside_reference(
    plans: Sequence[RunPlan], arguments: argparse.Namespace, queue: Queue, language: Language
) -> list[RunPlan]:
    """None where the reference that was named cannot be one."""
    found: list[RunPlan] = []

    def reference_plan(path: Path, runtime: str) -> RunPlan:
        return plan_arguments.plan_for(
            path, argparse.Namespace(**vars(arguments) | {"runtime": runtime or None})
        )

    def settle() -> None:
        found.extend(
            correctness_arguments.beside_reference(
                plans, arguments.reference, reference_plan, comparison.alike
            )
        )

    _attempt(queue, language, settle)
    return found


def _attempt(queue: Queue, language: Language, action: Callable[[], object]) -> bool:
    """Whether it went well."""
    try:
        action()
    except KnownError as error:
        queue.complain(error_text.sentence(error.info, language))
        return False
    return True

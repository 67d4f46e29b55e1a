"""`inferometer history`: earlier runs, listed, shown, exported, imported and put aside."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from profiler import error_text, folders, units, wording
from profiler.commands import documents, run_choice
from profiler.errors import KnownError
from profiler.reports import console
from profiler.store import Store
from profiler.wording import Language


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = commands.add_parser("show", help="list the runs, or show one of them")
    show.add_argument("run", nargs="?", help="an id, the beginning of one, or 'last'")
    show.add_argument("--json", metavar="OUT.json", help="as JSON; - writes to standard output")
    for name, words in (("delete", "put a run aside"), ("undelete", "bring a run back")):
        commands.add_parser(name, help=words).add_argument("run")
    export = commands.add_parser("export", help="write a run as a JSON document")
    export.add_argument("run")
    export.add_argument("out", metavar="OUT.json")
    commands.add_parser("import", help="take documents into the history").add_argument("files", nargs="+")


def run(arguments: argparse.Namespace, language: Language, out: TextIO, err: TextIO) -> int:
    """0, or 1 with one sentence on standard error."""
    store = Store(folders.history_folder())
    try:
        _ACTIONS[arguments.action](store, arguments, language, out)
    except (KnownError, run_choice.NotARun) as error:
        sentence = run_choice.sentence(error, language)
        print(wording.say("commands", "error", language, sentence=sentence), file=err)
        return 1
    return 0


def _show(store: Store, arguments: argparse.Namespace, language: Language, out: TextIO) -> None:
    if arguments.run is None:
        _list(store, arguments, language, out)
        return
    document = run_choice.one(store, arguments.run)
    if arguments.json != "-":
        console.print_result(document, language, out)
    if arguments.json:
        documents.write_json([document], arguments.json, several=False, out=out)


def _list(store: Store, arguments: argparse.Namespace, language: Language, out: TextIO) -> None:
    rows = store.rows()
    if arguments.json:
        documents.write_value(rows, arguments.json, out)
    if arguments.json == "-":
        return
    if not rows:
        print(wording.say("report", "history_empty", language), file=out)
        return
    heads = [
        "",
        *(wording.say("report", code, language) for code in ("model", "where", "typical_wait", "slow_wait")),
    ]
    cells = [
        [
            row.id,
            error_text.visible(row.model),
            f"{row.runtime}, {row.device}, batch {row.batch}",
            units.duration(row.p50_ns),
            units.duration(row.p99_ns),
        ]
        for row in rows
    ]
    states = [wording.say("report", f"status_{row.status}", language) for row in rows]
    console.print_table(
        [[*heads, ""], *([*line, state] for line, state in zip(cells, states, strict=True))], out
    )


def _delete(store: Store, arguments: argparse.Namespace, language: Language, out: TextIO) -> None:
    run_id = run_choice.one(store, arguments.run).id
    store.delete(run_id)
    print(wording.say("report", "deleted", language, id=run_id), file=out)


def _undelete(store: Store, arguments: argparse.Namespace, language: Language, out: TextIO) -> None:
    store.undelete(arguments.run)
    print(wording.say("report", "undeleted", language, id=arguments.run), file=out)


def _export(store: Store, arguments: argparse.Namespace, language: Language, out: TextIO) -> None:
    documents.write_json([run_choice.one(store, arguments.run)], arguments.out, several=False, out=out)
    if arguments.out != "-":
        print(wording.say("report", "exported", language, file=Path(arguments.out).name), file=out)


def _import(store: Store, arguments: argparse.Namespace, language: Language, out: TextIO) -> None:
    for file in arguments.files:
        for document in run_choice.documents_in(Path(file)):
            store.save(document, None)
            print(wording.say("report", "imported", language, file=Path(file).name, id=document.id), file=out)


_ACTIONS: dict[str, Callable[[Store, argparse.Namespace, Language, TextIO], None]] = {
    "show": _show,
    "delete": _delete,
    "undelete": _undelete,
    "export": _export,
    "import": _import,
}

"""The door: the window by default; measuring, inspecting and the rest of the commands without one."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

from profiler import wording
from profiler.commands import display

COMMANDS = {
    "demo": "measure the bundled samples side by side; without a display: plus report.html",
    "profile": "measure model files; several files are several runs with the same plan",
    "variants": "make fp16 and int8 variants of a model and measure them beside it",
    "compare": "hold earlier runs against each other and name the one to use",
    "inspect": "say what a file is without running it",
    "hardware": "show this machine beside the reference table of cards",
    "history": "show, export and import earlier runs",
    "doctor": "say what is there, what is missing, and how to get it",
}

EPILOG = (
    "Without a command: open the window (FILE... opens it with those files). "
    "Exit codes: 0 done, 1 a run or a file failed, 2 wrong usage, 130 interrupted."
)


def parser(chosen: str) -> argparse.ArgumentParser:
    """The command line; only the chosen command's options are loaded, which keeps the start quick."""
    root = argparse.ArgumentParser(prog="inferometer", epilog=EPILOG)
    commands = root.add_subparsers(dest="command", metavar="COMMAND")
    for name, words in COMMANDS.items():
        command = commands.add_parser(name, help=words, description=words)
        if name == chosen:
            _module(name).add_arguments(command)
    return root


def load_before_qt() -> None:
    """What the window needs in any case: Qt's import hook slows down every import that comes behind it.

    Garbage collection rests until gui.app wakes it: nothing that is loaded before the first paint is garbage.
    """
    gc.disable()
    for name in ("msgspec", "platformdirs", "profiler.messages", "importlib.resources"):
        importlib.import_module(name)


def open_window(files: Sequence[str], language: wording.Language, demo: bool = False) -> int:
    """The window with these files; one sentence and exit code 1 where there can be no window."""
    if not display.is_there():
        print(wording.say("commands", "no_display", language), file=sys.stderr)
        return 1
    load_before_qt()
    try:
        from gui import app
    except ImportError as error:
        gc.enable()
        print(wording.say("commands", "window_broken", language, detail=error), file=sys.stderr)
        return 1
    return int(app.run(files, demo=demo))


def _module(command: str) -> Any:
    return importlib.import_module(f"profiler.commands.{command}")


def _is_no_file(word: str) -> bool:
    """A mistyped command: a bare word that names nothing here."""
    return word.isidentifier() and not os.path.exists(word)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit codes: 0 done; 1 a run or a file failed; 2 wrong usage; 130 interrupted."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = wording.preferred_language()
    if not arguments or not (arguments[0] in COMMANDS or arguments[0].startswith("-")):
        if arguments and _is_no_file(arguments[0]):
            known = ", ".join(COMMANDS)
            sentence = wording.say("commands", "no_command", language, name=arguments[0], known=known)
            print(sentence, file=sys.stderr)
            return 2
        return open_window(arguments, language)
    if arguments == ["demo"] and display.is_there():
        return open_window([], language, demo=True)
    parsed = parser(arguments[0]).parse_args(arguments)
    try:
        return int(_module(parsed.command).run(parsed, language, sys.stdout, sys.stderr))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1


if __name__ == "__main__":
    sys.exit(main())

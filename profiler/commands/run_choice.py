"""Runs that a person names on the command line: by id, by the beginning of one, as `last`, or as a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from profiler import error_text, result, wording
from profiler.backends import catalog
from profiler.errors import ErrorKind, KnownError
from profiler.result import RunResult
from profiler.store import Store
from profiler.wording import Language

Samples = npt.NDArray[np.int64]
Pair = tuple[RunResult, Samples | None]

_LAST = re.compile(r"last(?::([1-9][0-9]{0,3}))?")
# Runs of one comparison end close together; no farther back is a group looked for.
_FARTHEST = 200


class NotARun(Exception):
    """What was named is no run: `code` of resources/texts/usage.toml, with its `parameters`."""

    def __init__(self, code: str, **parameters: str) -> None:
        super().__init__(code)
        self.code, self.parameters = code, parameters


def sentence(error: KnownError | NotARun, language: Language) -> str:
    """Why it is none, in one sentence."""
    if isinstance(error, KnownError):
        return error_text.sentence(error.info, language)
    shown = {name: error_text.visible(value) for name, value in error.parameters.items()}
    return wording.say("usage", error.code, language, **shown)


def one(store: Store, given: str) -> RunResult:
    """The run of an id, of the beginning of one, or the last; raises KnownError(RUN_UNKNOWN)."""
    ids = [row.id for row in store.rows()]
    fitting = ids[:1] if given == "last" else [run_id for run_id in ids if run_id.startswith(given)]
    if given in ids:
        fitting = [given]
    if len(fitting) != 1:
        raise KnownError(ErrorKind.RUN_UNKNOWN, run=given)
    return store.load(fitting[0])


def several(store: Store, given: str) -> list[Pair]:
    """The runs that a word stands for, each with its samples.

    `last` is the newest run with those that were measured in turns with it, `last:5` the newest five; a file
    holds one document or a list of them. Raises KnownError(RUN_UNKNOWN, FILE_MISSING, FILE_UNREADABLE) and
    NotARun.
    """
    last = _LAST.fullmatch(given)
    if last is not None:
        return [_kept(store, run) for run in _newest(store, int(last[1] or 0))]
    path = Path(given)
    if path.is_file() or path.suffix.lower() == ".json":
        return [_with_samples(store, run) for run in documents_in(path)]
    return [_kept(store, one(store, given))]


def _newest(store: Store, count: int) -> list[RunResult]:
    """In the order in which they were begun; 0: the newest and its group, with the reference first."""
    rows = store.rows()[: count or _FARTHEST]
    if not rows:
        raise KnownError(ErrorKind.RUN_UNKNOWN, run="last")
    if count:
        return [store.load(row.id) for row in reversed(rows)]
    newest = store.load(rows[0].id)
    if not newest.group:
        return [newest]
    loaded = (store.load(row.id) for row in rows)
    group = [run for run in loaded if run.group == newest.group][::-1]
    return sorted(group, key=lambda run: not _is_reference(run))


def _is_reference(run: RunResult) -> bool:
    agreement = run.accuracy.agreement
    return agreement is not None and agreement.state == "is_reference"


def documents_in(path: Path) -> list[RunResult]:
    """The documents of a file, as `profile --json` and `history export` write them.

    Raises KnownError(FILE_MISSING or FILE_UNREADABLE), and NotARun for a file of another kind.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise KnownError(ErrorKind.FILE_MISSING, file=path.name, path=path) from error
    except OSError as error:
        raise KnownError(ErrorKind.FILE_UNREADABLE, error.strerror or str(error), file=path.name) from error
    try:
        if data.lstrip()[:1] == b"[":
            return msgspec.json.decode(data, type=list[RunResult])
        return [result.from_json(data)]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        code = "compare_model" if _is_model(path) else "compare_not_a_result"
        raise NotARun(code, file=path.name, detail=str(error)) from error


def _is_model(path: Path) -> bool:
    try:
        catalog.recognise(path)
    except KnownError:
        return False
    return True


def _kept(store: Store, run: RunResult) -> Pair:
    return run, store.samples(run.id)


def _with_samples(store: Store, run: RunResult) -> Pair:
    """Samples lie in the history only: they are this document's where the same document is there."""
    try:
        is_same = store.load(run.id) == run
    except KnownError:
        return run, None
    return run, store.samples(run.id) if is_same else None


def without_repeats(pairs: Sequence[Pair]) -> list[Pair]:
    """Each run once, where it was first named."""
    found: dict[str, Pair] = {}
    for run, samples in pairs:
        found.setdefault(run.id, (run, samples))
    return list(found.values())


def baseline(names: Sequence[str], runs: Sequence[RunResult], given: str) -> int:
    """The place of the run that a name, a number from 1, a model's file or an id stands for.

    Raises NotARun for what fits none or several.
    """
    if given.isdecimal() and 1 <= int(given) <= len(runs):
        return int(given) - 1
    for fits in (
        [at for at, name in enumerate(names) if name == given],
        [at for at, run in enumerate(runs) if run.model.name == given],
        [at for at, run in enumerate(runs) if run.id.startswith(given)],
    ):
        if len(fits) == 1:
            return fits[0]
    raise NotARun("compare_no_baseline", given=given, known=", ".join(names))

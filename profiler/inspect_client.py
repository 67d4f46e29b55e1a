"""The parent's side of `inspect`: a fresh child reads the file, since a hostile one may crash its parser."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from profiler import child_environment, child_limits, messages, model_files, survey_client
from profiler.errors import ErrorKind, KnownError

TIMEOUT_S = 60.0
MOST_KNOWN = 16

_Stamps = tuple[model_files.Stamp, ...]
_known: OrderedDict[tuple[str, str], tuple[_Stamps, messages.Description]] = OrderedDict()


def describe(
    path: Path,
    format_name: str,
    batch: int = 1,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    dimensions: Mapping[str, int] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> messages.Description:
    """What the file is; blocking, about a second. Asked of our own interpreter, wherever this runs.

    A file that was described before at these very shapes, and has not changed since, is not read again.

    Raises the KnownError of `profiler.inspection.describe`, INSPECTION_LIMIT for a file that asks for more
    memory or time than reading may take, and CHILD_CRASHED, CHILD_KILLED, CHILD_ENDED,
    CHILD_GARBAGE or LOAD_TIMEOUT where the child did not answer.
    """
    key = (str(path.absolute()), format_name)
    known = _recalled(path, key)
    if known is not None and shapes and known.shapes == dict(shapes):
        return known
    begun = _stamps(path, format_name)
    request = messages.Inspect(
        path=str(path.absolute()),
        format=format_name,
        batch=batch,
        shapes=dict(shapes or {}),
        dimensions=dict(dimensions or {}),
    )
    try:
        answer = survey_client.ask(request, timeout_s, child_environment.own_python())
    except KnownError as error:
        if error.info.parameters.get("signal") != "SIGXCPU":
            raise
        seconds = child_limits.READING_CPU_S
        raise KnownError(
            ErrorKind.INSPECTION_LIMIT,
            details=error.info.details,
            file=path.name,
            what="time",
            seconds=seconds,
        ) from error
    if not isinstance(answer, messages.Description):
        raise KnownError(ErrorKind.CHILD_GARBAGE, type(answer).__name__)
    _remember(key, begun + model_files.part_stamps(path, answer.parts), answer)
    return answer


def _stamps(path: Path, format_name: str) -> _Stamps:
    """None at all where the file cannot be looked at: the child will say why."""
    try:
        return model_files.stamps(path, format_name)
    except OSError:
        return ()


def _remember(key: tuple[str, str], stamps: _Stamps, found: messages.Description) -> None:
    _known[key] = stamps, found
    _known.move_to_end(key)
    while len(_known) > MOST_KNOWN:
        _known.popitem(last=False)


def _recalled(path: Path, key: tuple[str, str]) -> messages.Description | None:
    kept = _known.get(key)
    if kept is None:
        return None
    stamps, found = kept
    now = _stamps(path, key[1])
    return found if now and now + model_files.part_stamps(path, found.parts) == stamps else None

"""The parent's side of pictures as inputs: a fresh child decodes them before the measuring child starts.

It is a child because pictures may be hostile, and one of our own interpreter because the measuring one may
be another Python without a decoder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from profiler import messages, survey_client
from profiler.errors import ErrorKind, KnownError
from profiler.plan import RunPlan

SUFFIXES = (".png", ".jpg", ".jpeg")
MOST_PICTURES = 256
TIMEOUT_S = 120.0
FOLDER = "pictures"

Ask = Callable[[messages.Request, float], messages.Report]


def decoded(plan: RunPlan, folder: Path, ask: Ask = survey_client.ask) -> RunPlan:
    """The plan with folders of decoded pictures, made below `folder`, in place of the pictures themselves.

    Of a folder the first pictures by name are taken, as many as the sets of inputs need at the largest
    batch, and at most 256. Raises KnownError: INPUT_MISSING; INPUT_UNREADABLE for a picture that is none or
    too large and for a folder that holds both pictures and arrays; what `survey_client.ask` raises where
    the decoder dies.
    """
    files = dict(plan.input_files)
    for number, (name, path) in enumerate(plan.input_files.items()):
        pictures = pictures_of(Path(path), _needed(plan)) if name else []
        if pictures:
            place = folder / FOLDER / str(number)
            _decode(pictures, place, ask)
            files[name] = str(place)
    return msgspec.structs.replace(plan, input_files=files)


def pictures_of(path: Path, most: int = MOST_PICTURES) -> list[Path]:
    """The picture itself, or those of a folder by their names; none where it is no picture."""
    if not path.is_dir():
        if path.suffix.lower() not in SUFFIXES:
            return []
        if not path.exists():
            raise KnownError(ErrorKind.INPUT_MISSING, file=path.name)
        return [path]
    try:
        inside = sorted(file for file in path.iterdir() if file.is_file())
    except OSError as error:
        text = error.strerror or str(error)
        raise KnownError(ErrorKind.INPUT_UNREADABLE, text, file=path.name, what="input_folder") from error
    pictures = [file for file in inside if file.suffix.lower() in SUFFIXES]
    if pictures and any(file.suffix.lower() == ".npy" for file in inside):
        raise KnownError(ErrorKind.INPUT_UNREADABLE, file=path.name, what="input_mixed")
    return pictures[:most]


def _needed(plan: RunPlan) -> int:
    largest = max((plan.batch, *plan.sweep.batch))
    return min(MOST_PICTURES, plan.distinct_inputs * largest)


def _decode(pictures: Sequence[Path], place: Path, ask: Ask) -> None:
    place.mkdir(parents=True, mode=0o700)
    request = messages.DecodeImages(tuple(str(path.resolve()) for path in pictures), str(place))
    answer = ask(request, TIMEOUT_S)
    if not isinstance(answer, messages.Decoded) or len(answer.sizes) != len(pictures):
        raise KnownError(ErrorKind.CHILD_GARBAGE, type(answer).__name__)

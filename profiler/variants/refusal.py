"""Why one kind of variant could not be made, as an exception inside the child."""

from __future__ import annotations

import errno

from profiler.errors import KnownError
from profiler.result import Reason

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_WORDS = ("No space left on device", "Disk quota exceeded", "not enough space")


class NoVariant(Exception):
    """This kind is not to be had of this model; the others may be."""

    def __init__(self, code: str, **parameters: object) -> None:
        super().__init__(code)
        self.reason = Reason(code, {name: str(value) for name, value in parameters.items()})


def reason_of(error: BaseException, code: str = "variant_tool_failed") -> Reason:
    """The reason behind whatever a tool or a runtime raised, with its own words where it is none of ours."""
    if isinstance(error, NoVariant):
        return error.reason
    if isinstance(error, MemoryError):
        return Reason("variant_out_of_memory")
    if _is_full(error):
        return Reason("variant_disk_full")
    return Reason(code, {"words": words(error)})


def words(error: BaseException) -> str:
    """The first line of what was said, or the name of the exception where nothing was."""
    said = error.info.text or error.info.kind if isinstance(error, KnownError) else str(error)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    # TorchScript puts the source of the model before what went wrong in it.
    last = next((line for line in reversed(lines) if line.startswith("RuntimeError: ")), None)
    line = (last or (lines[0] if lines else type(error).__name__)).removeprefix("RuntimeError: ")
    return line[:300].rstrip(". ")


def _is_full(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if any(said in str(error) for said in _FULL_WORDS):
            return True
        error = error.__cause__ or error.__context__
    return False

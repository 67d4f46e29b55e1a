"""Which precision may be asked for: what the runtime offers on the device, or what the file is in."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from profiler.backends.base import LoadOptions
from profiler.errors import ErrorKind, KnownError

AS_IS = "as_is"


def settled(options: LoadOptions, offered: Iterable[str]) -> LoadOptions:
    """What to open the file with: a precision that is not offered is the file's own or none: `check_own`."""
    if options.precision in (AS_IS, *offered):
        return options
    return msgspec.structs.replace(options, precision=AS_IS)


def check_own(asked: LoadOptions, runtime: str, offered: Iterable[str], effective: str) -> None:
    """Raises KnownError(PRECISION_UNKNOWN) where neither the runtime offers what was asked for nor the file,
    opened as it is, computes in it."""
    if asked.precision not in (AS_IS, *offered) and asked.precision != effective:
        raise refusal(asked.precision, runtime, offered, effective)


def refusal(asked: str, runtime: str, offered: Iterable[str], effective: str = "") -> KnownError:
    known = [*offered]
    if effective not in ("", "unknown", "mixed", *known):
        known.append(effective)
    return KnownError(
        ErrorKind.PRECISION_UNKNOWN, precision=asked, runtime=runtime, known=", ".join((AS_IS, *known))
    )

"""A question about the machine before a run, and its answer; sentences: resources/texts/readiness.toml."""

from __future__ import annotations

from typing import Literal

import msgspec

from hardware.machine import Unknown

State = Literal["ok", "note", "warning", "unknown"]


class Check(msgspec.Struct, frozen=True):
    """`CODE.STATE` is its sentence, `CODE.name` its name, `CODE.how` how to change it (where that can be).

    A warning says that figures will be worse or less steady than they need be, a note what to know when
    reading them. `parameters` fill the sentences; those of an unknown check are its `reason` (a code).
    """

    code: str
    state: State
    parameters: dict[str, str] = {}


def unknown(code: str, reason: Unknown) -> Check:
    """The check that could not be made."""
    return Check(code, "unknown", {"reason": reason.code, **reason.parameters})

"""The machine around a run: checked before, and sampled in the windows that were measured."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any

import msgspec

from hardware import readiness
from hardware.sampling import Sampling, summarise
from profiler.outcome import Outcome
from profiler.result import Check


def checks() -> tuple[Check, ...]:
    """What was found of the machine before the run, as the document has it."""
    return tuple(Check(found.code, found.state, dict(found.parameters)) for found in readiness.checks())


class Watch:
    """The sampler process, for as long as the `with` block lasts; without one a run goes on all the same."""

    def __enter__(self) -> Watch:
        self._sampling = Sampling()
        self._sampling.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sampling.stop()

    def summary(self, outcomes: Sequence[Outcome]) -> dict[str, Any]:
        """What held in the measured windows of all children, as plain data; call it in the `with` block."""
        finished = [one.heard.finished for one in outcomes if one.heard.finished is not None]
        windows = [(one.begun_ns, one.ended_ns) for one in finished if one.ended_ns]
        found = _plain(summarise(self._sampling.stop(), windows))
        problem = self._sampling.problem
        return found if problem is None else {**found, "problem": _plain(problem)}


def _plain(value: msgspec.Struct) -> dict[str, Any]:
    """As a document gives it back: lists, never tuples."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    return found

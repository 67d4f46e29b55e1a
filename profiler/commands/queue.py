"""Runs one after another on the command line: progress to standard error, results handed back."""

from __future__ import annotations

import functools
import secrets
import sys
from collections.abc import Iterable, Sequence
from typing import Protocol, TextIO

from profiler import error_text, folders, recovery, wording
from profiler.alternation import Alternation
from profiler.attempt import Ranks
from profiler.commands.progress import Progress
from profiler.correctness.shelf import Shelf
from profiler.plan import RunPlan
from profiler.runner import Ended, Event, Listener, Refused, Run, Turn
from profiler.store import Store
from profiler.wording import Language


class Begin(Protocol):
    """How a run is made: profiler.runner.Run, or a stand-in."""

    def __call__(
        self, plan: RunPlan, store: Store, listen: Listener, *, turn: Turn, group: str, ranks: Ranks | None,
        shelf: Shelf,
    ) -> Run: ...  # fmt: skip


class Queue:
    """Carries out plans in order.

    Attributes: `interrupted` whether the user pressed Ctrl-C; `failed` whether any run failed.
    """

    def __init__(
        self,
        language: Language,
        err: TextIO,
        quiet: bool = False,
        begin: Begin = Run,
        ranks: Ranks | None = None,
    ) -> None:
        self.interrupted = self.failed = False
        self._language, self._err, self._begin, self._ranks = language, err, begin, ranks
        self._progress = Progress(language, err, quiet)
        self._store = Store(folders.history_folder())

    def recover(self) -> None:
        """Bring in what an earlier process left when it was cut off."""
        for result in recovery.recover(self._store, folders.running_folder()):
            self.tell("recovered", file=result.model.name, count=result.latency.count)

    def carry_out(self, plans: Iterable[RunPlan]) -> list[Ended]:
        """The runs that were begun, in order; each error is one sentence on standard error.

        The processes of several runs alternate, so that a drift of the machine falls on all alike.
        """
        every = list(plans)
        alternation = Alternation(len(every))
        group = secrets.token_hex(4) if len(every) > 1 else ""
        runs: list[tuple[Run, list[Event]]] = []
        with Shelf() as shelf:
            try:
                for place, plan in enumerate(every):
                    runs.append(self._started(plan, place, alternation, group, shelf))
            except KeyboardInterrupt:
                self._stop([run for run, _ in runs])
                for place in range(len(runs), len(every)):
                    alternation.leave(place)
            self._wait_for([run for run, _ in runs])
        self._progress.clear()
        lasts = [seen[-1] for _, seen in runs]
        for last in lasts:
            self._report(last)
        return [last for last in lasts if isinstance(last, Ended)]

    def tell(self, code: str, **parameters: object) -> None:
        print(wording.say("commands", code, self._language, **parameters), file=self._err)

    def complain(self, sentence: str) -> None:
        self.failed = True
        self.tell("error", sentence=sentence)

    def _started(
        self, plan: RunPlan, place: int, alternation: Alternation, group: str, shelf: Shelf
    ) -> tuple[Run, list[Event]]:
        seen: list[Event] = []

        def listen(event: Event) -> None:
            seen.append(event)
            try:
                self._progress.show(plan, event)
            finally:  # the others must not wait for ever for a run whose end could not be shown
                if isinstance(event, Ended | Refused):
                    alternation.leave(place)

        run = self._begin(
            plan,
            self._store,
            listen,
            turn=functools.partial(alternation.turn, place),
            group=group,
            ranks=self._ranks,
            shelf=shelf,
        )
        run.start()
        return run, seen

    def _wait_for(self, runs: Sequence[Run]) -> None:
        """Until every run is over; Ctrl-C at any moment stops all, and their last words are waited for."""
        while True:
            try:
                for run in runs:
                    while not run.wait(3600):
                        """A run may take hours."""
                return
            except KeyboardInterrupt:
                self._stop(runs)

    def _stop(self, runs: Sequence[Run]) -> None:
        self.interrupted = True
        self._progress.clear()
        self.tell("stopping")
        for run in runs:
            run.cancel()

    def _report(self, last: Event) -> None:
        if isinstance(last, Refused):
            self.complain(error_text.sentence(last.error, self._language))
        elif isinstance(last, Ended):
            if last.result.error is not None:
                self.complain(error_text.sentence(last.result.error, self._language))
            if last.save_error is not None:
                self.failed = True
                self.tell("not_saved", reason=error_text.sentence(last.save_error, self._language))


def exit_code(queue: Queue) -> int:
    """130 interrupted, 1 where a run or a file failed, else 0."""
    sys.stderr.flush()
    return 130 if queue.interrupted else int(queue.failed)

"""Whether files that can run code may be opened: once for a content, and each time for a program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from gui import asked_checks, sentences
from gui.dialogs import Dialogs
from gui.services import Services
from profiler.errors import ErrorInfo, ErrorKind, KnownError
from profiler.plan import RunPlan


class Asked(NamedTuple):
    """A plan whose file may need consent, with its hash; or why that could not be found out."""

    plan: RunPlan
    sha256: str = ""
    is_trusted: bool = True
    is_program: bool = False
    error: ErrorInfo | None = None
    is_reference: bool = False


class Consent:
    """Asks the user; `look` is slow and knows no dialog, `agreed` is quick and shows them."""

    def __init__(self, services: Services, dialogs: Dialogs) -> None:
        self._services, self._dialogs = services, dialogs

    def look(self, plan: RunPlan) -> Asked:
        """On a thread: a large file takes a while to hash, which only code has to be for this."""
        from profiler.trust import Tier

        path = Path(plan.model_path)
        try:
            form = self._services.recognise(path)
            if self._services.is_trusted("", form.tier):
                return Asked(plan)
            sha256 = self._services.sha256(path)
            is_trusted = self._services.is_trusted(sha256, form.tier)
            return Asked(plan, sha256, is_trusted, form.tier is Tier.PROGRAM)
        except KnownError as error:
            return Asked(plan, error=error.info)
        except OSError as error:
            info = ErrorInfo(ErrorKind.FILE_UNREADABLE.value, {"file": path.name}, str(error))
            return Asked(plan, error=info)

    def look_all(self, plans: Sequence[RunPlan]) -> list[Asked]:
        """On a thread: the files of all plans, then the reference where it is none of them."""
        own = {plan.model_path for plan in plans}
        references = {
            one.model_path: RunPlan(one.model_path, one.runtime)
            for one in (plan.checks.reference for plan in plans)
            if one is not None and one.model_path not in own
        }
        looked = [self.look(plan) for plan in plans]
        return looked + [self.look(plan)._replace(is_reference=True) for plan in references.values()]

    def agreed(self, all_asked: Iterable[Asked]) -> list[RunPlan]:
        """The plans that may run. The same code is asked about once; a program for every run of it.

        What may not be opened is no reference either: the first that may be takes its place.
        """
        answers: dict[str, bool] = {}
        allowed = [(asked, self._allowed(asked, answers)) for asked in all_asked]
        plans = [plan for asked, plan in allowed if plan is not None and not asked.is_reference]
        denied = {asked.plan.model_path for asked, plan in allowed if plan is None}
        programs = tuple(
            sha256
            for asked, plan in allowed
            if plan is not None and asked.is_reference
            for sha256 in plan.consents
        )
        if programs:
            plans = [msgspec.structs.replace(one, consents=(*one.consents, *programs)) for one in plans]
        return asked_checks.without(plans, denied)

    def _allowed(self, asked: Asked, answers: dict[str, bool]) -> RunPlan | None:
        name = Path(asked.plan.model_path).name
        if asked.error is not None:
            self._dialogs.show_trouble(sentences.of_error(asked.error, name))
            return None
        if asked.is_trusted:
            return asked.plan
        if asked.is_program:
            may_run = self._dialogs.ask_consent(name, asked.sha256)
            return msgspec.structs.replace(asked.plan, consents=(asked.sha256,)) if may_run else None
        if asked.sha256 not in answers:
            answers[asked.sha256] = self._trusts(name, asked.sha256)
        return asked.plan if answers[asked.sha256] else None

    def _trusts(self, name: str, sha256: str) -> bool:
        if not self._dialogs.ask_trust(name, sha256):
            return False
        try:
            self._services.remember(sha256)
        except KnownError as error:
            self._dialogs.show_trouble(sentences.of_error(error.info))
            return False
        return True

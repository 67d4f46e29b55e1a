"""Before anything is begun: whether a plan can be carried out, and the bytes it stands for."""

from __future__ import annotations

from pathlib import Path

import msgspec

from profiler import batch_search, trust
from profiler.backends import catalog
from profiler.checks_plan import Checks
from profiler.errors import ErrorKind, KnownError
from profiler.plan import PRECISIONS, Companion, RunPlan


def check(plan: RunPlan) -> catalog.Format:
    """The file's format; raises KnownError where the plan cannot be begun. Opens no runtime."""
    form = catalog.recognise(Path(plan.model_path))
    if plan.runtime not in form.runtimes:
        raise KnownError(
            ErrorKind.RUNTIME_UNKNOWN, runtime=plan.runtime, known=", ".join(form.runtimes), format=form.title
        )
    if plan.precision not in PRECISIONS:
        raise KnownError(ErrorKind.PRECISION_UNKNOWN, precision=plan.precision, known=", ".join(PRECISIONS))
    return form


def settle(plan: RunPlan, path: Path, form: catalog.Format, world_size: int = 0) -> RunPlan:
    """The plan with the bytes it stands for; `world_size` processes of torchrun, 0 without it.

    Raises KnownError(TRUST_NEEDED) for a file, a companion or a reference that nobody has allowed, and what
    `check` raises for a reference that cannot be opened.
    """
    sha256 = _trusted_sha256(path, form, plan.consents)
    return msgspec.structs.replace(
        plan,
        model_path=str(path.resolve()),
        model_sha256=sha256,
        checks=_settled_checks(plan.checks, plan.consents),
        companions=tuple(_settled(companion, plan.consents) for companion in plan.companions),
        world_size=world_size or plan.world_size,
        memory_limit_bytes=batch_search.limit_of(plan)
        if plan.finds_largest_batch
        else plan.memory_limit_bytes,
    )


def _settled(companion: Companion, consents: tuple[str, ...]) -> Companion:
    path = Path(companion.model_path)
    sha256 = _trusted_sha256(path, catalog.recognise(path), consents)
    return msgspec.structs.replace(companion, model_path=str(path.resolve()), model_sha256=sha256)


def _settled_checks(checks: Checks, consents: tuple[str, ...]) -> Checks:
    reference = checks.reference
    if reference is None:
        return checks
    path = Path(reference.model_path)
    form = check(RunPlan(reference.model_path, reference.runtime, precision=reference.precision))
    found = msgspec.structs.replace(
        reference,
        model_path=str(path.resolve()),
        model_sha256=_trusted_sha256(path, form, consents),
    )
    return msgspec.structs.replace(checks, reference=found)


def _trusted_sha256(path: Path, form: catalog.Format, consents: tuple[str, ...]) -> str:
    sha256 = trust.sha256_of(path)
    if sha256 not in consents and not trust.is_trusted(sha256, form.tier):
        kind = ErrorKind.TRUST_NEEDED if form.tier is not trust.Tier.PROGRAM else ErrorKind.CONSENT_NEEDED
        raise KnownError(kind, file=path.name, sha256=sha256)
    return sha256

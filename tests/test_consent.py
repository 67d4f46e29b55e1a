"""Code is asked about once for its content, a program for every run of it."""

from pathlib import Path

import msgspec
import pytest

from gui.consent import Asked, Consent
from profiler import settling, trust
from profiler.backends import catalog
from profiler.errors import ErrorKind, KnownError
from profiler.plan import RunPlan
from tests.fakes import FakeDialogs
from tests.windows import World

PLAN = RunPlan(model_path="model.pt2", runtime="aot_inductor")


def _consent(trusts: bool) -> tuple[Consent, FakeDialogs]:
    dialogs = FakeDialogs()
    dialogs.trusts = trusts
    return Consent(World().services(), dialogs), dialogs


def test_a_program_is_asked_about_for_every_run_and_its_plan_carries_the_answer() -> None:
    consent, dialogs = _consent(trusts=True)
    program = Asked(PLAN, "a" * 64, is_trusted=False, is_program=True)
    plans = consent.agreed([program, program])
    assert [plan.consents for plan in plans] == [("a" * 64,), ("a" * 64,)]
    assert [asked[0] for asked in dialogs.asked] == ["consent", "consent"]


def test_a_program_that_is_refused_does_not_run() -> None:
    consent, _ = _consent(trusts=False)
    assert consent.agreed([Asked(PLAN, "a" * 64, is_trusted=False, is_program=True)]) == []


def test_settling_refuses_a_program_without_consent_even_if_its_content_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFEROMETER_HOME", str(tmp_path / "home"))
    file = tmp_path / "model.engine"
    file.write_bytes(b"ftrt" + bytes(40))
    sha256 = trust.sha256_of(file)
    trust.remember(sha256)
    plan = RunPlan(model_path=str(file), runtime="tensorrt")
    form = catalog.format_named("tensorrt")
    with pytest.raises(KnownError) as refused:
        settling.settle(plan, file, form)
    assert refused.value.kind is ErrorKind.CONSENT_NEEDED
    allowed = msgspec.structs.replace(plan, consents=(sha256,))
    assert settling.settle(allowed, file, form).model_sha256 == sha256

"""The search for the first tensor that differs, with real children and a folder that is gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from profiler import messages, survey_client
from profiler.answer_blocks import Divergence
from profiler.blocks import Reason
from profiler.checks_plan import Tolerance
from profiler.correctness import divergence
from profiler.plan import RunPlan

# What a call may take beside loading.
CALL_S = 600.0


class Model(NamedTuple):
    """One side: how it is opened and fed, its format, and the interpreter of its children."""

    plan: RunPlan
    format: str
    python: str


def look(own: Model, reference: Model, tolerance: Tolerance, stop_asked: Callable[[], bool]) -> Divergence:
    """Blocking, some seconds a side; never raises. See profiler.correctness.divergence.find."""

    def ask(request: messages.Trail) -> messages.Report:
        plan = request.plan
        python = own.python if plan is own.plan else reference.python
        limit_s = (plan.load_timeout_s or survey_client.LONGEST_S) + CALL_S
        return survey_client.ask(request, limit_s, python, stop_asked, plan.threads)

    try:
        with tempfile.TemporaryDirectory(prefix="inferometer-") as folder:
            return divergence.find(
                own.plan,
                own.format,
                reference.plan,
                reference.format,
                tolerance,
                ask,
                Path(folder),
                stop_asked,
            )
    except OSError as error:  # no room for a folder, or no child to be started
        return Divergence("not_possible", reason=Reason("divergence_failed", {"detail": str(error)}))

"""The plans of the demo: the bundled samples, quickly."""

from __future__ import annotations

from typing import NamedTuple

from gui.services import Services
from profiler.errors import ErrorInfo, KnownError
from profiler.plan import STOPPING, Preset, RunPlan


class DemoPlans(NamedTuple):
    """What can be measured, and why the rest cannot."""

    plans: list[RunPlan]
    errors: list[ErrorInfo]


def demo_plans(services: Services) -> DemoPlans:
    """One plan a sample; a runtime that is missing costs its sample, not the demo."""
    made = DemoPlans([], [])
    for path in services.product_samples():
        try:
            runtime = services.default_runtime(services.recognise(path))
        except KnownError as error:
            made.errors.append(error.info)
        else:
            quick = STOPPING[Preset.QUICK]
            made.plans.append(RunPlan(str(path), runtime, preset=Preset.QUICK, stopping=quick))
    return made

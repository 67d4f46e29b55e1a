"""The plans of the demo: the bundled samples, quickly, held against the first."""

from __future__ import annotations

from typing import NamedTuple

from gui.services import Services
from profiler import demo
from profiler.errors import ErrorInfo, KnownError
from profiler.plan import RunPlan


class DemoPlans(NamedTuple):
    """What can be measured, and why the rest cannot."""

    plans: list[RunPlan]
    errors: list[ErrorInfo]


def demo_plans(services: Services) -> DemoPlans:
    """One plan a sample; a runtime that is missing costs its sample, not the demo."""
    plans: list[RunPlan] = []
    errors: list[ErrorInfo] = []
    for path in services.product_samples():
        try:
            plans.append(demo.plan_of(path, services.default_runtime(services.recognise(path))))
        except KnownError as error:
            errors.append(error.info)
    return DemoPlans(demo.compared(plans), errors)

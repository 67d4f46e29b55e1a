"""The bundled samples and what the demo asks of them; the same in the window and on the command line."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import msgspec

from profiler.checks_plan import Checks, Dataset, Reference
from profiler.plan import STOPPING, Preset, RunPlan

SAMPLES = ("digits.onnx", "digits.torchscript.pt", "digits.pt2", "digits.xml", "digits.tflite")
LABELLED = "digits_test.npz"
# As people write them; profiler.limits reads them.
LIMITS = "p99=10ms,memory=500MB,accuracy_loss=0.5%"


def sample_paths() -> list[Path]:
    """The bundled model files, which lie beside the program as plain files."""
    return [_place(name) for name in SAMPLES]


def labelled_path() -> Path:
    """The bundled labelled images: x float32 [360, 1, 8, 8], y int64 [360]."""
    return _place(LABELLED)


def _place(name: str) -> Path:
    return Path(str(resources.files("resources").joinpath("samples", name)))


def plan_of(path: Path, runtime: str) -> RunPlan:
    """One sample, quickly, with its accuracy; not yet held against any other."""
    from profiler import limits

    return RunPlan(
        str(path),
        runtime,
        preset=Preset.QUICK,
        stopping=STOPPING[Preset.QUICK],
        limits=limits.by_quantity(limits.parse(LIMITS)),
        checks=Checks(dataset=Dataset(str(labelled_path()))),
    )


def compared(plans: list[RunPlan]) -> list[RunPlan]:
    """All held against the first."""
    if not plans:
        return []
    reference = Reference(plans[0].model_path, plans[0].runtime)
    return [
        msgspec.structs.replace(plan, checks=msgspec.structs.replace(plan.checks, reference=reference))
        for plan in plans
    ]

"""The settings of a run in sections: the file, the plan as carried out, the environment, the machine."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui import sentences, titles
from gui.models.settings_table import Fact, Section
from gui.results import machine
from profiler import input_words, units
from profiler.error_text import visible
from profiler.result import Environment, RunResult, Tensor


def sections(result: RunResult) -> list[Section]:
    return [
        Section(QCoreApplication.translate("Settings", "Model"), _model(result)),
        Section(QCoreApplication.translate("Settings", "Plan"), _plan(result)),
        Section(QCoreApplication.translate("Settings", "Environment"), _environment(result)),
        Section(QCoreApplication.translate("Settings", "Machine"), machine.facts(result.environment.machine)),
    ]


def _model(result: RunResult) -> list[Fact]:
    model = result.model
    known = None if model.parameters is None else f"{model.parameters:,}"
    return [
        Fact(QCoreApplication.translate("Settings", "File"), visible(model.name)),
        Fact(QCoreApplication.translate("Settings", "Format"), titles.of_format(model.format)),
        Fact(QCoreApplication.translate("Settings", "Size"), units.size(model.size_bytes)),
        Fact(QCoreApplication.translate("Settings", "Parameters"), known),
        Fact("SHA-256", model.sha256 or None),
        *(
            _tensor(QCoreApplication.translate("Settings", "Input “{name}”"), tensor)
            for tensor in model.inputs
        ),
        *(
            _tensor(QCoreApplication.translate("Settings", "Output “{name}”"), tensor)
            for tensor in model.outputs
        ),
    ]


def _tensor(words: str, tensor: Tensor) -> Fact:
    return Fact(words.format(name=visible(tensor.name)), f"{tensor.dtype} {_shape(tensor.shape)}".rstrip())


def _shape(shape: tuple[int | str | None, ...] | None) -> str:
    if shape is None:
        return ""
    return " × ".join("?" if size is None else str(size) for size in shape) if shape else "()"


def _plan(result: RunResult) -> list[Fact]:
    plan = result.plan
    time = QCoreApplication.translate("Settings", "{low} s to {high} s")
    return [
        Fact(QCoreApplication.translate("Settings", "Runtime"), titles.of_runtime(plan.runtime)),
        Fact(QCoreApplication.translate("Settings", "Device"), titles.of_device(plan.device)),
        Fact(QCoreApplication.translate("Settings", "Scenario"), plan.scenario),
        Fact(QCoreApplication.translate("Settings", "Batch size"), str(plan.batch)),
        Fact(QCoreApplication.translate("Settings", "Concurrency"), str(plan.concurrency)),
        Fact(QCoreApplication.translate("Settings", "Threads"), str(plan.threads)),
        Fact(QCoreApplication.translate("Settings", "World size"), str(plan.world_size)),
        Fact(
            QCoreApplication.translate("Settings", "Precision asked for"),
            _precision(plan.precision_requested),
        ),
        Fact(QCoreApplication.translate("Settings", "Preset"), plan.preset),
        Fact(
            QCoreApplication.translate("Settings", "Time to measure"),
            time.format(low=f"{plan.minimum_s:g}", high=f"{plan.maximum_s:g}"),
        ),
        Fact(QCoreApplication.translate("Settings", "Practice runs"), plan.warmup),
        Fact(QCoreApplication.translate("Settings", "Distinct inputs"), str(plan.distinct_inputs)),
        Fact(QCoreApplication.translate("Settings", "Seed"), str(plan.seed)),
        *(
            Fact(
                QCoreApplication.translate("Settings", "Input “{name}”").format(name=visible(name)),
                _shape(shape),
                input_words.of_origin(plan.inputs.get(name, ""), sentences.language()),
            )
            for name, shape in plan.shapes.items()
        ),
    ]


def _precision(code: str) -> str:
    return QCoreApplication.translate("Settings", "as in the file") if code == "as_is" else code


def _python(seen: Environment) -> str | None:
    if seen.python is None:
        return None
    if seen.python_interpreter != "other":
        return visible(seen.python)
    words = QCoreApplication.translate("Settings", "{version}, an interpreter of your choice")
    return words.format(version=visible(seen.python))


def _environment(result: RunResult) -> list[Fact]:
    seen = result.environment
    count = QCoreApplication.translate("Settings", "{count} operators")
    return [
        Fact(QCoreApplication.translate("Settings", "Version of the runtime"), seen.runtime_version),
        Fact(QCoreApplication.translate("Settings", "Precision that ran"), seen.precision_effective),
        *(
            Fact(
                QCoreApplication.translate("Settings", "Ran on {provider}").format(provider=place.provider),
                None if place.operators is None else count.format(count=f"{place.operators:,}"),
            )
            for place in seen.placement
        ),
        Fact(QCoreApplication.translate("Settings", "Operating system"), seen.os),
        Fact(QCoreApplication.translate("Settings", "Driver"), seen.driver),
        Fact("Python", _python(seen)),
        Fact("inferometer", seen.inferometer),
        Fact(QCoreApplication.translate("Settings", "Measured"), titles.of_time(result.created)),
    ]

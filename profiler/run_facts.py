"""Which model was measured, how, and where: the parts of a result that no clock enters; pure."""

from __future__ import annotations

import msgspec

from profiler import precision_facts, settings_text
from profiler.heard import Gathered, Heard
from profiler.messages import Loaded
from profiler.plan import MultiStream, Server
from profiler.result import Environment, Model, Plan, Point


def model(gathered: Gathered, heard: Heard | None) -> Model:
    """The file, what belongs to it, and its inputs and outputs."""
    source = (heard.loaded if heard is not None else None) or gathered.description
    if source is None:
        return gathered.model
    description = gathered.description
    parts = {part.name: part for part in (description.parts if description is not None else ())}
    parts |= {part.name: part for part in gathered.model.parts}
    return msgspec.structs.replace(
        gathered.model,
        size_bytes=gathered.model.size_bytes + sum(part.size_bytes for part in parts.values()),
        inputs=source.inputs,
        outputs=source.outputs,
        parameters=description.parameters if description is not None else None,
        parts=tuple(parts.values()),
    )


def plan(gathered: Gathered, heard: Heard | None, point: Point | None) -> Plan:
    """What was asked for, with what the child settled; `point` is the one whose figures are the result's."""
    asked, loaded = gathered.plan, heard.loaded if heard is not None else None
    scenario = asked.scenario
    return Plan(
        runtime=asked.runtime,
        device=asked.device,
        precision_requested=asked.precision,
        scenario=type(scenario).__name__,
        batch=point.batch if point is not None else asked.batch,
        concurrency=point.concurrency if point is not None else asked.concurrency,
        threads=loaded.threads if loaded is not None else asked.threads,
        world_size=asked.world_size,
        seed=asked.seed,
        preset=asked.preset.value,
        distinct_inputs=(loaded.distinct_inputs if loaded is not None else 0) or asked.distinct_inputs,
        warmup=str(asked.warmup),
        minimum_s=asked.stopping.minimum_s,
        maximum_s=asked.stopping.maximum_s,
        shapes=loaded.shapes if loaded is not None else asked.shapes,
        inputs=loaded.input_origin if loaded is not None else {},
        replicates=asked.processes,
        rate_per_s=point.rate_per_s if point is not None else _rate(gathered),
        samples_per_query=scenario.samples_per_query if isinstance(scenario, MultiStream) else None,
        limits=asked.limits,
        sweep=settings_text.recorded(asked.sweep),
        companions=tuple(one.name for one in gathered.residents[1:]),
    )


def _rate(gathered: Gathered) -> float | None:
    scenario = gathered.plan.scenario
    return scenario.rate_per_s if isinstance(scenario, Server) else None


def environment(gathered: Gathered, heard: Heard | None) -> Environment:
    """Where it was measured, and in which precision."""
    loaded = heard.loaded if heard is not None else None
    return Environment(
        machine=gathered.machine,
        os=gathered.os,
        python=(loaded.python if loaded is not None else "") or gathered.python,
        python_interpreter="other" if gathered.plan.python else "own",
        numpy=(loaded.numpy if loaded is not None else "") or None,
        inferometer=gathered.version,
        runtime_version=loaded.runtime_version if loaded is not None else None,
        precision_effective=_precision(gathered, loaded),
        placement=loaded.placement if loaded is not None else (),
    )


def _precision(gathered: Gathered, loaded: Loaded | None) -> str | None:
    asked, described = gathered.plan, gathered.description
    return precision_facts.effective(
        loaded.precision_effective if loaded is not None else None,
        asked.runtime,
        asked.device,
        gathered.machine,
        described.nodes if described is not None else (),
        described.weights_by_dtype if described is not None else {},
    )

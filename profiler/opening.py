"""From a plan to a model that is ready to run: import, load, inputs, each timed and weighed apart."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter_ns
from typing import NamedTuple, Optional

import numpy as np

from profiler import (
    allowed_copy,
    dimensions,
    input_files,
    input_kinds,
    inputs,
    messages,
    model_facts,
    process_memory,
    shapes,
)
from profiler.backends import catalog
from profiler.backends.base import Array, Backend, LoadOptions, Session
from profiler.errors import ErrorKind, KnownError
from profiler.plan import MultiStream, RunPlan, Server
from profiler.result import Reason, Tensor

# What the sets of inputs that take turns may hold of the memory that a run may use.
INPUTS_SHARE = 0.1

Pool = list[dict[str, Array]]
Limits = Callable[[], Mapping[str, int]]


class Opened(NamedTuple):
    """A model that is ready to run, with what it took; times in ns, memory in bytes.

    `batch` is the one that runs: the plan's, or the query's where the file lets it vary. `copy_ns` went by
    before anything was loaded, into the copy of what was allowed to run.
    """

    backend: Backend
    session: Session
    pool: Pool
    origin: dict[str, str]
    batch: int
    threads: int
    notes: tuple[Reason, ...]
    import_ns: int
    load_ns: int
    baseline_bytes: int
    after_load_bytes: int
    load_peak_bytes: Optional[int]
    copy_ns: int

    def loaded(self) -> messages.Loaded:
        session = self.session
        return messages.Loaded(
            runtime_version=self.backend.version(),
            precision_effective=session.precision_effective,
            placement=session.placement,
            inputs=dimensions.all_placed(session.inputs),
            outputs=session.outputs,
            shapes={name: tuple(array.shape) for name, array in self.pool[0].items()},
            input_origin=self.origin,
            threads=self.threads,
            notes=(*session.notes, *self.notes),
            batch=self.batch,
            python=platform.python_version(),
            numpy=np.__version__,
            distinct_inputs=len(self.pool),
        )


def open_beside(plan: RunPlan, format_name: str, send: Callable[[messages.Report], None]) -> Opened:
    """As `open_model`, for a child beside the measuring one; each step is said as it begins."""
    return open_model(
        plan,
        lambda: catalog.open_backend(plan.runtime),
        lambda: model_facts.table_sizes(Path(plan.model_path), format_name),
        lambda step: send(messages.Loading(step=step)),
        preallocates=False,
    )


def open_model(
    plan: RunPlan,
    open_backend: Callable[[], Backend],
    limits: Limits,
    enter: Callable[[str], None],
    native_library: str = "",
    preallocates: bool = True,
) -> Opened:
    """Raises KnownError, or what the runtime raises; `enter` hears the name of each step before it begins.

    Of code and programs a copy is opened that holds what was allowed: KnownError(FILE_SWAPPED) otherwise.
    """
    enter("import")
    begin = perf_counter_ns()
    with allowed_copy.of(Path(plan.model_path), plan.runtime, plan.model_sha256) as path:
        copy_ns = perf_counter_ns() - begin
        begin = perf_counter_ns()
        backend = open_backend()
        import_ns = perf_counter_ns() - begin
        process_memory.reset_peak()
        baseline = process_memory.resident_bytes()
        enter("load")
        options = LoadOptions(
            plan.device, threads_of(plan), plan.precision, plan.flush_denormals, native_library, _lanes(plan),
            preallocates,
        )  # fmt: skip
        begin = perf_counter_ns()
        session = backend.load(path, options)
        load_ns = perf_counter_ns() - begin
        after_load, load_peak = process_memory.resident_bytes(), process_memory.peak_bytes()
    enter("inputs")
    pool, origin, batch, notes = _inputs(plan, _specs(plan, session), limits)
    threads = options.threads
    return Opened(
        backend, session, pool, origin, batch, threads, notes, import_ns, load_ns, baseline, after_load,
        load_peak, copy_ns,
    )  # fmt: skip


def _specs(plan: RunPlan, session: Session) -> tuple[Tensor, ...]:
    """The inputs with their free dimensions by the names that the plan has for them."""
    return dimensions.renamed(dimensions.all_placed(session.inputs), plan.dimension_names)


def _inputs(
    plan: RunPlan, specs: tuple[Tensor, ...], limits: Limits
) -> tuple[Pool, dict[str, str], int, tuple[Reason, ...]]:
    """Sets of inputs to rotate, where each input comes from, the batch, and what is to be said of them."""
    sources = input_files.read(plan.input_files, specs)
    input_files.check_names(plan.input_kinds, specs)
    wanted = {**plan.shapes, **input_files.wanted_shapes(sources, specs, plan.batch, plan.shapes)}
    concrete, batch = _shapes(plan, specs, wanted)
    distinct, notes = _distinct(plan, specs, concrete)
    given = input_files.fit(sources, specs, concrete, distinct)
    tables = limits() if any(_asks_for_table(spec, plan, given.samples) for spec in specs) else {}
    pool = [
        inputs.make(specs, concrete, plan.seed, tables, given.samples, plan.input_kinds, index)
        for index in range(distinct)
    ]
    origin = {
        spec.name: given.origin.get(spec.name) or f"made:{inputs.kind_of(spec, plan.input_kinds, tables)}"
        for spec in specs
    }
    settled = {name for spec in specs if spec.name in wanted for name in spec.shape or ()}
    guessed = dimensions.guessed(
        [spec for spec in specs if spec.name not in wanted], {*settled, *plan.dimensions}
    )
    notes = (*given.notes, *notes)
    if guessed:
        notes = (*notes, Reason("dimension_guessed", {"names": _listed(guessed)}))
    return pool, origin, batch, notes


def _listed(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name} = {size}" for name, size in sizes.items())


def _asks_for_table(spec: Tensor, plan: RunPlan, given: Mapping[str, object]) -> bool:
    """Whether the length of the table that the graph looks this input up in decides what is made."""
    if spec.name in given or input_kinds.dtype_of(spec).kind not in "iu":
        return False
    return plan.input_kinds.get(spec.name, "tokens") == "tokens"


def _distinct(
    plan: RunPlan, specs: Sequence[Tensor], concrete: Mapping[str, tuple[int, ...]]
) -> tuple[int, tuple[Reason, ...]]:
    """How many sets of inputs take turns: fewer than the plan says where they would crowd the model out.

    Sets this large run through the caches anyway. Raises KnownError(OUT_OF_MEMORY) where not even one fits.
    """
    room = process_memory.available_bytes()
    if plan.memory_limit_bytes:
        room = min(room, plan.memory_limit_bytes)
    each = inputs.check_room(specs, concrete, room)
    most = max(1, int(INPUTS_SHARE * room) // max(1, each))
    if most >= plan.distinct_inputs:
        return plan.distinct_inputs, ()
    return most, (Reason("inputs_fewer", {"count": str(most), "asked": str(plan.distinct_inputs)}),)


def _shapes(
    plan: RunPlan, specs: tuple[Tensor, ...], wanted: Mapping[str, tuple[int, ...]]
) -> tuple[dict[str, tuple[int, ...]], int]:
    """A query of several samples is one batch where the file lets the batch vary, else several calls."""
    scenario = plan.scenario
    if isinstance(scenario, MultiStream) and plan.batch == 1 and scenario.samples_per_query > 1:
        try:
            whole = shapes.concrete_shapes(specs, scenario.samples_per_query, wanted, plan.dimensions)
        except KnownError as error:
            if error.info.kind != ErrorKind.SHAPE_MISMATCH:
                raise
        else:
            if not wanted:
                return whole, scenario.samples_per_query
    concrete = shapes.concrete_shapes(specs, plan.batch, wanted, plan.dimensions)
    return concrete, plan.batch if wanted else dimensions.possible_batch(specs, plan.batch)


def _lanes(plan: RunPlan) -> int:
    """How many calls may be under way at once; an open loop that sizes itself uses every processor."""
    if isinstance(plan.scenario, Server):
        return plan.scenario.workers or max(1, usable_cpus() // threads_of(plan))
    return plan.concurrency


def threads_of(plan: RunPlan) -> int:
    """The plan's intra-op threads, or as many CPUs as this process may use."""
    return plan.threads or usable_cpus()


def usable_cpus() -> int:
    """As many as the scheduler lets this process have."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else (os.cpu_count() or 1)

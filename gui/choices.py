"""What was chosen on the run page, and the plans that it makes; no widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from gui import chosen_inputs
from gui.loads import Load
from profiler import plan as plans
from profiler import shapes, shared_plans
from profiler.errors import ErrorInfo, ErrorKind, KnownError
from profiler.plan import Preset, RunPlan
from profiler.shared_shapes import Shared

if TYPE_CHECKING:
    from profiler.backends.catalog import Format
    from profiler.messages import Description
    from profiler.other_python import OtherPython
    from profiler.result import Tensor

Shape = tuple[int, ...]
# In place of a runtime's name: every one that opens the file.
EVERY = "all"

# A file that could not be described for one of these reasons may still run.
_DOUBTS = {
    ErrorKind.LOAD_TIMEOUT,
    ErrorKind.CHILD_CRASHED,
    ErrorKind.CHILD_KILLED,
    ErrorKind.CHILD_GARBAGE,
    ErrorKind.CHILD_ENDED,
    ErrorKind.OUT_OF_MEMORY,
    ErrorKind.RUNTIME_MISSING,
    ErrorKind.SHAPE_NEEDED,
    ErrorKind.SHAPE_MISMATCH,
}


class Seen(NamedTuple):
    """What a look at the first bytes of a file tells; fields as in ChosenFile."""

    form: Format
    size_bytes: int
    runtime: str = ""
    runtimes: tuple[str, ...] = ()
    absence: ErrorInfo | None = None


@dataclass(eq=False)
class ChosenFile:
    """A file of the run page and what is known of it so far.

    `refusal` says why it cannot run; `doubt` why it could not be described. `runtime` is the one that
    opens it where none is asked for, `runtimes` all that are installed; without one, `absence` says what
    is missing here.
    """

    path: Path
    form: Format | None = None
    runtime: str = ""
    runtimes: tuple[str, ...] = ()
    size_bytes: int | None = None
    description: Description | None = None
    refusal: ErrorInfo | None = None
    absence: ErrorInfo | None = None
    doubt: ErrorInfo | None = None
    is_described: bool = False

    def take(self, seen: Seen) -> None:
        """What was seen of it."""
        self.form, self.size_bytes, self.runtime, self.runtimes, self.absence = seen

    def take_error(self, error: ErrorInfo) -> None:
        """An error of describing it: a refusal, or only a doubt."""
        if error.kind in _DOUBTS:
            self.doubt = error
        else:
            self.refusal = error


@dataclass(frozen=True)
class Choices:
    """What holds for every file; `shapes` by path and input; `python` where another one is to measure.

    `runtime` is empty for the first that opens a file, and EVERY for all that do.
    `dimensions` holds the sizes to go through by name; `input_kinds` and `input_sources` by input what it is
    made of, or the file or folder that it is read from; `shared_kinds` and `shared_shapes` by path what
    follows from other files.
    Without `duration_s` the preset decides how long, with `replicates` 0 in how many processes.
    """

    runtime: str = ""
    device: str = "cpu"
    precision: str = "as_is"
    traces: bool = False
    batch: int = 1
    dimensions: Mapping[str, Sequence[int]] = field(default_factory=dict)
    shapes: Mapping[tuple[Path, str], Shape] = field(default_factory=dict)
    input_files: Sequence[str] = ()
    input_kinds: Mapping[str, str] = field(default_factory=dict)
    input_sources: Mapping[str, str] = field(default_factory=dict)
    shared_kinds: Mapping[Path, Mapping[str, str]] = field(default_factory=dict)
    shared_shapes: Mapping[Path, Shared] = field(default_factory=dict)
    threads: int = 0
    seed: int = 0
    preset: Preset = Preset.STANDARD
    duration_s: float | None = None
    warmup: Literal["auto"] | int = "auto"
    load_timeout_s: float = 600.0
    replicates: int = 0
    load: Load = field(default_factory=Load)
    python: OtherPython | None = None


def plans_for(file: ChosenFile, choices: Choices) -> list[RunPlan]:
    """A plan for each runtime that is to measure the file; raises KnownError as plan_for does."""
    names = runtimes_of(file, choices.runtime, choices.python)
    return [plan_for(file, replace(choices, runtime=name)) for name in names]


def plan_for(file: ChosenFile, choices: Choices) -> RunPlan:
    """The plan of one file; raises KnownError where the choices do not fit it."""
    given = {name: shape for (path, name), shape in choices.shapes.items() if path == file.path}
    shared = choices.shared_shapes.get(file.path, Shared())
    own_names = chosen_inputs.sizes(file, shared)
    sizes = {name: each for name, each in choices.dimensions.items() if name in own_names}
    dimensions = {name: each[0] for name, each in sizes.items()}
    kinds = {**choices.shared_kinds.get(file.path, {}), **choices.input_kinds}
    own = chosen_inputs.fields(file, kinds, choices.input_sources)
    if file.description is not None:
        inputs = chosen_inputs.renamed(file, shared)
        _check_batches(inputs, choices.load.batches(choices.batch), given, dimensions)
    settled = RunPlan(
        model_path=str(file.path),
        runtime=runtime_of(file, choices.runtime, choices.python),
        python=choices.python.path if choices.python is not None else "",
        device=choices.device,
        precision=choices.precision,
        traces=choices.traces,
        batch=choices.batch,
        shapes=given,
        dimensions=dimensions,
        input_files={**_input_files(file, choices.input_files), **own["input_files"]},
        input_kinds=own["input_kinds"],
        threads=choices.threads,
        seed=choices.seed,
        preset=choices.preset,
        stopping=plans.stopping_for(choices.preset, choices.duration_s),
        warmup=choices.warmup,
        load_timeout_s=choices.load_timeout_s,
        replicates=0 if choices.load.is_search else choices.replicates,
    )
    loaded = msgspec.structs.replace(settled, **choices.load.fields())
    return shared_plans.with_shapes(chosen_inputs.with_sizes(loaded, sizes), file.description, shared)


def runtimes_of(file: ChosenFile, asked: str, python: OtherPython | None) -> tuple[str, ...]:
    """As runtime_of, or for EVERY all that are installed."""
    there = file.runtimes
    if python is not None and file.form is not None:
        there = tuple(name for name in file.form.runtimes if python.holds(name))
    return there if asked == EVERY and there else (runtime_of(file, asked, python),)


def runtime_of(file: ChosenFile, asked: str, python: OtherPython | None) -> str:
    """The runtime that is asked for where it fits the file, else the first that is installed.

    Raises KnownError(RUNTIME_MISSING) where there is none in the Python that is to measure.
    """
    form = file.form
    name = asked if form is not None and asked in form.runtimes else ""
    if python is not None and form is not None:
        if not name:
            return python.default_runtime(form)
        python.require(name)
    if not (name or file.runtime) and file.absence is not None:
        error = KnownError(ErrorKind.RUNTIME_MISSING)
        error.info = file.absence
        raise error
    return name or file.runtime


def _check_batches(
    inputs: Sequence[Tensor],
    batches: Sequence[int],
    given: Mapping[str, Shape],
    dimensions: Mapping[str, int],
) -> None:
    """Raises KnownError for the first batch that the file does not take, or that its given shapes hide."""
    made = [shapes.concrete_shapes(inputs, batch, given, dimensions) for batch in batches]
    if len(made) > 1 and made[0] == made[1]:
        raise KnownError(ErrorKind.SHAPE_MISMATCH, given=batches[1], what="given_whole")


def free_dimensions(files: Sequence[ChosenFile]) -> dict[str, int]:
    """Every free dimension that is not the batch, with the size it gets where nobody says otherwise."""
    found: dict[str, int] = {}
    for file, shared in zip(files, chosen_inputs.same_shapes(files), strict=True):
        for name, size in chosen_inputs.sizes(file, shared).items():
            found.setdefault(name, size)
    return found


def open_shapes(files: Sequence[ChosenFile]) -> dict[tuple[Path, str], Shape | None]:
    """Inputs whose file leaves sizes unsaid and unnamed, with a suggestion where there is one."""
    found: dict[tuple[Path, str], Shape | None] = {}
    for file in files:
        if file.description is None:
            continue
        for spec in file.description.inputs:
            if spec.shape is None or None in spec.shape:
                found[file.path, spec.name] = file.description.shapes.get(spec.name)
    return found


def _input_files(file: ChosenFile, paths: Sequence[str]) -> dict[str, str]:
    """A .npz serves all its names; a .npy serves the input of its name, or the only one there is."""
    names = [spec.name for spec in file.description.inputs] if file.description is not None else []
    found: dict[str, str] = {}
    for path in paths:
        stem, suffix = Path(path).stem, Path(path).suffix.lower()
        if suffix == ".npz":
            found[""] = path
        elif stem in names or len(names) == 1:
            found[stem if stem in names else names[0]] = path
        else:
            raise KnownError(ErrorKind.INPUT_UNKNOWN, name=stem, known=", ".join(names))
    return found

"""What was measured, how and where: the file, the plan as it was carried out, the environment."""

from __future__ import annotations

from typing import Any, Optional, Union

import msgspec


class Free(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a file says of a free dimension: sizes from `least` to `most` (None: no end), and `usual`, the one
    that it was traced or exported with."""

    name: str
    least: int = 1
    most: Optional[int] = None
    usual: Optional[int] = None


class Tensor(msgspec.Struct, frozen=True, omit_defaults=True):
    """An input or output: numpy dtype name; a dimension is a number, a name, or None where unknown.

    `free`: what is known of named dimensions. `is_example`: the shape worked once, nothing declares it.
    """

    name: str
    dtype: str
    shape: Optional[tuple[Union[int, str, None], ...]]
    free: tuple[Free, ...] = ()
    is_example: bool = False


class ModelPart(msgspec.Struct, frozen=True):
    """A file beside the model's own that holds its weights; `sha256` empty where it was not read whole."""

    name: str
    size_bytes: int
    sha256: str = ""


class Model(msgspec.Struct, frozen=True):
    """The file that was measured; `name` is the file's name without its folder.

    `size_bytes` is that of all its files together; `parts` are those beside it.
    """

    name: str
    format: str
    sha256: str
    size_bytes: int
    parameters: Optional[int] = None
    inputs: tuple[Tensor, ...] = ()
    outputs: tuple[Tensor, ...] = ()
    parts: tuple[ModelPart, ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """The plan as it was carried out: `shapes` are the concrete shapes of the inputs that ran."""

    runtime: str
    device: str
    precision_requested: str
    scenario: str
    batch: int
    concurrency: int
    threads: int
    world_size: int
    seed: int
    preset: str
    distinct_inputs: int
    warmup: str
    minimum_s: float
    maximum_s: float
    shapes: dict[str, tuple[int, ...]] = {}
    inputs: dict[str, str] = {}
    replicates: int = 1
    rate_per_s: Optional[float] = None
    samples_per_query: Optional[int] = None
    limits: dict[str, float] = {}
    sweep: dict[str, tuple[float, ...]] = {}
    companions: tuple[str, ...] = ()


class Placement(msgspec.Struct, frozen=True):
    """How many operators of the graph ran where; `provider` is the runtime's own word."""

    provider: str
    operators: Optional[int] = None


class Environment(msgspec.Struct, frozen=True):
    """Where it was measured; `machine` is hardware.machine.Machine as plain data.

    `python` and `numpy` are the versions of the measuring child; `python_interpreter` is own, or other where
    the user named one.
    """

    machine: dict[str, Any] = {}
    runtime_version: Optional[str] = None
    python: Optional[str] = None
    python_interpreter: Optional[str] = None
    numpy: Optional[str] = None
    os: Optional[str] = None
    driver: Optional[str] = None
    precision_effective: Optional[str] = None
    placement: tuple[Placement, ...] = ()
    inferometer: Optional[str] = None

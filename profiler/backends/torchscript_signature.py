"""Names, dtypes and shapes of a TorchScript model's inputs: told by the archive, or guessed from its weights.

In this order: the extra file inferometer.json that our export script writes, the inputs that PyTorch kept
from tracing, a guess from the first layer's weights, else unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Union

import msgspec

from profiler.backends.torchscript_code import Argument, Code
from profiler.backends.torchscript_tensors import Module, modules, tensor, tensors
from profiler.backends.torchscript_tensors import Tensor as Stored
from profiler.dimensions import place_name
from profiler.pairs import paired
from profiler.result import Free, Tensor

Shape = tuple[Union[int, str, None], ...]

_DTYPES = {
    "float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool",
    "complex64", "complex128",
}  # fmt: skip
_INTEGER_ENDINGS = ("ids", "id", "tokens", "indices", "index", "mask")
_IMAGES: dict[int, Shape] = {3: ("length",), 4: ("height", "width"), 5: ("depth", "height", "width")}


class Signature(NamedTuple):
    """`origin`: file (inferometer.json), traced, guessed or unknown; shapes are None where it is unknown."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    origin: str

    @property
    def guessed(self) -> bool:
        return self.origin == "guessed"


class _Entry(msgspec.Struct, frozen=True):
    """`example`: sizes that the model was fed with, of an input whose named dimensions may be any."""

    name: str
    dtype: str
    shape: tuple[Union[int, str], ...]
    example: tuple[int, ...] = ()


class _Document(msgspec.Struct, frozen=True):
    inputs: tuple[_Entry, ...]
    outputs: tuple[_Entry, ...] = ()


class SignatureError(ValueError):
    """inferometer.json does not list inputs with name, dtype and shape."""


def from_document(data: bytes) -> Signature:
    """What inferometer.json says; raises SignatureError."""
    try:
        document = msgspec.json.decode(data, type=_Document)
    except (msgspec.DecodeError, RecursionError) as error:
        raise SignatureError(str(error)) from error
    if not document.inputs:
        raise SignatureError("no inputs")
    return Signature(_declared(document.inputs), _declared(document.outputs), "file")


def _declared(entries: Sequence[_Entry]) -> tuple[Tensor, ...]:
    for entry in entries:
        wrong = [size for size in entry.shape if isinstance(size, int) and size < 0]
        if wrong or entry.dtype not in _DTYPES or not entry.name:
            raise SignatureError(entry.name)
        if entry.example and (len(entry.example) != len(entry.shape) or min(entry.example) < 1):
            raise SignatureError(entry.name)
    return tuple(_declared_one(entry) for entry in entries)


def _declared_one(entry: _Entry) -> Tensor:
    free = [
        Free(name, usual=size)
        for place, (name, size) in enumerate(zip(entry.shape, entry.example))
        if isinstance(name, str) and not (place == 0 and name == "batch")
    ]
    return Tensor(entry.name, entry.dtype, entry.shape, tuple(free), is_example=bool(entry.example))


def fed(arguments: Sequence[Argument]) -> list[Argument]:
    """The arguments of forward that are tensors and must be given."""
    return [each for each in arguments if each.annotation == "Tensor" and not each.has_default]


def from_traced(traced: object, arguments: Sequence[Argument]) -> Signature | None:
    """What PyTorch kept of the inputs that the model was traced with; None where that does not fit forward.

    Their shapes are an example of what fits and declare nothing: each dimension goes by its place and has the
    traced size unasked, but the first that all of them share, which is taken for the batch.
    """
    wanted, kept = fed(arguments), list(tensors(traced))
    if not kept or len(kept) != len(wanted):
        return None
    leading = {each.shape[:1] for each in kept}
    shared = len(leading) == 1 and () not in leading
    inputs = tuple(
        _example(argument.name, each.dtype, each.shape, shared) for argument, each in paired(wanted, kept)
    )
    return Signature(inputs, (), "traced")


def _example(name: str, dtype: str, sizes: Sequence[int], has_batch: bool) -> Tensor:
    names = [place_name(name, place) for place in range(len(sizes))]
    if has_batch:
        names[0] = "batch"
    told = [Free(each, usual=max(1, size)) for each, size in paired(names, sizes) if each != "batch"]
    return Tensor(name, dtype, tuple(names), tuple(told), is_example=True)


def from_weights(root: object, constants: object, code: Code, arguments: Sequence[Argument]) -> Signature:
    """A guess for a forward with one tensor; for any other the names alone, with unknown shapes."""
    wanted = fed(arguments)
    found = _first_layer(root, code) or _first_constant(constants) if len(wanted) == 1 else None
    if found is not None:
        return Signature((Tensor(wanted[0].name, *found),), (), "guessed")
    return Signature(
        tuple(Tensor(each.name, _likely_dtype(each.name), None) for each in wanted), (), "unknown"
    )


def embedding_rows(root: object) -> list[int]:
    """Lengths of the tables of Embedding modules."""
    return [
        stored.shape[0]
        for found in modules(root)
        if "Embedding" in found.class_name
        and (stored := _weight(found)) is not None
        and len(stored.shape) == 2
    ]


def _likely_dtype(name: str) -> str:
    return "int64" if name.lower().endswith(_INTEGER_ENDINGS) else "float32"


def _first_layer(root: object, code: Code) -> tuple[str, Shape] | None:
    for found in modules(root):
        guess = _input_of(found, code)
        if guess is not None:
            return guess
    return None


def _input_of(found: Module, code: Code) -> tuple[str, Shape] | None:
    """dtype and shape that a layer takes, told from its class's name and its weight's shape."""
    stored = _weight(found)
    kind = found.class_name.rpartition(".")[2]
    if stored is None:
        return None
    if "Embedding" in kind and len(stored.shape) == 2:
        return "int64", ("batch", "sequence")
    if "Conv" in kind and len(stored.shape) in _IMAGES:
        return stored.dtype, ("batch", _channels(found, stored, code), *_IMAGES[len(stored.shape)])
    if "Linear" in kind and len(stored.shape) == 2:
        return stored.dtype, ("batch", stored.shape[1])
    if kind.startswith(("LSTM", "GRU", "RNN")) and len(stored.shape) == 2:
        return stored.dtype, ("batch", "sequence", stored.shape[1])
    return None


def _weight(found: Module) -> Stored | None:
    for name in ("weight", "weight_ih_l0"):
        stored = tensor(found.attributes.get(name))
        if stored is not None:
            return stored
    return None


def _channels(found: Module, stored: Stored, code: Code) -> int:
    known = code.classes.get(found.class_name)
    constants: dict[str, Any] = known.constants if known else {}
    listed = constants.get("in_channels")
    if isinstance(listed, int):
        return listed
    return stored.shape[0 if "Transpose" in found.class_name else 1]


def _first_constant(constants: object) -> tuple[str, Shape] | None:
    """A frozen module keeps its weights as constants in the order of their use."""
    for stored in tensors(constants):
        if stored.is_floating and len(stored.shape) in (4, 5):
            return stored.dtype, ("batch", stored.shape[1], *_IMAGES[len(stored.shape)])
        if stored.is_floating and len(stored.shape) == 2:
            return stored.dtype, ("batch", stored.shape[1])
    return None

"""What every model on PyTorch has in common once it is open: devices, modes, bound calls, answers."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from profiler import denormals
from profiler.backends import cuda_spans
from profiler.backends.base import Array, Call, LoadOptions
from profiler.backends.cuda_spans import Spans
from profiler.backends.torch_words import explain
from profiler.errors import ErrorKind, KnownError
from profiler.pairs import paired
from profiler.result import Placement, Reason, Tensor

Arguments = tuple[list[Any], dict[str, Any]]
_DTYPES = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16", "float64": "fp64"}
# The part of a call from which casts of weights are worth a word.
CASTS_SAID = 0.01
_AUTOCAST = {"bf16": "bfloat16", "fp16": "float16"}


def devices(torch: Any) -> tuple[str, ...]:
    """The CPU and every CUDA device that this build can use."""
    cuda = range(torch.cuda.device_count()) if torch.cuda.is_available() else ()
    return ("cpu", *(f"cuda:{index}" for index in cuda))


def precisions(device: str) -> tuple[str, ...]:
    """fp32 means without TF32, which PyTorch else uses for convolutions on CUDA."""
    if device == "cpu":
        return ("fp32", *_AUTOCAST)
    return ("fp32", "tf32", *_AUTOCAST) if device.startswith("cuda") else ()


def prepare(torch: Any, options: LoadOptions, runtime: str, known: Iterable[str]) -> None:
    """Settle what holds for the whole process; raises KnownError(DEVICE_UNKNOWN or PRECISION_UNKNOWN)."""
    if options.device not in known:
        names = ", ".join(known)
        raise KnownError(ErrorKind.DEVICE_UNKNOWN, device=options.device, runtime=runtime, known=names)
    if options.precision not in ("as_is", *precisions(options.device)):
        raise unknown_precision(options)
    torch.set_num_threads(options.threads)
    with contextlib.suppress(RuntimeError):  # may be set once in a process
        torch.set_num_interop_threads(1)
    torch.set_flush_denormal(options.flush_denormals)
    torch.backends.cuda.matmul.allow_tf32 = options.precision == "tf32"
    torch.backends.cudnn.allow_tf32 = options.precision == "tf32"


def unknown_precision(options: LoadOptions) -> KnownError:
    known = ", ".join(("as_is", *precisions(options.device)))
    return KnownError(ErrorKind.PRECISION_UNKNOWN, precision=options.precision, known=known)


def effective_precision(options: LoadOptions, dtypes: Iterable[str], *, quantised: bool = False) -> str:
    """What the arithmetic uses, told from the dtypes of the weights and what was asked for.

    `quantised`: products run on 8-bit integers. Raises KnownError(PRECISION_UNKNOWN) where the file is not
    in fp32, since only that is cast to another precision.
    """
    found = {_DTYPES.get(dtype, dtype) for dtype in dtypes if dtype.startswith(("float", "bfloat"))}
    if quantised:
        own = "mixed" if found else "int8"
    else:
        own = "mixed" if len(found) > 1 else next(iter(found), "fp32")
    if options.precision in ("as_is", own):
        return own
    if own != "fp32":
        raise unknown_precision(options)
    return options.precision


class PyTorch:
    """What the backends on PyTorch have in common; `module` is the imported torch."""

    def __init__(self, module: Any) -> None:
        self._torch = module

    def version(self) -> str:
        return str(self._torch.__version__)

    def devices(self) -> tuple[str, ...]:
        return devices(self._torch)

    def precisions(self, device: str) -> tuple[str, ...]:
        return precisions(device)


class Modes:
    """Inference mode, and autocast where a lower precision was asked for; both hold for one thread only.

    `enter` is for the thread that calls it, and cheap to ask for again. Attribute `dtype`: what autocast
    casts to, None without it.
    """

    def __init__(self, torch: Any, options: LoadOptions) -> None:
        self._torch, self._device = torch, options.device.partition(":")[0]
        name = _AUTOCAST.get(options.precision)
        self.dtype = getattr(torch, name) if name else None
        self._is_watched = False
        self._held = threading.local()
        self.is_entered: Callable[[], bool] = torch.is_inference_mode_enabled

    def enter(self) -> None:
        if self._is_watched:
            return
        held = contextlib.ExitStack()
        held.enter_context(self._torch.inference_mode())
        if self.dtype is not None:
            held.enter_context(self._torch.autocast(self._device, dtype=self.dtype))
        self._held.stack = held

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Without gradients by other means on this thread: inference mode shows a composite operator whole,
        and not what autocast does inside of it."""
        self._is_watched = True
        try:
            with self._torch.inference_mode(False), self._torch.no_grad():
                yield
        finally:
            self._is_watched = False

    def leave(self) -> None:
        """On the thread that calls it, if it entered; those of other threads end with their threads."""
        held = getattr(self._held, "stack", None)
        if held is not None:
            held.close()


class TorchSession:
    """An open model; inference mode is held on each thread that makes its calls.

    `module` is called with what `arguments` makes of tensors by input name.
    """

    def __init__(self, torch: Any, module: Any, options: LoadOptions, precision: str) -> None:
        self._torch, self._module, self._device = torch, module, options.device
        self.inputs: tuple[Tensor, ...] = ()
        self.outputs: tuple[Tensor, ...] = ()
        self.placement = (Placement(options.device),)
        self.precision_effective = precision
        self._asked, self._given = options.precision, set[int]()
        self.notes: tuple[Reason, ...] = ()
        self.compile_ns: int | None = None
        self.ours_ns = 0
        self._modes = Modes(torch, options)
        self._modes.enter()

    def arguments(self, tensors: Mapping[str, Any]) -> Arguments:
        """Positional and keyword arguments, from tensors by input name."""
        names = [spec.name for spec in self.inputs] or list(tensors)
        return [tensors[name] for name in names], {}

    def bind(self, inputs: Mapping[str, Array], lane: int = 0) -> Call:
        try:
            tensors = self._tensors(inputs)
            positional, named = self.arguments(tensors)
        except (RuntimeError, MemoryError, AssertionError) as error:
            raise explain(error, ErrorKind.RUNTIME_REFUSED) from error
        is_entered, enter = self._modes.is_entered, self._modes.enter
        compute = self._module if self._device == "cpu" else self._there_and_back
        answer = functools.partial(compute, *positional, **named)

        def call() -> object:
            if not is_entered():
                enter()
            return answer()

        return call

    def _tensors(self, inputs: Mapping[str, Array]) -> dict[str, Any]:
        self._given.update(array.ctypes.data for array in inputs.values())
        return {name: self._torch.from_numpy(array) for name, array in inputs.items()}

    def settle(self, call: Call) -> bool:
        """Under autocast: which precision products really get, and weights cast once for all calls."""
        if self._modes.dtype is None:
            return False
        from profiler.backends import torch_settling

        try:
            found = torch_settling.settle(
                self._module, call, self._modes.dtype, self._given, self._modes.watching
            )
        except Exception:  # noqa: BLE001 - whatever a model's operators say to being watched
            self.precision_effective = "unknown"
            return True
        ran = {_DTYPES.get(dtype, dtype) for dtype in found.products}
        if self._asked not in ran:
            raise KnownError(ErrorKind.PRECISION_UNCHANGED, precision=self._asked)
        self.precision_effective = self._asked if len(ran) == 1 else "mixed"
        if found.cast_share >= CASTS_SAID:
            percent = f"{100 * found.cast_share:.0f}"
            note = Reason("weights_cast_each_call", {"percent": percent, "precision": self._asked})
            self.notes = (*self.notes, note)
        return True

    def results(self, call: Call) -> dict[str, Array]:
        tensors = [leaf for leaf in flat(call()) if isinstance(leaf, self._torch.Tensor)]
        names = [spec.name for spec in self.outputs]
        if len(names) != len(tensors):
            names = [f"output_{index}" for index in range(len(tensors))]
        return {name: to_array(tensor) for name, tensor in paired(names, tensors)}

    def device_memory_bytes(self) -> int | None:
        if not self._device.startswith("cuda"):
            return None
        return int(self._torch.cuda.max_memory_allocated(self._device))

    def arena_bytes(self) -> int | None:
        if not self._device.startswith("cuda"):
            return None
        return int(self._torch.cuda.max_memory_reserved(self._device))

    def device_spans(self, inputs: Mapping[str, Array]) -> Spans | None:
        if not self._device.startswith("cuda"):
            return None
        tensors = self._tensors(inputs)

        def compute(*there: Any) -> Any:
            positional, named = self.arguments(dict(paired(tensors, there)))
            return self._module(*positional, **named)

        return cuda_spans.by_events(self._torch, self._device, list(tensors.values()), compute, to_host)

    def weights(self) -> Iterator[Array]:
        for parameter in self._module.parameters():
            if parameter.is_floating_point():
                yield to_array(parameter.flatten()[: denormals.MOST_A_TENSOR])

    def named_places(self) -> dict[int, str]:
        """Where weights and buffers lie, each with its name in the module, such as layers.0.weight."""
        named = (*self._module.named_parameters(), *self._module.named_buffers())
        return {tensor.untyped_storage().data_ptr(): name for name, tensor in named}

    def explain(self, error: Exception) -> KnownError:
        return explain(error, ErrorKind.RUNTIME_REFUSED)

    def close(self) -> None:
        self._modes.leave()
        self._module = None

    def _there_and_back(self, *positional: Any, **named: Any) -> list[Any]:
        """As an application calls it: inputs come from the host, answers go there, which waits for them."""
        there = [self._to_device(value) for value in positional]
        return to_host(self._module(*there, **{name: self._to_device(each) for name, each in named.items()}))

    def _to_device(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return type(value)(self._to_device(item) for item in value)
        if isinstance(value, dict):
            return {key: self._to_device(item) for key, item in value.items()}
        return value.to(self._device) if isinstance(value, self._torch.Tensor) else value


def flat(value: object) -> list[object]:
    """The leaves of nested lists, tuples and dictionaries, in order."""
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in flat(item)]
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in flat(item)]
    return [value]


def to_host(answer: object) -> list[Any]:
    """Every tensor of an answer on the host, which waits for the device."""
    return [leaf.cpu() for leaf in flat(answer) if hasattr(leaf, "cpu")]


def to_array(tensor: Any) -> Array:
    """A copy on the host; bfloat16, which numpy lacks, becomes float32 without loss."""
    host = tensor.detach().cpu()
    if str(host.dtype) == "torch.bfloat16":
        host = host.float()
    return np.array(host.numpy())

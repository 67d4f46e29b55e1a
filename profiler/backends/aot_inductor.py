"""AOTInductor packages on PyTorch: native code from the moment it is opened (SAFETY.md, tier 2)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from profiler.backends import precisions, pt2_package, torch_session
from profiler.backends.base import LoadOptions, Traced, TraceOrder
from profiler.backends.pt2_package import Package
from profiler.backends.torch_session import Arguments, PyTorch, TorchSession
from profiler.backends.torch_words import explain
from profiler.errors import ErrorKind, KnownError
from profiler.result import Tensor


def open_backend() -> AotInductor:
    """Raises ImportError where torch is not installed."""
    import torch
    import torch._inductor

    return AotInductor(torch)


class AotInductor(PyTorch):
    """The backend; `module` is the imported torch."""

    name = "aot_inductor"

    def precisions(self, device: str) -> tuple[str, ...]:
        """None but the one that was compiled in."""
        return ()

    def trace(self, path: Path, options: LoadOptions, order: TraceOrder) -> Traced:
        """Fused kernels of a package are plain functions that no profiler of PyTorch sees."""
        raise KnownError(ErrorKind.TRACE_NOT_OFFERED, runtime=self.name)

    def load(self, path: Path, options: LoadOptions) -> AotInductorSession:
        """Native code runs here, unpacked into the process's temporary folder."""
        begin = perf_counter_ns()
        package = pt2_package.read(path)
        ours_ns = perf_counter_ns() - begin
        precisions.check_own(options, self.name, (), _precision(package))
        options = precisions.settled(options, ())
        torch_session.prepare(self._torch, options, self.name, _compiled_for(package, self.devices()))
        index = int(options.device.partition(":")[2] or -1)
        try:
            model = self._torch._inductor.aoti_load_package(str(path), device_index=index)
        except (RuntimeError, MemoryError, ValueError, LookupError) as error:
            raise explain(error, ErrorKind.RUNTIME_REFUSED) from error
        session = AotInductorSession(self._torch, model, package, options)
        session.ours_ns = ours_ns
        return session


def _precision(package: Package) -> str:
    """Of the weights that were compiled in; unknown where it keeps none, or not their dtypes."""
    as_is = LoadOptions("cpu", 1)
    return torch_session.effective_precision(as_is, package.dtypes) if package.dtypes else "unknown"


def _compiled_for(package: Package, here: tuple[str, ...]) -> tuple[str, ...]:
    """Devices of this machine that the package was compiled for; all where it does not say."""
    kind = package.device
    return tuple(name for name in here if kind is None or name.partition(":")[0] == kind)


class AotInductorSession(TorchSession):
    """An open package: calls go through the object that `aoti_load_package` hands back."""

    def __init__(self, torch: Any, model: Any, package: Package, options: LoadOptions) -> None:
        super().__init__(torch, model, options, _precision(package))
        self._in_spec = torch.utils._pytree.treespec_loads(model.loader.get_call_spec()[0])
        self.inputs = package.inputs or _unknown_inputs(self._in_spec.num_leaves)
        self.outputs = package.outputs

    def arguments(self, tensors: Mapping[str, Any]) -> Arguments:
        """As the model was exported; one by one where it also takes what is no tensor."""
        flat, named = super().arguments(tensors)
        if len(flat) == self._in_spec.num_leaves:
            positional, named = self._torch.utils._pytree.tree_unflatten(flat, self._in_spec)
            return list(positional), dict(named)
        return flat, named

    def weights(self) -> Any:
        """They lie inside the library."""
        return iter(())


def _unknown_inputs(count: int) -> tuple[Tensor, ...]:
    """One tensor of unknown shape for each leaf of the call, which is all that the library itself tells."""
    return tuple(Tensor(f"input_{index}", "float32", None) for index in range(count))

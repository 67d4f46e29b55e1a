"""AOTInductor packages on PyTorch: native code from the moment it is opened (SAFETY.md, tier 2)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from profiler.backends import pt2_package, torch_session
from profiler.backends.base import LoadOptions, Traced, TraceOrder
from profiler.backends.pt2_package import Package
from profiler.backends.torch_session import TorchSession
from profiler.backends.torch_words import explain
from profiler.errors import ErrorKind, KnownError
from profiler.result import Tensor


def open_backend() -> AotInductor:
    """Raises ImportError where torch is not installed."""
    import torch
    import torch._inductor

    return AotInductor(torch)


class AotInductor:
    """The backend; `module` is the imported torch."""

    name = "aot_inductor"

    def __init__(self, module: Any) -> None:
        self._torch = module

    def version(self) -> str:
        return str(self._torch.__version__)

    def devices(self) -> tuple[str, ...]:
        return torch_session.devices(self._torch)

    def precisions(self, device: str) -> tuple[str, ...]:
        """None but the one that was compiled in."""
        return ()

    def trace(self, path: Path, options: LoadOptions, order: TraceOrder) -> Traced:
        """Fused kernels of a package are plain functions that no profiler of PyTorch sees."""
        raise KnownError(ErrorKind.TRACE_NOT_OFFERED, runtime=self.name)

    def load(self, path: Path, options: LoadOptions) -> AotInductorSession:
        """Native code runs here, unpacked into the process's temporary folder."""
        if options.precision != "as_is":
            raise KnownError(ErrorKind.PRECISION_UNKNOWN, precision=options.precision, known="as_is")
        package = pt2_package.read(path)
        torch_session.prepare(self._torch, options, self.name, _compiled_for(package, self.devices()))
        index = int(options.device.partition(":")[2] or -1)
        try:
            model = self._torch._inductor.aoti_load_package(str(path), device_index=index)
        except (RuntimeError, MemoryError, ValueError, LookupError) as error:
            raise explain(error, ErrorKind.RUNTIME_REFUSED) from error
        return AotInductorSession(self._torch, model, package, options)


def _compiled_for(package: Package, here: tuple[str, ...]) -> tuple[str, ...]:
    """Devices of this machine that the package was compiled for; all where it does not say."""
    kind = package.device
    return tuple(name for name in here if kind is None or name.partition(":")[0] == kind)


class AotInductorSession(TorchSession):
    """An open package: calls go through the object that `aoti_load_package` hands back."""

    def __init__(self, torch: Any, model: Callable[..., Any], package: Package, options: LoadOptions) -> None:
        super().__init__(torch, model, options, package.precision or "as_is")
        self.inputs = package.inputs or _unknown_inputs(torch, model)
        self.outputs = package.outputs

    def weights(self) -> Any:
        """They lie inside the library."""
        return iter(())


def _unknown_inputs(torch: Any, model: Any) -> tuple[Tensor, ...]:
    """One tensor of unknown shape for each leaf of the call, which is all that the library itself tells."""
    spec = torch.utils._pytree.treespec_loads(model.loader.get_call_spec()[0])
    return tuple(Tensor(f"input_{index}", "float32", None) for index in range(spec.num_leaves))

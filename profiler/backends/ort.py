"""ONNX Runtime: opens .onnx files with the provider that was asked for, and says where operators went."""

from __future__ import annotations

import functools
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from profiler import process_memory
from profiler.backends import cuda_spans, ort_providers, ort_trace, ort_values, ort_words, precisions
from profiler.backends.base import Array, Call, LoadOptions, Traced, TraceOrder, Untold
from profiler.backends.cuda_spans import Spans
from profiler.backends.ort_providers import CPU
from profiler.errors import ErrorKind, KnownError
from profiler.pairs import paired
from profiler.result import Placement, Reason, Tensor

# Less than this is lost in what resident memory does by itself.
SMALLEST_ARENA_BYTES = 1_000_000

_EXTERNAL_FOLDER = "session.model_external_initializers_file_folder_path"
_NEVER = "AzureExecutionProvider"
_SHORT = {"Dml": "directml", "NvTensorRTRTX": "tensorrt_rtx"}
_INDEXED = {"cuda", "tensorrt", "rocm", "migraphx", "tensorrt_rtx"}


def open_backend() -> OnnxRuntime:
    """Raises ImportError where onnxruntime is not installed."""
    import onnxruntime

    return OnnxRuntime(onnxruntime)


def device_name(provider: str) -> str:
    """CUDAExecutionProvider -> cuda:0, CPUExecutionProvider -> cpu, CoreMLExecutionProvider -> coreml."""
    stem = provider.removesuffix("ExecutionProvider")
    short = _SHORT.get(stem, stem.lower())
    return f"{short}:0" if short in _INDEXED else short


class OnnxRuntime:
    """The backend; `module` is the imported onnxruntime."""

    name = "onnxruntime"

    def __init__(self, module: Any) -> None:
        self._ort = module

    def version(self) -> str:
        return str(self._ort.__version__)

    def devices(self) -> tuple[str, ...]:
        offered = [device_name(provider) for provider in self._providers()]
        return tuple(sorted(offered, key=lambda device: device != "cpu"))

    def precisions(self, device: str) -> tuple[str, ...]:
        return ort_providers.precisions(self._provider(device)[0])

    def trace(self, path: Path, options: LoadOptions, order: TraceOrder) -> Traced:
        settings = self._session_options(options)
        settings.enable_profiling = True
        settings.profile_file_prefix = str(order.folder / "ort")
        session = self._open(path, options, settings)
        try:
            call_ns = ort_trace.run(session.bind(order.inputs), order)
        finally:
            written = Path(session.end_profiling())
        try:
            return ort_trace.read(written, order.practice, call_ns, device_name)
        finally:
            written.unlink(missing_ok=True)

    def load(self, path: Path, options: LoadOptions) -> OrtSession:
        return self._open(path, options, self._session_options(options))

    def load_copy(self, model: bytes, path: Path, options: LoadOptions) -> OrtSession:
        """A model that lies in memory in place of the file; its external data stays beside the file."""
        settings = self._session_options(options)
        settings.add_session_config_entry(_EXTERNAL_FOLDER, str(path.resolve().parent))
        return self._open(path, options, settings, model)

    def _open(
        self, path: Path, options: LoadOptions, settings: Any, model: bytes | None = None
    ) -> OrtSession:
        provider, index = self._provider(options.device)
        offered = ort_providers.precisions(provider)
        asked, options = options, precisions.settled(options, offered)
        providers = ort_providers.chain(provider, index, options, self._providers())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                source = str(path) if model is None else model
                session = self._ort.InferenceSession(source, settings, providers=providers)
            except Exception as error:
                raise ort_words.explain(error) from error
        if session.get_providers()[0] != provider:
            raise KnownError(
                ErrorKind.DEVICE_FELL_BACK,
                device=options.device,
                used=device_name(session.get_providers()[0]),
                what=options.device.partition(":")[0],
            )
        opened = OrtSession(self._ort, session, provider, index, options)
        precisions.check_own(asked, self.name, offered, opened.precision_effective)
        if options.precision in ("fp32", "tf32") and opened.precision_effective != options.precision:
            raise precisions.refusal(options.precision, self.name, (), opened.precision_effective)
        return opened

    def _providers(self) -> list[str]:
        return [name for name in self._ort.get_available_providers() if name != _NEVER]

    def _provider(self, device: str) -> tuple[str, int | None]:
        stem, _, index = device.partition(":")
        for provider in self._providers():
            if device_name(provider).partition(":")[0] == stem and (not index or index.isdigit()):
                return provider, (int(index or 0) if stem in _INDEXED else None)
        raise KnownError(
            ErrorKind.DEVICE_UNKNOWN, device=device, runtime=self.name, known=", ".join(self.devices())
        )

    def _session_options(self, asked: LoadOptions) -> Any:
        options = self._ort.SessionOptions()
        options.intra_op_num_threads = asked.threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
        if asked.flush_denormals:
            options.add_session_config_entry("session.set_denormal_as_zero", "1")
        return options


class OrtSession(Untold):
    """An open ONNX model; see profiler.backends.base.Session."""

    def __init__(
        self, module: Any, session: Any, provider: str, index: int | None, options: LoadOptions
    ) -> None:
        self._ort, self._session = module, session
        self._on = (device_name(provider).partition(":")[0], index or 0)
        self._bindings: dict[int, Any] = {}
        self._preallocates = options.preallocates
        self.inputs = tuple(ort_values.spec_of(node) for node in session.get_inputs())
        self.outputs = tuple(ort_values.spec_of(node) for node in session.get_outputs())
        parts = _assigned(session)
        self.placement = _placement(session, parts)
        self.precision_effective = ort_providers.effective(
            provider,
            options.precision,
            (*self.outputs, *self.inputs),
            {node.op_type for part in parts for node in part.get_nodes()},
        )
        self.notes = _notes(self.placement, provider)
        self.compile_ns: int | None = None
        self.ours_ns = 0

    def bind(self, inputs: Mapping[str, Array], lane: int = 0) -> Call:
        # ONNX Runtime 1.32 dies of a segmentation fault where text is bound as an output and asked for often.
        if any(map(ort_values.is_text, (*self.inputs, *self.outputs))) or not (
            self._preallocates or any(map(ort_values.is_carried, self.inputs))
        ):
            return self._run_plainly(inputs)
        binding = self._session.io_binding()
        try:
            specs = {spec.name: spec for spec in self.inputs}
            for name, array in inputs.items():
                ort_values.bind_input(binding, self._ort, specs[name], array)
            for spec in self.outputs:
                self._bind_output(binding, spec, _dimensions(self.inputs, inputs))
        except Exception as error:
            raise ort_words.explain(error) from error
        call = functools.partial(self._session.run_with_iobinding, binding)
        self._bindings[id(call)] = binding
        return call

    def _run_plainly(self, inputs: Mapping[str, Array]) -> Call:
        feeds = {
            spec.name: inputs[spec.name].astype(object) if ort_values.is_text(spec) else inputs[spec.name]
            for spec in self.inputs
        }
        call = functools.partial(self._session.run, None, feeds)
        self._bindings[id(call)] = None
        return call

    def results(self, call: Call) -> dict[str, Array]:
        found, binding = call(), self._bindings[id(call)]
        values: Any = found if binding is None else binding.copy_outputs_to_cpu()
        pairs = paired(self.outputs, values)
        return dict(pair for spec, value in pairs for pair in ort_values.named(spec.name, value))

    def arena_bytes(self) -> int | Reason | None:
        """What the arena of the CPU gives back to the system when it is told to shrink behind a call: the
        room of activations with what doubling it left unused; weights lie elsewhere. Source: the run option
        memory.enable_memory_arena_shrinkage in ONNX Runtime's documentation ("Memory consumption")."""
        binding = next((one for one in self._bindings.values() if one is not None), None)
        if self._on[0] != "cpu" or binding is None:
            return None
        options = self._ort.RunOptions()
        options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        before = process_memory.resident_bytes()
        self._session.run_with_iobinding(binding, options)
        found = before - process_memory.resident_bytes()
        if found < SMALLEST_ARENA_BYTES:
            return Reason("arena_too_small", {"most": "1 MB"})
        return found

    def end_profiling(self) -> str:
        """Where the profile was written, of a session that was opened to be profiled."""
        return str(self._session.end_profiling())

    def device_spans(self, inputs: Mapping[str, Array]) -> Spans | None:
        """By the host's clock over values that lie on the device: the provider's stream is its own, so no
        event can be placed between its copies and kernels."""
        if self._on[0] not in ("cuda", "tensorrt"):
            return None
        binding = self._session.io_binding()
        for name, array in inputs.items():
            value = self._ort.OrtValue.ortvalue_from_numpy(array, "cuda", self._on[1])
            binding.bind_ortvalue_input(name, value)
        for spec in self.outputs:
            binding.bind_output(spec.name, "cuda", self._on[1])
        return cuda_spans.by_wall(functools.partial(self._session.run_with_iobinding, binding))

    def explain(self, error: Exception) -> KnownError:
        return ort_words.explain(error)

    def close(self) -> None:
        self._bindings.clear()
        self._session = None

    def _bind_output(self, binding: Any, spec: Tensor, sizes: Mapping[str, int]) -> None:
        """Preallocate where the shape follows from the inputs; else the runtime allocates at each call."""
        shape = [dim if isinstance(dim, int) else sizes.get(dim or "", -1) for dim in spec.shape or (None,)]
        if -1 in shape or not ort_values.is_preallocated(spec):
            binding.bind_output(spec.name)
            return
        value = self._ort.OrtValue.ortvalue_from_shape_and_type(shape, np.dtype(spec.dtype).type)
        binding.bind_ortvalue_output(spec.name, value)


def _dimensions(specs: tuple[Tensor, ...], inputs: Mapping[str, Array]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for spec in specs:
        if spec.name in inputs and spec.shape is not None:
            pairs = zip(spec.shape, inputs[spec.name].shape)
            sizes |= {dim: size for dim, size in pairs if isinstance(dim, str)}
    return sizes


def _assigned(session: Any) -> Sequence[Any]:
    """Which provider took over which nodes; empty where an older runtime does not record it."""
    try:
        return tuple(session.get_provider_graph_assignment_info())
    except Exception:  # noqa: BLE001 - whatever an older one says to it
        return ()


def _placement(session: Any, parts: Sequence[Any]) -> tuple[Placement, ...]:
    if not parts:
        return tuple(Placement(name) for name in session.get_providers()[:1])
    counts = Counter[str]()
    for part in parts:
        counts[part.ep_name] += len(part.get_nodes())
    return tuple(Placement(name, count) for name, count in counts.most_common())


def _notes(placement: tuple[Placement, ...], provider: str) -> tuple[Reason, ...]:
    if provider == CPU:
        return ()
    total = sum(part.operators or 0 for part in placement)
    strayed = sum(part.operators or 0 for part in placement if part.provider == CPU)
    if not strayed:
        return ()
    return (Reason("cpu_fallback", {"count": str(strayed), "total": str(total), "provider": provider}),)

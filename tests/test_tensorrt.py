"""TensorRT against a hand-written stand-in of its API (version 10): no GPU has run this."""

from __future__ import annotations

import enum
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from profiler import inspection, messages
from profiler.backends import catalog, tensorrt, tensorrt_memory
from profiler.backends.base import LoadOptions, TraceOrder
from profiler.backends.tensorrt import TensorRt, TensorRtSession
from profiler.errors import ErrorKind, KnownError

OPTIONS = LoadOptions("cuda:0", 1)


class _Mode(enum.Enum):
    INPUT = 1
    OUTPUT = 2


class _Context:
    """Doubles its input; `set_input_shape` takes what the engine was built for."""

    def __init__(self, memory: HostMemory) -> None:
        self._memory, self._shape = memory, (1, 4)
        self._places: dict[str, int] = {}
        self.profiler: Any = None

    def set_input_shape(self, name: str, shape: tuple[int, ...]) -> bool:
        fits = len(shape) == 2 and shape[0] <= 8 and shape[1] == 4
        self._shape = shape if fits else self._shape
        return fits

    def get_tensor_shape(self, name: str) -> tuple[int, ...]:
        return self._shape

    def set_tensor_address(self, name: str, address: int) -> None:
        self._places[name] = address

    def execute_async_v3(self, stream: int) -> bool:
        assert stream == self._memory.stream
        given = self._memory.kept[self._places["x"]].view(np.float32)
        self._memory.kept[self._places["y"]][:] = (2 * given).view(np.uint8)
        if self.profiler is not None:
            self.profiler.report_layer_time("MatMul [fc1]", 0.5)
        return True


class HostMemory:
    """Device memory that is the host's; counts what crosses."""

    stream = 7

    def __init__(self, device: int = 0) -> None:
        self.kept: dict[int, np.ndarray] = {}
        self.waits = 0

    def allocate(self, size_bytes: int) -> int:
        place = 1_000 + len(self.kept)
        self.kept[place] = np.zeros(size_bytes, dtype=np.uint8)
        return place

    def to_device(self, address: int, array: np.ndarray) -> None:
        self.kept[address][:] = array.reshape(-1).view(np.uint8)

    def to_host(self, array: np.ndarray, address: int) -> None:
        array.reshape(-1).view(np.uint8)[:] = self.kept[address]

    def wait(self) -> None:
        self.waits += 1


class _Profiler:
    def __init__(self) -> None: ...


def _module(memory: HostMemory, opens: bool = True) -> SimpleNamespace:
    engine = SimpleNamespace(
        num_io_tensors=2,
        num_layers=1,
        device_memory_size=4_096,
        get_tensor_name=("x", "y").__getitem__,
        get_tensor_mode=lambda name: _Mode.INPUT if name == "x" else _Mode.OUTPUT,
        get_tensor_shape=lambda name: (-1, 4),
        get_tensor_dtype=lambda name: "FLOAT",
        create_execution_context=lambda: _Context(memory),
    )
    logger = lambda level: None  # noqa: E731 - a class in the real module
    logger.ERROR = 1  # type: ignore[attr-defined]
    return SimpleNamespace(
        __version__="10.9.0",
        Logger=logger,
        Runtime=lambda logger: SimpleNamespace(
            deserialize_cuda_engine=lambda data: engine if opens else None
        ),
        TensorIOMode=_Mode,
        nptype=lambda dtype: np.float32,
        IProfiler=_Profiler,
    )


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    file = tmp_path / "model.engine"
    file.write_bytes(b"ftrt" + bytes(60))
    return file


def _session(engine: Path, memory: HostMemory) -> TensorRtSession:
    return TensorRt(_module(memory), lambda device: memory).load(engine, OPTIONS)


def test_inputs_go_there_and_answers_come_back_within_one_call(engine: Path) -> None:
    memory = HostMemory()
    session = _session(engine, memory)
    assert [(spec.name, spec.dtype, spec.shape) for spec in session.inputs] == [
        ("x", "float32", ("batch", 4))
    ]
    images = [np.full((2, 4), value, dtype=np.float32) for value in (1.0, 5.0)]
    first, second = (session.bind({"x": image}) for image in images)
    np.testing.assert_array_equal(session.results(first)["y"], 2 * images[0])
    np.testing.assert_array_equal(session.results(second)["y"], 2 * images[1])
    np.testing.assert_array_equal(session.results(first)["y"], 2 * images[0])
    assert memory.waits == 3
    assert session.device_memory_bytes() == 4_096


def test_a_shape_outside_the_engines_profile_is_refused(engine: Path) -> None:
    with pytest.raises(KnownError) as refused:
        _session(engine, HostMemory()).bind({"x": np.zeros((9, 4), dtype=np.float32)})
    assert refused.value.kind is ErrorKind.SHAPE_MISMATCH


def test_an_engine_of_another_version_is_told_so(engine: Path) -> None:
    backend = TensorRt(_module(HostMemory(), opens=False), HostMemory)
    with pytest.raises(KnownError) as refused:
        backend.load(engine, OPTIONS)
    assert refused.value.kind is ErrorKind.ENGINE_OTHER


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (LoadOptions("cpu", 1), ErrorKind.DEVICE_UNKNOWN),
        (LoadOptions("cuda:0", 1, "fp16"), ErrorKind.PRECISION_UNKNOWN),
    ],
)
def test_only_gpus_and_the_precision_it_was_built_for(
    engine: Path, options: LoadOptions, kind: ErrorKind
) -> None:
    backend = TensorRt(_module(HostMemory()), HostMemory)
    with pytest.raises(KnownError) as refused:
        backend.load(engine, options)
    assert refused.value.kind is kind


def test_layers_report_their_times_to_the_trace(engine: Path, tmp_path: Path) -> None:
    memory = HostMemory()
    backend = TensorRt(_module(memory), lambda device: memory)
    order = TraceOrder({"x": np.ones((1, 4), dtype=np.float32)}, calls=3, practice=2, folder=tmp_path)
    traced = backend.trace(engine, OPTIONS, order)
    (row,) = traced.operators
    assert (row.name, row.type, row.total_ns, row.count) == ("MatMul [fc1]", "MatMul", 1_500_000, 3)
    assert len(traced.call_ns) == 3


def test_where_it_is_not_installed_the_sentence_says_how_to_get_it(engine: Path) -> None:
    form = catalog.recognise(engine)
    assert form.name == "tensorrt"
    if catalog.installed("tensorrt"):
        pytest.skip("tensorrt is installed here")
    with pytest.raises(KnownError) as refused:
        catalog.default_runtime(form)
    assert refused.value.kind is ErrorKind.RUNTIME_MISSING
    assert refused.value.info.parameters["command"] == "python -m pip install tensorrt"


def test_nothing_of_an_engine_is_read(engine: Path) -> None:
    found = inspection.describe(messages.Inspect(str(engine), "tensorrt"))
    assert (found.inputs, found.parameters, found.nodes) == ((), None, ())
    assert found.unavailable["operators"].code == "native_code"


def test_without_a_library_for_device_memory_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensorrt_memory.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(KnownError) as refused:
        tensorrt_memory.of(0)
    assert "cuda-python" in refused.value.info.parameters["command"]


def test_notes_before_an_engine_are_left_out() -> None:
    assert tensorrt.engine_in(b"\x0b\0\0\0" + b'{"a": "bb"}' + b"ftrt1234") == b"ftrt1234"
    assert tensorrt.engine_in(b"ftrt1234") == b"ftrt1234"

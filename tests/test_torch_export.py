"""torch.export programs on the real PyTorch, hostile ones among them."""

from __future__ import annotations

import io
import json
import os
import threading
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from profiler.backends import pt2_screen, torch_export, torch_session
from profiler.backends.base import LoadOptions
from profiler.backends.pt2_archive import Pt2Archive
from profiler.errors import ErrorKind, KnownError
from tests import networks_export

CPU = LoadOptions("cpu", 1)
Change = Callable[[dict[str, bytes]], None]


@pytest.fixture(autouse=True)
def _threads_as_before() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return networks_export.nested(tmp_path_factory.mktemp("pt2") / "nested.pt2")


def _inputs(batch: int = 3) -> dict[str, np.ndarray[Any, Any]]:
    random = np.random.default_rng(0)
    shapes = {"image": (batch, 8), "more_left": (batch, 3), "more_right_0": (batch, 5)}
    return {name: random.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}


def _changed(model: Path, target: Path, change: Change) -> Path:
    """The archive with entries changed by their names below the root; values are bytes."""
    with zipfile.ZipFile(model) as source:
        entries = {name.partition("/")[2]: source.read(name) for name in source.namelist()}
    change(entries)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in entries.items():
            archive.writestr(f"root/{name}", content)
    return target


def _edited(entry: str, edit: Callable[[Any], None]) -> Change:
    def change(entries: dict[str, bytes]) -> None:
        document = json.loads(entries[entry])
        edit(document)
        entries[entry] = json.dumps(document).encode()

    return change


def test_inputs_and_outputs_are_named_tensors_with_the_batch_by_name(model: Path) -> None:
    session = torch_export.open_backend().load(model, CPU)
    session.close()
    assert {spec.name: spec.shape for spec in session.inputs} == {
        "image": ("batch", 8), "more_left": ("batch", 3), "more_right_0": ("batch", 5),
    }  # fmt: skip
    assert [spec.name for spec in session.outputs] == ["logits", "parts.0", "parts.1"]
    assert session.precision_effective == "fp32"


def test_a_bound_call_answers_as_the_program_does(model: Path) -> None:
    session = torch_export.open_backend().load(model, CPU)
    given = _inputs()
    found = session.results(session.bind(given))
    session.close()
    image, left, right = (torch.from_numpy(array) for array in given.values())
    wanted = torch.export.load(model).module()(image, {"left": left, "right": [right]}, mask=None)
    np.testing.assert_allclose(found["logits"], wanted["logits"].detach().numpy(), rtol=1e-5)
    np.testing.assert_allclose(found["parts.1"], given["more_right_0"] * 2)
    assert not torch.is_inference_mode_enabled()


def test_every_lane_infers_on_its_own_thread(model: Path) -> None:
    session = torch_export.open_backend().load(model, LoadOptions("cpu", 1, "bf16"))
    call, seen = session.bind(_inputs(), lane=1), []

    def lane() -> None:
        answer: Any = call()
        seen.append((torch.is_inference_mode_enabled(), answer["logits"].dtype))

    thread = threading.Thread(target=lane)
    thread.start()
    thread.join()
    session.close()
    assert seen == [(True, torch.bfloat16)]


def test_a_lower_precision_is_what_runs(model: Path) -> None:
    session = torch_export.open_backend().load(model, LoadOptions("cpu", 1, "bf16"))
    answer: Any = session.bind(_inputs())()
    session.close()
    assert (session.precision_effective, answer["logits"].dtype) == ("bf16", torch.bfloat16)
    assert not torch.is_autocast_enabled("cpu")


def test_a_precision_that_is_not_offered_is_refused(model: Path) -> None:
    with pytest.raises(KnownError) as caught:
        torch_export.open_backend().load(model, LoadOptions("cpu", 1, "int8"))
    assert caught.value.kind is ErrorKind.PRECISION_UNKNOWN


def test_effective_precision_tells_int8_and_mixed() -> None:
    assert torch_session.effective_precision(CPU, (), quantised=True) == "int8"
    assert torch_session.effective_precision(CPU, ("float32",), quantised=True) == "mixed"
    assert torch_session.effective_precision(CPU, ("float16", "float32")) == "mixed"
    assert torch_session.effective_precision(CPU, ("bfloat16", "int64")) == "bf16"
    with pytest.raises(KnownError):
        torch_session.effective_precision(LoadOptions("cpu", 1, "bf16"), ("float16",))


def test_products_on_integers_are_told_from_dequantised_ones(tmp_path: Path) -> None:
    class Integers(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch._int_mm(x, x.t())

    path = networks_export.save(Integers(), tmp_path / "i.pt2", torch.ones(32, 32, dtype=torch.int8))
    session = torch_export.open_backend().load(path, CPU)
    session.close()
    assert session.precision_effective == "int8"


@pytest.mark.parametrize("wrong", [{"more_left": (4, 3)}, {"image": (65, 8), "more_left": (65, 3)}])
def test_sizes_that_the_program_rules_out_are_a_shape_mismatch(
    model: Path, wrong: dict[str, tuple[int, ...]]
) -> None:
    session = torch_export.open_backend().load(model, CPU)
    given = _inputs(65 if "image" in wrong else 3)
    given.update({name: np.zeros(shape, dtype=np.float32) for name, shape in wrong.items()})
    with pytest.raises(KnownError) as caught:
        session.bind(given)
    session.close()
    assert caught.value.kind is ErrorKind.SHAPE_MISMATCH


class _Attack:
    """Unpickling it makes a folder: harmless, and plain to see."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


def test_pickled_sample_inputs_are_never_unpickled(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", raising=False)
    buffer, trace = io.BytesIO(), tmp_path / "trace"
    torch.save(((_Attack(trace),), {}), buffer)
    samples = {"data/sample_inputs/model.pt": buffer.getvalue()}
    hostile = _changed(model, tmp_path / "h.pt2", lambda entries: entries.update(samples))
    session = torch_export.open_backend().load(hostile, CPU)
    assert session.results(session.bind(_inputs()))
    session.close()
    assert not trace.exists()
    torch.load(io.BytesIO(buffer.getvalue()), weights_only=False)
    assert trace.exists(), "what was packed in does nothing, so nothing was shown"


def _first_node(key: str, value: str) -> Callable[[Any], None]:
    return lambda document: document["graph_module"]["graph"]["nodes"][0].update({key: value})


def _guard(value: str) -> Callable[[Any], None]:
    return lambda document: document["guards_code"].append(value)


def _size(value: str) -> Callable[[Any], None]:
    def edit(document: Any) -> None:
        metas = document["graph_module"]["graph"]["tensor_values"]
        metas["image"]["sizes"][0]["as_expr"]["expr_str"] = value

    return edit


def _container(value: str) -> Callable[[Any], None]:
    def edit(document: Any) -> None:
        signature = document["graph_module"]["module_call_graph"][0]["signature"]
        signature["in_spec"] = signature["in_spec"].replace('"context": "null"', f'"context": "{value}"', 1)

    return edit


@pytest.mark.parametrize(
    "edit",
    [_first_node("name", "x = __import__('os').mkdir('trace') #"),
     _first_node("target", "torch.ops.load_library"),
     _first_node("target", "torch.hub.load"),
     _first_node("target", "torch.ops.load_library.__func__"),
     _first_node("target", "_operator.methodcaller"),
     _first_node("target", "torch.ops.higher_order.aoti_call_delegate"),
     _guard("__import__('os').mkdir('trace')"),
     _guard("L['image'].__class__.__base__"),
     _guard("(lambda: 1)()"),
     _size("__import__('os').mkdir('trace')"),
     _size("Symbol('s0').__class__"),
     _size("[1 for _ in ()]"),
     _container('{\\"__enum__\\": true, \\"fqn\\": \\"antigravity:x\\"}')],
)  # fmt: skip
def test_text_that_torch_would_run_is_refused(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edit: Callable[[Any], None]
) -> None:
    monkeypatch.chdir(tmp_path)
    hostile = _changed(model, tmp_path / "h.pt2", _edited("models/model.json", edit))
    with pytest.raises(KnownError) as caught:
        torch_export.open_backend().load(hostile, CPU)
    assert caught.value.info.parameters["what"] == "pt2_unsafe"
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize(
    "target",
    ["torch.ops.load_library", "torch.ops.load_library.__func__", "torch.ops.load_library.__func__.__call__",
     "torch.ops.load_library.a.b", "torch.ops.import_module.a.b", "torch.ops.aten.name.format",
     "torch.ops._dir.append.x", "torch.ops.aten.add", "torch.ops.aten.add.op", "torch.ops.aten.add.overloads",
     "torch.ops.aten.add.__init__", "torch.ops.aten.__class__.x", "torch.ops.aten.__reduce__.x",
     "torch.ops.__class__.a.b", "torch.ops.aten.add.Tensor.more",
     "torch.ops.higher_order.inductor_compiled_code", "torch.ops.higher_order.call_torchbind",
     "torch.ops.higher_order.cond.__call__", "torch.ops.higher_order.__getattr__", "_operator.methodcaller",
     "_operator.attrgetter", "_operator.setitem", "_operator.call", "_operator.add.__self__",
     "math.__loader__", "math.perm", "torch.sym_int.__globals__",
     "torch.sym_fresh_size", "torch.hub.load", "os:system", "torch.ops.aten.relu.default\n", ""],
)  # fmt: skip
def test_nothing_may_be_called_but_operators_and_arithmetic_of_sizes(target: str) -> None:
    with pytest.raises(pt2_screen.UnsafeError):
        pt2_screen.check({"nodes": [{"target": target}]})
    with pytest.raises(pt2_screen.UnsafeError):
        pt2_screen.check({"arg": {"as_operator": target}})


@pytest.mark.parametrize(
    "target",
    ["torch.ops.aten._to_copy.default", "torch.ops.aten.__and__.Tensor", "torch.ops.aten.add_.Scalar_out",
     "torch.ops._c10d_functional.all_reduce.default", "torch.ops.torchvision.nms.default",
     "torch.ops.higher_order.cond", "torch.ops.higher_order.wrap_with_set_grad_enabled", "_operator.getitem",
     "math.trunc", "torch._sym_sqrt", "torch.sym_max", "#edge:aten.add"],
)  # fmt: skip
def test_what_torch_export_writes_may_be_called(target: str) -> None:
    pt2_screen.check({"nodes": [{"target": target}]})


def test_every_operator_of_pytorch_and_all_its_arithmetic_of_sizes_may_be_called() -> None:
    """Except one that only scripts of old reach, whose overload begins with an underscore."""
    from torch._export.serde.serialize import _SYM_OPS
    from torch._export.verifier import Verifier

    operators = (name.replace("::", ".").split(".") for name in torch._C._dispatch_get_all_op_names())
    names = [f"torch.ops.{'.'.join((*parts, 'default')[:3])}" for parts in operators]
    allowed = {*_SYM_OPS, *Verifier().allowed_builtin_ops()} - {round}
    names += [f"{function.__module__}.{function.__name__}" for function in allowed]
    names.remove("torch.ops.profiler._record_function_exit._RecordFunction")
    pt2_screen.check({"nodes": [{"target": name} for name in names]})


@pytest.mark.parametrize(
    ("entry", "what"),
    [("data/aotinductor/x.so", "pt2_native"), ("data/constants/x.cubin", "pt2_native"),
     ("../outside", "zip_name_outside")],
)  # fmt: skip
def test_an_archive_with_more_than_a_program_is_refused(
    model: Path, tmp_path: Path, entry: str, what: str
) -> None:
    hostile = _changed(model, tmp_path / "h.pt2", lambda entries: entries.update({entry: b"\x7fELF"}))
    with pytest.raises(KnownError) as caught:
        torch_export.open_backend().load(hostile, CPU)
    assert caught.value.info.parameters["what"] == what


def test_an_entry_that_nobody_asked_for_does_not_reach_torch(model: Path, tmp_path: Path) -> None:
    odd = _changed(model, tmp_path / "o.pt2", lambda entries: entries.update({"data/weights/other": b"x"}))
    copy = tmp_path / "copy.pt2"
    Pt2Archive(odd).write_copy(copy)
    with zipfile.ZipFile(copy) as archive:
        names = {name.partition("/")[2] for name in archive.namelist()}
        assert archive.read("root/data/sample_inputs/model.pt") == b""
    assert "data/weights/other" not in names
    assert {"models/model.json", "data/weights/weight_0", "archive_version"} <= names


@pytest.mark.parametrize(
    ("kind", "stored"),
    [("constants", {"path_name": "custom_obj_0"}), ("constants", {"path_name": "opaque_obj_0"}),
     ("constants", {"use_pickle": True}), ("weights", {"use_pickle": True}),
     ("weights", {"path_name": "../constants/tensor_0"})],
)  # fmt: skip
def test_pickled_constants_and_weights_are_refused(
    model: Path, tmp_path: Path, kind: str, stored: dict[str, Any]
) -> None:
    def edit(document: Any) -> None:
        next(iter(document["config"].values())).update(stored)

    change = _edited(f"data/{kind}/model_{kind}_config.json", edit)
    with pytest.raises(KnownError) as caught:
        torch_export.open_backend().load(_changed(model, tmp_path / "h.pt2", change), CPU)
    assert caught.value.info.parameters["what"] == "pt2_pickled"


def test_compressed_and_repeated_entries_are_refused(model: Path, tmp_path: Path) -> None:
    for name, write in (
        (
            "zip_compressed",
            lambda archive: archive.writestr("nested/data/x", b"0" * 99, zipfile.ZIP_DEFLATED),
        ),
        ("zip_name_twice", lambda archive: archive.writestr("nested/archive_format", b"pt2")),
    ):
        hostile = tmp_path / f"{name}.pt2"
        hostile.write_bytes(model.read_bytes())
        with zipfile.ZipFile(hostile, "a") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            write(archive)
        with pytest.raises(KnownError) as caught:
            torch_export.open_backend().load(hostile, CPU)
        assert caught.value.info.parameters["what"] == name


@pytest.mark.parametrize("meta", [{"sizes": [{"as_int": 2**70}]}, {"storage_offset": {"as_int": 1}}])
def test_weights_that_reach_beyond_their_bytes_are_damage(
    model: Path, tmp_path: Path, meta: dict[str, Any]
) -> None:
    def edit(document: Any) -> None:
        document["config"]["layer.bias"]["tensor_meta"].update(meta)

    change = _edited("data/weights/model_weights_config.json", edit)
    with pytest.raises(KnownError) as caught:
        torch_export.open_backend().load(_changed(model, tmp_path / "h.pt2", change), CPU)
    assert caught.value.info.parameters["what"] == "pt2_entry"


def test_an_older_layout_is_named(model: Path, tmp_path: Path) -> None:
    old = _changed(model, tmp_path / "old.pt2", lambda entries: entries.pop("models/model.json") and None)
    with pytest.raises(KnownError) as caught:
        torch_export.open_backend().load(old, CPU)
    assert caught.value.info.parameters["what"] == "pt2_old"

"""What a run says of its answers, from a plan with a reference to the verdict, with real children."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from profiler import folders, inspect_client, messages, settling, wording
from profiler.attempt import Means
from profiler.backends import catalog
from profiler.blocks import Reason
from profiler.checks_plan import Checks, Dataset, Reference
from profiler.correctness import asking, child_arrays, examiner, reference_plan, shelf
from profiler.correctness.answer_files import Stored
from profiler.correctness.asking import Asked, Told
from profiler.correctness.shelf import Kept, Shelf
from profiler.errors import ErrorKind, KnownError
from profiler.heard import Gathered, Heard
from profiler.metrics import verdict
from profiler.plan import Companion, Concurrency, Preset, RunPlan, Stopping, Sweep
from profiler.result import Level, Model, RunResult
from profiler.runner import Ended, Event, Refused, Run
from profiler.store import Store
from profiler.subject import Tensor
from tests import exports
from tests.labelled_data import DIGITS_TEST

SAMPLES = Path(__file__).parent.parent / "resources" / "samples"
SHORT = Stopping(0.1, 5, 0.1)


def plan_of(path: Path, runtime: str = "onnxruntime", **checks: Any) -> RunPlan:
    return RunPlan(
        str(path), runtime, preset=Preset.QUICK, stopping=SHORT, threads=1, warmup=2, checks=Checks(**checks)
    )


def carried_out(*plans: RunPlan) -> tuple[list[RunResult], list[Event]]:
    """One after another, as one comparison."""
    results, heard = [], []
    with Shelf() as kept:
        for plan in plans:
            seen: list[Event] = []
            run = Run(plan, Store(folders.history_folder()), seen.append, checks=lambda: (), shelf=kept)
            run.start()
            assert run.wait(100)
            last = seen[-1]
            assert isinstance(last, Ended), last
            results.append(last.result)
            heard += seen
    return results, heard


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The file of every examination."""
    asked: list[str] = []
    hold = Asked.hold

    def counting(self: Asked) -> Told:
        asked.append(Path(self._request.plan.model_path).name)
        return hold(self)

    monkeypatch.setattr(Asked, "hold", counting)
    return asked


def test_a_comparison_examines_its_reference_once_and_judges_the_others(
    tmp_path: Path, counted: list[str]
) -> None:
    values = exports.weights()
    whole = exports.saved(exports.network(values), tmp_path / "whole.onnx")
    turned = exports.rescaled(values, "w3", np.transpose)
    broken = exports.saved(exports.network(turned), tmp_path / "broken.onnx")
    reference = Reference(str(whole), "onnxruntime")
    plans = [
        plan_of(broken, reference=reference),
        plan_of(whole, reference=reference),
        plan_of(whole, "openvino", reference=reference),
    ]
    (wrong, right, other), heard = carried_out(*plans)
    assert sorted(counted) == ["broken.onnx", "whole.onnx", "whole.onnx"]

    assert wrong.accuracy.agreement is not None
    assert wrong.accuracy.agreement.state == "beyond"
    assert wrong.accuracy.reference == "whole.onnx"
    assert wrong.verdict is not None
    assert wrong.verdict.level is Level.INVALID
    assert wrong.verdict.reasons[0].code == "answers_unlike"
    assert wrong.accuracy.divergence is not None
    assert wrong.accuracy.divergence.first is not None
    assert wrong.accuracy.divergence.first.name == "g3"

    assert right.accuracy.agreement is not None
    assert right.accuracy.agreement.state == "is_reference"
    assert right.accuracy.parity == ()

    assert other.accuracy.agreement is not None
    assert (other.accuracy.agreement.state, other.accuracy.agreement.precision) == ("within", "fp32")
    assert other.accuracy.agreement.sets == reference_plan.SETS
    assert other.accuracy.reference == "whole.onnx (ONNX Runtime)"
    assert [row.name for row in other.accuracy.parity] == ["scores", "styles"]
    assert other.accuracy.idempotence is not None
    assert other.accuracy.idempotence.alone.state == "identical"

    for result in (wrong, right, other):
        missing = [
            name for name in result.accuracy.__struct_fields__ if getattr(result.accuracy, name) is None
        ]
        assert {f"accuracy.{name}" for name in missing} <= set(result.unavailable)
        assert msgspec.json.decode(msgspec.json.encode(result), type=RunResult) == result
    steps = [event.step for event in heard if isinstance(event, messages.Examining)]
    assert {"load", "repeats"} <= set(steps)


def test_a_reference_beside_the_candidates_is_fed_what_they_are(tmp_path: Path, counted: list[str]) -> None:
    """It fixes a batch that the candidate leaves open, and names its input otherwise."""
    values = exports.weights()
    fixed = exports.network(values, batch=2)
    for node in fixed.graph.node:
        node.input[:] = ["picture" if name == "image" else name for name in node.input]
    fixed.graph.input[0].name = "picture"
    reference = Reference(str(exports.saved(fixed, tmp_path / "fixed.onnx")), "onnxruntime")
    own = exports.saved(exports.network(values), tmp_path / "own.onnx")
    plan = msgspec.structs.replace(plan_of(own, repeats=0, reference=reference), batch=2)
    ((result,), heard) = carried_out(plan)
    assert counted == ["own.onnx", "fixed.onnx"]
    assert {one.model for one in heard if isinstance(one, messages.Examining)} == {"", "fixed.onnx"}
    assert result.accuracy.agreement is not None
    assert result.accuracy.agreement.state in ("exact", "within")
    assert result.accuracy.agreement.samples == 2 * reference_plan.SETS
    assert result.unavailable["accuracy.idempotence"].code == "repeats_not_asked"


def test_a_random_model_is_named_and_not_called_broken(tmp_path: Path) -> None:
    from tests.test_idempotence import helper, model

    nodes = [helper.make_node("RandomNormalLike", ["x"], ["n"]), helper.make_node("Add", ["x", "n"], ["y"])]
    path = model(nodes, tmp_path / "random.onnx")
    calm = model([helper.make_node("Identity", ["x"], ["y"])], tmp_path / "calm.onnx")
    plan = plan_of(path, reference=Reference(str(calm), "onnxruntime"))
    ((result,), _) = carried_out(plan)
    assert result.accuracy.agreement is not None
    assert result.accuracy.agreement.reason == Reason("parity_random")
    assert result.verdict is not None
    codes = {reason.code for reason in result.verdict.reasons}
    assert "model_is_random_by" in codes
    assert "not_idempotent" not in codes
    assert not codes & {"answers_beyond", "answers_unlike"}


def test_a_reference_that_cannot_be_asked_costs_no_result(tmp_path: Path) -> None:
    """Its inputs are others altogether."""
    own = exports.saved(exports.network(exports.weights()), tmp_path / "own.onnx")
    reference = Reference(str(SAMPLES / "digits.onnx"), "onnxruntime")
    ((result,), _) = carried_out(plan_of(own, reference=reference))
    assert result.latency.count > 0
    assert result.accuracy.agreement is not None
    assert result.accuracy.agreement.state == "unknown"
    assert result.accuracy.agreement.reason is not None
    assert result.accuracy.agreement.reason.code in ("reference_failed", "inputs_differ")
    assert result.accuracy.idempotence is not None


def test_text_is_compared_as_what_it_says(tmp_path: Path) -> None:
    """A runtime hands it out as objects, whose bits are addresses; and it is asked for often."""
    words = [b"cat", b"dog", b"eel"]
    value = helper.make_tensor_value_info
    nodes = [
        helper.make_node("Softmax", ["x"], ["p"]),
        helper.make_node("ArgMax", ["x"], ["at"], axis=1, keepdims=0),
        helper.make_node("LabelEncoder", ["at"], ["word"], domain="ai.onnx.ml", keys_int64s=[0, 1, 2],
                         values_strings=words),
    ]  # fmt: skip
    outputs = [value("word", TensorProto.STRING, ["n"]), value("p", TensorProto.FLOAT, ["n", 3])]
    graph = helper.make_graph(nodes, "g", [value("x", TensorProto.FLOAT, ["n", 3])], outputs)
    versions = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 2)]
    for name in ("own", "reference"):
        model = helper.make_model(graph, opset_imports=versions, ir_version=8, producer_name=name)
        onnx.save(model, tmp_path / f"{name}.onnx")
    reference = Reference(str(tmp_path / "reference.onnx"), "onnxruntime")
    ((result,), _) = carried_out(plan_of(tmp_path / "own.onnx", reference=reference))
    assert result.error is None
    assert result.accuracy.idempotent is True
    assert result.accuracy.agreement is not None
    assert result.accuracy.agreement.state == "exact"
    assert [row.rows for row in result.accuracy.parity] == [32, 32]
    assert result.accuracy.idempotence is not None
    assert result.accuracy.idempotence.in_batch.state == "identical"


def test_a_metric_that_ends_the_child_costs_only_the_labelled_data(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("import os\n\nos._exit(3)\n")
    checks = {"metric": "own.py:f", "metric_folder": str(tmp_path), "dataset": Dataset(str(DIGITS_TEST))}
    ((result,), _) = carried_out(plan_of(SAMPLES / "digits.onnx", **checks))
    assert result.accuracy.labelled is None
    assert result.unavailable["accuracy.labelled"].code == "examination_failed"
    assert result.accuracy.idempotence is not None
    assert result.accuracy.idempotence.alone.state == "identical"


@pytest.mark.parametrize(("step", "last_s"), [("repeats", 3), ("dataset", 15)])
def test_a_stop_waits_for_the_batch_that_is_just_being_answered(step: str, last_s: float) -> None:
    """What was answered of labelled data until then is told behind it, and would be lost with it."""

    class Silent:
        def say(self, request: messages.Request) -> None:
            said.append(request)

    said: list[messages.Request] = []
    cancel = threading.Event()
    cancel.set()
    asked = Asked(messages.Examine(plan_of(SAMPLES / "digits.onnx"), "onnx", ""), "", cancel, print, 600)
    asked.step = step
    given_up = [asked._must_give_up(Silent(), now) for now in (100, 100 + last_s, 101 + last_s)]  # type: ignore[arg-type]
    assert given_up == [False, False, True]
    assert said == [messages.Cancel()]


@pytest.mark.parametrize("error", [ZeroDivisionError("a bug"), OSError(28, "No space left on device")])
def test_what_was_measured_outlives_every_error_behind_it(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(self: Asked) -> Told:
        raise error

    monkeypatch.setattr(Asked, "hold", fail)
    ((result,), _) = carried_out(plan_of(SAMPLES / "digits.onnx"))
    assert result.latency.count > 0
    why = result.unavailable["accuracy.idempotence"]
    assert why.code == "examination_failed"
    assert why.parameters["detail"].endswith(("a bug", "No space left on device"))


def test_a_disk_that_is_full_behind_the_measurement_costs_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(inspect_client, "describe", full)
    ((result,), _) = carried_out(plan_of(SAMPLES / "digits.onnx"))
    assert result.latency.count > 0
    assert result.unavailable["flops.per_inference"].code == "inspect_failed"
    assert result.accuracy.idempotence is not None


def test_answers_that_cannot_be_compared_cost_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def garbage(*_: object) -> None:
        raise KnownError(ErrorKind.CHILD_GARBAGE, "no such file")

    monkeypatch.setattr(examiner.agreement, "between", garbage)
    onnx.save(onnx.load(SAMPLES / "digits.onnx"), tmp_path / "copy.onnx")
    own = onnx.load(SAMPLES / "digits.onnx")
    own.producer_name = "another"
    onnx.save(own, tmp_path / "own.onnx")
    reference = Reference(str(tmp_path / "copy.onnx"), "onnxruntime")
    ((result,), _) = carried_out(plan_of(tmp_path / "own.onnx", reference=reference))
    assert result.accuracy.agreement is not None
    assert result.accuracy.agreement.reason == Reason("examination_failed", {"detail": "no such file"})
    assert result.accuracy.idempotence is not None


def test_answers_are_looked_at_under_another_interpreter(tmp_path: Path) -> None:
    """The child imports nothing that is ours alone: the same interpreter, told as if it were another."""
    import sys

    plan = msgspec.structs.replace(plan_of(SAMPLES / "digits.onnx"), python=sys.executable)
    ((result,), _) = carried_out(plan)
    assert result.accuracy.idempotence is not None


# Before anything is begun -------------------------------------------------------------------------


def refused(plan: RunPlan) -> ErrorKind:
    heard: list[Event] = []
    run = Run(plan, Store(folders.history_folder()), heard.append, checks=lambda: ())
    run.start()
    assert run.wait(60)
    last = heard[-1]
    assert isinstance(last, Refused)
    return ErrorKind(last.error.kind)


def test_a_reference_must_be_there_and_be_allowed(tmp_path: Path) -> None:
    import io

    import torch

    def refused_for(path: Path, runtime: str) -> ErrorKind:
        return refused(plan_of(SAMPLES / "digits.onnx", reference=Reference(str(path), runtime)))

    assert refused_for(tmp_path / "gone.onnx", "onnxruntime") is ErrorKind.FILE_MISSING
    assert refused_for(SAMPLES / "digits.onnx", "litert") is ErrorKind.RUNTIME_UNKNOWN
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), buffer)
    (tmp_path / "own.pt").write_bytes(buffer.getvalue())
    assert refused_for(tmp_path / "own.pt", "torchscript") is ErrorKind.TRUST_NEEDED


def test_settling_fills_in_what_the_reference_is() -> None:
    path = SAMPLES / "digits.onnx"
    plan = plan_of(path, reference=Reference(str(path), "onnxruntime"))
    settled = settling.settle(plan, path, catalog.recognise(path))
    assert settled.checks.reference is not None
    assert settled.checks.reference.model_sha256 == settled.model_sha256
    assert reference_plan.is_candidate(settled.checks.reference, settled)


# How models are opened ----------------------------------------------------------------------------


def test_a_load_or_a_sweep_changes_no_answer() -> None:
    plan = RunPlan(
        "m.onnx", "onnxruntime", scenario=Concurrency(4), sweep=Sweep(batch=(2, 8)), world_size=2,
        companions=(Companion("n.onnx", "onnxruntime"),),
    )  # fmt: skip
    found = reference_plan.of_candidate(plan, "m.onnx")
    assert (found.batch, found.concurrency, found.world_size, found.companions) == (2, 1, 1, ())
    assert found.sweep == Sweep()


def test_what_was_said_of_inputs_by_name_holds_for_the_references_inputs() -> None:
    own = (Tensor("a", "float32", ("n", 3)), Tensor("b", "int64", ("n",)))
    theirs = (Tensor("x", "float32", ("m", 3)), Tensor("y", "int64", ("m",)))
    plan = RunPlan(
        "m.onnx", "onnxruntime", shapes={"a": (2, 3)}, input_kinds={"b": "flags"}, input_files={"": "all.npz"}
    )
    found = reference_plan.of_reference(Reference("r.onnx", "openvino"), plan, own, theirs)
    assert (found.shapes, found.input_kinds) == ({"x": (2, 3)}, {"y": "flags"})
    assert found.input_files == {"": "all.npz"}
    same = reference_plan.of_reference(Reference("r.onnx", "openvino"), plan, own, own[::-1])
    assert same.shapes == {"a": (2, 3)}


def test_pictures_get_the_layout_that_the_reference_declares() -> None:
    own = (Tensor("a", "float32", ("n", 8, 8, 3)),)
    theirs = (Tensor("x", "float32", (None, 3, None, None)),)
    plan = reference_plan.at_shapes(RunPlan("r.onnx", "onnxruntime"), {"a": (2, 8, 9, 3)}, own, theirs)
    assert plan.shapes == {"x": (2, 3, 8, 9)}
    back = reference_plan.at_shapes(RunPlan("r.onnx", "onnxruntime"), {"x": (2, 3, 8, 9)}, theirs, own)
    assert back.shapes == {"a": (2, 8, 9, 3)}


# The shelf ----------------------------------------------------------------------------------------


def kept(folder: Path) -> Kept:
    examined = messages.Examined(
        "fp32", inputs_sha256=("a",), answers=(messages.AnswerFile("y", 0, "y.npy"),)
    )
    loaded = messages.Loaded("1", "fp32", (), (), (), {}, {}, 1)
    return Kept(RunPlan("m.onnx", "onnxruntime"), "onnx", Told(examined, loaded), folder, "fp32")


def test_what_lies_on_the_shelf_is_made_once_and_gone_when_it_is_closed() -> None:
    places: list[Path] = []

    def make(folder: Path) -> Kept:
        places.append(folder)
        return kept(folder)

    with Shelf() as own:
        assert own.examined("k", make) is own.examined("k", make)
        own.examined("other", make)
        assert len(places) == 2
        assert all(place.is_dir() for place in places)
    assert not any(place.exists() for place in places)


def test_what_failed_is_not_tried_again_unless_it_was_stopped() -> None:
    tries: list[ErrorKind] = []

    def failing(kind: ErrorKind) -> Any:
        def make(folder: Path) -> Kept:
            tries.append(kind)
            raise KnownError(kind, "why")

        return make

    with Shelf() as own:
        for kind in (ErrorKind.MODEL_DAMAGED, ErrorKind.CANCELLED):
            for _ in range(2):
                with pytest.raises(KnownError) as caught:
                    own.examined(kind.value, failing(kind))
                assert caught.value.info.text == "why"
    assert tries == [ErrorKind.MODEL_DAMAGED, ErrorKind.CANCELLED, ErrorKind.CANCELLED]


def test_plans_lie_apart_where_they_open_or_feed_a_model_otherwise() -> None:
    plan = RunPlan("m.onnx", "onnxruntime", model_sha256="a")
    other = [
        msgspec.structs.replace(plan, **change)
        for change in (
            {"device": "cuda:0"},
            {"precision": "fp16"},
            {"seed": 1},
            {"batch": 2},
            {"python": "p"},
        )
    ]
    keys = {shelf.key_of(one) for one in (plan, *other)}
    assert len(keys) == 6
    alike = msgspec.structs.replace(plan, model_path="n.onnx", preset=Preset.QUICK, limits={"p99": 1.0})
    assert shelf.key_of(alike) == shelf.key_of(plan)


# The child's word ---------------------------------------------------------------------------------


def test_answers_that_a_child_only_claims_are_garbage(tmp_path: Path) -> None:
    examined = messages.Examined(
        "fp32", inputs_sha256=("a", "b"), answers=(messages.AnswerFile("y", 0, "../y.npy"),)
    )
    with pytest.raises(KnownError) as caught:
        Stored(tmp_path, examined, 2)
    assert caught.value.kind is ErrorKind.CHILD_GARBAGE
    with pytest.raises(KnownError):
        Stored(tmp_path, examined, 1).array("y", 0)


@pytest.mark.parametrize(
    "head",
    [
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, -4), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 1000000000000000000000000000000), }",
        "{'descr': '<U0', 'fortran_order': False, 'shape': (4,), }",
        "{'descr': (",
        "{[]: 1}",
    ],
)
def test_a_head_that_is_made_to_hurt_is_garbage(tmp_path: Path, head: str) -> None:
    content = b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode()
    (tmp_path / "y.npy").write_bytes(content + bytes(16 * ("-1" in head)))
    with pytest.raises(KnownError) as caught:
        child_arrays.read(tmp_path, "y.npy", 1000)
    assert caught.value.kind is ErrorKind.CHILD_GARBAGE


@pytest.mark.parametrize(
    "array", [np.array(["cat", ""]), np.array([1 + 2j]), np.zeros((0, 6)), np.array(True), np.eye(3).T[:2]]
)
def test_every_kind_of_answer_comes_back_as_it_was(tmp_path: Path, array: Any) -> None:
    np.save(tmp_path / "y.npy", array)
    found = child_arrays.read(tmp_path, "y.npy", 1000)
    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    assert np.array_equal(found, array)


@pytest.mark.parametrize(
    "change",
    [
        {"unavailable": {"accuracy.agreement": Reason("made_up_code")}},
        {"answers": (messages.AnswerFile("y", 7, "y.npy"),)},
    ],
)
def test_what_makes_no_sense_is_garbage(change: dict[str, Any]) -> None:
    with pytest.raises(KnownError) as caught:
        asking._check(msgspec.structs.replace(messages.Examined("fp32", inputs_sha256=("a",)), **change))
    assert caught.value.kind is ErrorKind.CHILD_GARBAGE


def test_nothing_is_asked_where_nothing_is_wanted_or_nobody_measured(tmp_path: Path) -> None:
    means = Means("onnx", lambda _: None, threading.Event())

    def look(checks: Checks, chosen: Heard | None, **more: Any) -> Gathered:
        plan = RunPlan("m.onnx", "onnxruntime", checks=checks, **more)
        gathered = Gathered(plan, "id", "now", Model("m.onnx", "onnx", "a", 1))
        with Shelf() as own:
            examiner.look(gathered, chosen, means, tmp_path, own)
        return gathered

    assert look(Checks(repeats=0), None).answered is None
    cut_off = look(Checks(), None).answered
    assert cut_off is not None
    assert cut_off.unavailable["accuracy.idempotence"].code == "run_cut_off"
    searching = look(Checks(), None, finds_largest_batch=True).answered
    assert searching is not None
    assert searching.unavailable["accuracy.agreement"].code == "largest_batch_only"


def test_every_code_of_the_verdict_has_a_sentence() -> None:
    for code in ("answers_beyond", "answers_beyond_made", "answers_unlike", "model_is_random",
                 "model_is_random_by", "batch_changes_answers", "calls_change_answers"):  # fmt: skip
        assert code in verdict.LEVELS
        assert wording.has("reasons", code)

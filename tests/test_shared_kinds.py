"""Whole-number inputs of several exports of one network: made of the same."""

from __future__ import annotations

from pathlib import Path

import msgspec

from profiler import shared_kinds
from profiler.commands import comparison
from profiler.errors import ErrorKind, KnownError
from profiler.messages import Description
from profiler.plan import RunPlan
from profiler.result import Tensor
from tests.windows import description


def _model(*names: str, dtype: str = "int64", **limits: int) -> Description:
    specs = [Tensor(name, dtype, ("batch", "sequence")) for name in names]
    return msgspec.structs.replace(description(*specs), input_limits=limits)


def test_an_export_without_a_table_takes_that_of_another() -> None:
    onnx, lite = _model("ids", ids=32_000), _model("serving_ids:0", dtype="int32")
    assert shared_kinds.of([onnx, lite]) == [{}, {"serving_ids:0": "tokens:32000"}]


def test_the_shortest_of_several_tables_holds_for_all() -> None:
    assert shared_kinds.of([_model("ids", ids=9), _model("ids", ids=7)]) == [{"ids": "tokens:7"}, {}]


def test_what_one_export_calls_a_mask_is_one_in_all() -> None:
    named, mute = _model("ids", "attention_mask", ids=9), _model("x", "y", x=9)
    assert shared_kinds.of([named, mute]) == [{}, {"y": "mask"}]


def test_inputs_go_together_by_name_where_names_are_the_same() -> None:
    one, other = _model("a", "b", a=5), _model("b", "a")
    assert shared_kinds.of([one, other]) == [{}, {"a": "tokens:5"}]


def test_other_networks_and_unknown_files_are_left_alone() -> None:
    assert shared_kinds.of([_model("ids", ids=9), _model("a", "b"), None, description()]) == [{}, {}, {}, {}]
    assert shared_kinds.of([_model("a"), _model("b")]) == [{}, {}]


def test_plans_of_a_comparison_keep_what_was_asked_for(tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("a.onnx", "b.onnx", "c.onnx")}
    for path in files.values():
        path.write_bytes((Path(__file__).parent.parent / "resources/samples/digits.onnx").read_bytes())
    models = {"a.onnx": _model("ids", ids=9), "b.onnx": _model("ids")}

    def describe(path: Path, _: str) -> Description:
        if path.name not in models:
            raise KnownError(ErrorKind.MODEL_DAMAGED, file=path.name)
        return models[path.name]

    plans = [RunPlan(str(path), "onnxruntime") for path in files.values()]
    assert [one.input_kinds for one in comparison.alike(plans, describe)] == [{}, {"ids": "tokens:9"}, {}]
    asked = msgspec.structs.replace(plans[1], input_kinds={"ids": "constant:1"})
    assert comparison.alike([plans[0], asked], describe)[1] == asked
    assert comparison.alike(plans[1:2], describe) == plans[1:2]

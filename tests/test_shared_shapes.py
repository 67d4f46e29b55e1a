"""Exports of one network beside each other run at the same sizes, by whatever name each has for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from profiler import dimensions, shapes, shared_plans, shared_shapes
from profiler.commands import comparison
from profiler.messages import Description
from profiler.plan import RunPlan, Sweep
from profiler.result import Free, Tensor
from profiler.shared_shapes import Shared
from tests.windows import description

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
Size = int | str | None


def ids(*shape: Size, name: str = "ids", free: tuple[Free, ...] = (), is_example: bool = False) -> Tensor:
    return Tensor(name, "int64", shape, free, is_example)


ONNX = description(ids("batch", "seq"), ids("batch", "seq", name="mask"))
IR = description(ids(None, None), ids(None, None, name="mask"))
PT2 = description(
    ids("batch", "s27", free=(Free("s27", 2, 512, 16),)),
    ids("batch", "s27", name="mask", free=(Free("s27", 2, 512, 16),)),
)
TRACED = description(
    ids("batch", "ids.1", free=(Free("ids.1", usual=16),), is_example=True),
    ids("batch", "mask.1", name="mask", free=(Free("mask.1", usual=16),), is_example=True),
)
ALONE = description(ids("batch", "seq"))
EVERY = (ONNX, IR, PT2, TRACED)


def ran(plan: RunPlan, found: Description) -> dict[str, tuple[int, ...]]:
    """The shapes that a child makes of this plan."""
    specs = dimensions.renamed(dimensions.all_placed(found.inputs), plan.dimension_names)
    return shapes.concrete_shapes(specs, plan.batch, plan.shapes, plan.dimensions)


def planned(*models: Description, **wanted: Any) -> list[RunPlan]:
    plan = RunPlan("model", "runtime", **wanted)
    return [
        shared_plans.with_shapes(plan, model, shared)
        for model, shared in zip(models, shared_shapes.of(models), strict=True)
    ]


@pytest.mark.parametrize(
    ("wanted", "shape"),
    [({}, (1, 128)), ({"batch": 4}, (4, 128)), ({"dimensions": {"seq": 32}}, (1, 32)),
     ({"dimensions": {"mask.1": 24}}, (1, 24)), ({"dimensions": {"s27": 24}}, (1, 24)),
     ({"dimensions": {"batch": 3}}, (3, 128)), ({"shapes": {"ids": (2, 48)}}, (2, 48))],
)  # fmt: skip
@pytest.mark.parametrize("order", [1, -1])
def test_every_export_runs_the_same_shapes(
    wanted: dict[str, Any], shape: tuple[int, ...], order: int
) -> None:
    models = EVERY[::order]
    for plan, model in zip(planned(*models, **wanted), models, strict=True):
        assert ran(plan, model) == {"ids": shape, "mask": shape}


def test_a_sweep_goes_through_one_size_for_all_of_a_class() -> None:
    plans = planned(*EVERY, dimensions={"seq": 16}, sweep=Sweep(dimensions={"seq": (16, 32)}))
    assert [plan.sweep.dimensions for plan in plans] == [{"seq": (16, 32)}] * 4
    for plan, model in zip(plans, EVERY, strict=True):
        later = msgspec.structs.replace(plan, dimensions={**plan.dimensions, "seq": 32})
        assert ran(later, model)["mask"] == (1, 32)


def test_a_size_that_one_export_fixes_is_that_of_all() -> None:
    fixed, free = description(ids(1, 77)), description(ids("n", "seq", name="x"))
    assert [ran(plan, model) for plan, model in zip(planned(fixed, free), (fixed, free), strict=True)] == [
        {"ids": (1, 77)},
        {"x": (1, 77)},
    ]


def test_a_fixed_batch_holds_for_all_unless_another_is_asked_for() -> None:
    fixed, free = description(ids(4, 7)), description(ids("batch", 7))
    assert ran(planned(fixed, free)[1], free) == {"ids": (4, 7)}
    assert ran(planned(fixed, free, batch=2)[1], free) == {"ids": (2, 7)}
    assert planned(fixed, free, sweep=Sweep(batch=(1, 2)))[1].dimensions == {}


def test_a_default_lies_where_every_export_allows_it() -> None:
    narrow = description(ids("batch", "s1", free=(Free("s1", 2, 64),)))
    for plan, model in zip(planned(ALONE, narrow), (ALONE, narrow), strict=True):
        assert ran(plan, model) == {"ids": (1, 64)}


def test_pictures_with_channels_last_go_with_those_that_have_them_second() -> None:
    first = description(Tensor("image", "float32", ("batch", 3, "height", "width")))
    last = description(Tensor("x", "float32", ("batch", None, None, 3)))
    plans = planned(first, last, dimensions={"height": 32})
    assert ran(plans[0], first) == {"image": (1, 3, 32, 224)}
    assert ran(plans[1], last) == {"x": (1, 32, 224, 3)}


def test_names_that_clash_between_exports_stay_apart() -> None:
    one = description(Tensor("x", "float32", ("batch", "a", "b")))
    other = description(Tensor("x", "float32", ("batch", "b", "a")))
    plans = planned(one, other, dimensions={"a": 5, "b": 6})
    assert ran(plans[0], one) == {"x": (1, 5, 6)}
    assert ran(plans[1], other) == {"x": (1, 6, 5)}


def test_other_networks_and_unknown_files_keep_what_they_have() -> None:
    other = description(Tensor("x", "float32", ("batch", None)))
    assert shared_shapes.of([ONNX, other, None, description()]) == [Shared()] * 4
    plan = RunPlan("model", "runtime", dimensions={"x.1": 4})
    assert shared_plans.with_shapes(plan, None, Shared()) == plan


def test_arrays_bring_their_sizes_and_pictures_do_not(tmp_path: Path) -> None:
    np.save(tmp_path / "ids.npy", np.zeros((1, 9)))
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"")
    assert planned(*EVERY, input_files={"ids": str(tmp_path / "ids.npy")})[1].dimensions == {}
    assert planned(*EVERY, input_files={"": str(tmp_path / "all.npz")})[3].dimensions == {}
    assert planned(*EVERY, input_files={"ids": str(folder)})[3].dimensions == {}
    fixed = description(ids("batch", 77), ids("batch", 77, name="mask"))
    assert planned(fixed, IR, input_files={"ids": str(folder)})[1].dimensions == {"ids.1": 77, "mask.1": 77}


def test_sizes_are_given_back_by_the_names_of_the_file() -> None:
    plan = planned(*EVERY, dimensions={"s27": 24})[1]
    assert shared_plans.own_sizes(plan) == {"ids.1": 24, "mask.1": 24}


def test_a_file_on_several_runtimes_is_described_once() -> None:
    asked: list[Path] = []

    def describe(path: Path, _: str) -> Description:
        asked.append(path)
        return ONNX

    plans = [RunPlan(str(SAMPLES / "digits.onnx"), name) for name in ("onnxruntime", "openvino")]
    assert comparison.alike(plans, describe) == plans
    assert len(asked) == 1

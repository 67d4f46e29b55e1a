"""Inputs that are made up, and inputs that are given."""

from __future__ import annotations

import numpy as np
import pytest

from profiler import inputs
from profiler.errors import ErrorKind, KnownError
from profiler.result import Tensor

IMAGE = Tensor("image", "float32", ("batch", 3, 8, 8))
TOKENS = Tensor("ids", "int64", ("batch", "sequence"))
SHAPES = {"image": (2, 3, 8, 8), "ids": (2, 16)}


def test_dtypes_and_shapes_are_those_asked_for_and_the_seed_decides() -> None:
    one, same, other = (inputs.make((IMAGE, TOKENS), SHAPES, seed) for seed in (1, 1, 2))
    assert {name: (array.dtype.name, array.shape) for name, array in one.items()} == {
        "image": ("float32", (2, 3, 8, 8)),
        "ids": ("int64", (2, 16)),
    }
    assert all(np.array_equal(one[name], same[name]) for name in one)
    assert not np.array_equal(one["image"], other["image"])


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_floats_hold_no_denormals_no_zeros_and_nothing_infinite(dtype: str) -> None:
    array = inputs.make((Tensor("x", dtype, (300_000,)),), {"x": (300_000,)}, 0)["x"]
    assert np.isfinite(array).all()
    assert np.abs(array).min() >= 0.99e-3


def test_integers_stay_inside_the_table_they_index() -> None:
    ids = inputs.make((TOKENS,), SHAPES, 0, {"ids": 5})["ids"]
    assert 0 <= ids.min() <= ids.max() < 5
    unknown = inputs.make((TOKENS,), SHAPES, 0)["ids"]
    assert set(np.unique(unknown)) == {0, 1}


def test_masks_are_ones_and_booleans_are_mixed() -> None:
    specs = (Tensor("attention_mask", "int64", (4,)), Tensor("flags", "bool", (64,)))
    made = inputs.make(specs, {"attention_mask": (4,), "flags": (64,)}, 0)
    assert made["attention_mask"].tolist() == [1, 1, 1, 1]
    assert 0 < int(made["flags"].sum()) < 64


def test_a_table_of_one_row_gets_only_zeros_and_an_input_of_one_integer_is_not_zero() -> None:
    assert inputs.make((TOKENS,), SHAPES, 0, {"ids": 1})["ids"].max() == 0
    single = Tensor("n", "int32", (1,))
    assert all(inputs.make((single,), {"n": (1,)}, seed)["n"].item() == 1 for seed in range(10))


def test_scalars_keep_their_rank() -> None:
    assert inputs.make((Tensor("s", "float32", ()),), {"s": ()}, 0)["s"].shape == ()


def test_text_cannot_be_made_up() -> None:
    with pytest.raises(KnownError) as caught:
        inputs.make((Tensor("s", "object", (1,)),), {"s": (1,)}, 0)
    assert caught.value.kind is ErrorKind.INPUT_DTYPE


def test_inputs_that_cannot_fit_are_refused_before_they_are_made() -> None:
    with pytest.raises(KnownError) as caught:
        inputs.check_room((IMAGE,), {"image": (10**12, 3, 8, 8)}, 10**9)
    assert caught.value.kind is ErrorKind.OUT_OF_MEMORY
    assert inputs.check_room((IMAGE,), SHAPES, 10**9) == 2 * 3 * 8 * 8 * 4


def test_each_set_of_inputs_differs_and_given_samples_take_turns() -> None:
    own = [np.full((2, 16), value) for value in (1, 2, 3)]
    sets = [inputs.make((IMAGE, TOKENS), SHAPES, 0, given={"ids": own}, index=index) for index in range(5)]
    assert [int(one["ids"][0, 0]) for one in sets] == [1, 2, 3, 1, 2]
    assert len({one["image"].tobytes() for one in sets}) == 5


def test_every_export_of_a_network_gets_the_same_whatever_its_inputs_are_called() -> None:
    other = (Tensor("serving_default_x:0", "float32", (2, 3, 8, 8)), Tensor("args_1", "int32", (2, 16)))
    shapes = {"serving_default_x:0": (2, 3, 8, 8), "args_1": (2, 16)}
    one = inputs.make((IMAGE, TOKENS), SHAPES, 7, {"ids": 40})
    same = inputs.make(other, shapes, 7, {"args_1": 40})
    assert one["image"].tobytes() == same["serving_default_x:0"].tobytes()
    assert np.array_equal(one["ids"], same["args_1"])
    turned = inputs.make(other[::-1], shapes, 7, {"args_1": 40})
    assert turned["serving_default_x:0"].tobytes() == one["image"].tobytes()


def test_channels_last_holds_the_same_pictures_and_other_floats_the_same_numbers() -> None:
    first = inputs.make((IMAGE,), SHAPES, 3)["image"]
    last = inputs.make((Tensor("x", "float32", None),), {"x": (2, 8, 8, 3)}, 3)["x"]
    assert np.array_equal(last.transpose(0, 3, 1, 2), first)
    assert last.flags.c_contiguous
    for dtype in ("float16", "float64"):
        other = inputs.make((Tensor("x", dtype, None),), {"x": SHAPES["image"]}, 3)["x"]
        assert np.array_equal(other, first.astype(dtype))


def test_two_inputs_that_are_alike_get_numbers_of_their_own() -> None:
    specs = (Tensor("a", "float32", (4,)), Tensor("b", "float32", (4,)))
    made = inputs.make(specs, {"a": (4,), "b": (4,)}, 0)
    assert not np.array_equal(made["a"], made["b"])


def test_kinds_decide_what_is_made() -> None:
    spec = Tensor("x", "float32", (64,))
    found = {
        kind: inputs.make((spec,), {"x": (64,)}, 0, kinds={"x": kind})["x"]
        for kind in ("image", "probability", "uniform:-3,-2", "constant:0.5", "mask", "integers:4,6")
    }
    assert 0 < found["image"].min() < 0.2
    assert 0.8 < found["image"].max() < 1
    assert 0 < found["probability"].min() <= found["probability"].max() < 1
    assert -3 <= found["uniform:-3,-2"].min() <= found["uniform:-3,-2"].max() <= -2
    assert set(found["constant:0.5"]) == {0.5}
    assert set(found["mask"]) == {1.0}
    assert set(found["integers:4,6"]) == {4.0, 5.0, 6.0}


def test_pictures_of_whole_numbers_span_what_their_type_holds() -> None:
    shape = (1, 3, 64, 64)
    for dtype, low, high in (("uint8", 0, 255), ("int8", -128, 127), ("int32", 0, 255)):
        made = inputs.make((Tensor("x", dtype, shape),), {"x": shape}, 0, kinds={"x": "image"})["x"]
        assert (made.dtype.name, int(made.min()), int(made.max())) == (dtype, low, high)


def test_a_wish_wins_over_the_table_of_the_graph() -> None:
    made = inputs.make((TOKENS,), SHAPES, 0, {"ids": 5}, kinds={"ids": "tokens:9000"})["ids"]
    assert made.max() > 5

"""Pictures as a model takes them: exact resizing, layouts, dtypes, batches."""

from __future__ import annotations

import numpy as np
import pytest

from profiler import input_pictures
from profiler.errors import ErrorKind, KnownError
from profiler.input_values import Array
from profiler.result import Tensor


def _plane(rows: list[list[float]]) -> Array:
    return np.asarray(rows, dtype=np.float32)[:, :, None]


def _picture(red: int, green: int, blue: int, height: int = 4, width: int = 4) -> Array:
    return np.tile(np.array([red, green, blue], dtype=np.uint8), (height, width, 1))


def test_an_axis_that_shrinks_takes_the_mean_of_what_it_covers() -> None:
    whole = input_pictures.resized(_plane([[0, 4, 8, 12], [2, 6, 10, 14]]), 1, 2)
    assert whole[:, :, 0].tolist() == [[3.0, 11.0]]
    thirds = input_pictures.resized(_plane([[0, 3, 9]]), 1, 2)
    assert thirds[0, :, 0] == pytest.approx([1.0, 7.0])


def test_an_axis_that_grows_is_linear_between_centres() -> None:
    wide = input_pictures.resized(_plane([[0, 8]]), 1, 4)
    assert wide[0, :, 0].tolist() == [0.0, 2.0, 6.0, 8.0]
    assert input_pictures.resized(_plane([[5]]), 3, 2).tolist() == [[[5.0], [5.0]]] * 3


def test_the_same_size_and_an_even_picture_stay_as_they_are() -> None:
    random = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    assert np.array_equal(input_pictures.resized(random, 5, 7), random)
    for size in (3, 17):
        assert input_pictures.resized(_picture(9, 8, 7), size, size) == pytest.approx(
            np.tile([9.0, 8.0, 7.0], (size, size, 1))
        )


@pytest.mark.parametrize(
    ("shape", "layout"),
    [
        ((1, 3, 8, 9), "NCHW 8 9 3"), ((1, 8, 9, 3), "NHWC 8 9 3"), ((2, 1, 8, 9), "NCHW 8 9 1"),
        ((3, 8, 9), "CHW 8 9 3"), ((8, 9, 4), "HWC 8 9 4"), ((8, 9), "HW 8 9 1"), ((5, 8, 9), "NHW 8 9 1"),
        ((1, 8, 3), "HWC 1 8 3"), ((1, 8, 9), "CHW 8 9 1"),
    ],
)  # fmt: skip
def test_the_layout_follows_from_where_channels_can_stand(shape: tuple[int, ...], layout: str) -> None:
    found = input_pictures.layout_of(shape)
    assert found is not None
    assert " ".join(map(str, found)) == layout


@pytest.mark.parametrize("shape", [(), (4,), (1, 2, 8, 9), (1, 2, 3, 4, 5)])
def test_other_shapes_are_no_pictures(shape: tuple[int, ...]) -> None:
    with pytest.raises(KnownError) as caught:
        input_pictures.samples([_picture(1, 2, 3)], Tensor("x", "float32", shape), shape, 8)
    assert caught.value.kind is ErrorKind.INPUT_UNREADABLE


@pytest.mark.parametrize(
    ("dtype", "first"), [("float32", 200 / 255), ("uint8", 200), ("int8", 72), ("int32", 200)]
)
def test_floats_are_scaled_and_whole_numbers_are_not(dtype: str, first: float) -> None:
    shape = (1, 3, 2, 2)
    found, origin = input_pictures.samples([_picture(200, 100, 0)], Tensor("x", dtype, shape), shape, 8)
    assert (found[0].shape, found[0].dtype.name) == (shape, dtype)
    assert found[0][0, 0] == pytest.approx(first)
    values = {"float32": "0_1", "int8": "shifted"}.get(dtype, "0_255")
    assert origin == f"images:1:2x2:NCHW:{values}"


def test_both_layouts_hold_the_same_numbers_and_grey_is_luminance() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (11, 6, 3)).astype(np.uint8)
    first, _ = input_pictures.samples([picture], Tensor("x", "float32", None), (1, 3, 5, 5), 1)
    last, _ = input_pictures.samples([picture], Tensor("x", "float32", None), (1, 5, 5, 3), 1)
    assert np.array_equal(first[0].transpose(0, 2, 3, 1), last[0])
    grey, _ = input_pictures.samples([_picture(100, 50, 20)], Tensor("x", "uint8", None), (1, 1, 2, 2), 1)
    assert grey[0].ravel().tolist() == [round(0.299 * 100 + 0.587 * 50 + 0.114 * 20)] * 4
    opaque, _ = input_pictures.samples([_picture(1, 2, 3)], Tensor("x", "uint8", None), (1, 1, 2, 4), 1)
    assert opaque[0].shape == (1, 1, 2, 4)


def test_a_batch_takes_pictures_in_turn() -> None:
    three = [_picture(value, value, value) for value in (1, 2, 3)]
    found, origin = input_pictures.samples(three, Tensor("x", "uint8", None), (2, 3, 1, 1), 8)
    assert [one[:, 0, 0, 0].tolist() for one in found] == [[1, 2], [3, 1]]
    assert origin.startswith("images:3:")
    capped, _ = input_pictures.samples(three, Tensor("x", "uint8", None), (1, 3, 1, 1), 2)
    assert [int(one[0, 0, 0, 0]) for one in capped] == [1, 2]

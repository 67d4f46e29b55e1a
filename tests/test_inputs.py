"""Inputs that are made up, and inputs that are given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from profiler import inputs
from profiler.errors import ErrorKind, KnownError
from profiler.result import Tensor

IMAGE = Tensor("image", "float32", ("batch", 3, 8, 8))
TOKENS = Tensor("ids", "int64", ("batch", "sequence"))
SHAPES = {"image": (2, 3, 8, 8), "ids": (2, 16)}


def _kind(files: dict[str, str], *specs: Tensor) -> ErrorKind:
    with pytest.raises(KnownError) as caught:
        inputs.read_files(files, specs)
    return caught.value.kind


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


def test_arrays_are_read_from_npy_and_npz(tmp_path: Path) -> None:
    image = np.ones(SHAPES["image"], dtype=np.float32)
    np.save(tmp_path / "image.npy", image)
    np.savez(tmp_path / "all.npz", image=image, ids=np.ones((2, 16), dtype=np.int64))
    assert np.array_equal(inputs.read_files({"image": str(tmp_path / "image.npy")}, (IMAGE,))["image"], image)
    both = inputs.read_files({"": str(tmp_path / "all.npz")}, (IMAGE, TOKENS))
    assert set(both) == {"image", "ids"}
    assert inputs.make((IMAGE,), SHAPES, 0, given={"image": image})["image"] is not None


def test_wrong_inputs_are_refused_by_kind(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.full((2, 3, 8, 8), np.nan, dtype=np.float32))
    assert _kind({"image": str(path)}, IMAGE) is ErrorKind.INPUT_NOT_FINITE
    np.save(path, np.ones((2, 3, 8, 8), dtype=np.float64))
    assert _kind({"image": str(path)}, IMAGE) is ErrorKind.INPUT_DTYPE
    assert _kind({"picture": str(path)}, IMAGE) is ErrorKind.INPUT_UNKNOWN
    path.write_text("not an array")
    assert _kind({"image": str(path)}, IMAGE) is ErrorKind.INPUT_UNREADABLE
    assert _kind({"image": str(tmp_path / "none.npy")}, IMAGE) is ErrorKind.INPUT_UNREADABLE
    np.savez(tmp_path / "x.npz", image=np.ones(1))
    assert _kind({"image": str(tmp_path / "x.npz")}, IMAGE) is ErrorKind.INPUT_UNREADABLE


def test_a_pickle_in_an_npy_file_is_never_opened(tmp_path: Path) -> None:
    class Touch:
        def __reduce__(self) -> tuple[object, tuple[str, str]]:
            return open, (str(tmp_path / "touched"), "w")

    np.save(tmp_path / "evil.npy", np.array([Touch()], dtype=object), allow_pickle=True)
    assert _kind({"image": str(tmp_path / "evil.npy")}, IMAGE) is ErrorKind.INPUT_UNREADABLE
    assert not (tmp_path / "touched").exists()


def test_inputs_that_cannot_fit_are_refused_before_they_are_made() -> None:
    with pytest.raises(KnownError) as caught:
        inputs.check_room((IMAGE,), {"image": (10**12, 3, 8, 8)}, 8, 10**9)
    assert caught.value.kind is ErrorKind.OUT_OF_MEMORY
    assert inputs.check_room((IMAGE,), SHAPES, 2, 10**9) == 2 * 2 * 3 * 8 * 8 * 4

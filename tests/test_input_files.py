"""The user's own inputs: read, cut into samples, turned and cast where that loses nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from profiler import input_files, shapes
from profiler.errors import ErrorKind, KnownError
from profiler.input_files import Given
from profiler.input_values import Array
from profiler.result import Reason, Tensor

IMAGE = Tensor("image", "float32", ("batch", 3, 8, 8))
LAST = Tensor("image", "float32", (1, 8, 8, 3))
TOKENS = Tensor("ids", "int64", ("batch", "sequence"))


def _given(files: dict[str, str], *specs: Tensor, batch: int = 1, distinct: int = 8) -> Given:
    sources = input_files.read(files, specs)
    wanted = input_files.wanted_shapes(sources, specs, batch, {})
    return input_files.fit(sources, specs, shapes.concrete_shapes(specs, batch, wanted), distinct)


def _kind(files: dict[str, str], *specs: Tensor) -> ErrorKind:
    with pytest.raises(KnownError) as caught:
        _given(files, *specs)
    return caught.value.kind


def _saved(folder: Path, array: Array) -> dict[str, str]:
    np.save(folder / "x.npy", array)
    return {"image": str(folder / "x.npy")}


def _numbers(*shape: int, dtype: str = "float32") -> Array:
    return np.arange(np.prod(shape), dtype=dtype).reshape(shape)


def test_arrays_are_read_from_npy_and_npz(tmp_path: Path) -> None:
    image = _numbers(1, 3, 8, 8)
    one = _given(_saved(tmp_path, image), IMAGE)
    assert np.array_equal(one.samples["image"][0], image)
    assert (one.origin, one.notes) == ({"image": "file"}, ())
    np.savez(tmp_path / "all.npz", image=image, ids=np.ones((1, 16), dtype=np.int64))
    both = _given({"": str(tmp_path / "all.npz")}, IMAGE, TOKENS)
    assert {name: [one.shape for one in found] for name, found in both.samples.items()} == {
        "image": [(1, 3, 8, 8)],
        "ids": [(1, 16)],
    }


@pytest.mark.parametrize(
    ("first", "batch", "distinct", "count", "rest"),
    [(6, 2, 8, 3, 0), (6, 1, 8, 6, 0), (6, 1, 4, 4, 0), (7, 3, 8, 2, 1), (2, 2, 8, 1, 0), (2, 4, 8, 1, 0)],
)
def test_a_longer_first_dimension_is_several_samples(
    tmp_path: Path, first: int, batch: int, distinct: int, count: int, rest: int
) -> None:
    array = _numbers(first, 3, 8, 8)
    found = _given(_saved(tmp_path, array), IMAGE, batch=batch, distinct=distinct)
    size = min(batch, first)
    assert [one.shape for one in found.samples["image"]] == [(size, 3, 8, 8)] * count
    assert np.array_equal(np.concatenate(found.samples["image"]), array[: count * size])
    assert found.origin["image"] == ("file" if count == 1 else f"files:{count}")
    assert [reason.parameters["inputs"] for reason in found.notes] == ([f"image ({rest})"] if rest else [])


def test_a_fixed_batch_cuts_and_a_sequence_does_not(tmp_path: Path) -> None:
    fixed = Tensor("image", "float32", (2, 4))
    assert len(_given(_saved(tmp_path, _numbers(6, 4)), fixed).samples["image"]) == 3
    rows = Tensor("image", "float32", ("sequence", 4))
    assert _given(_saved(tmp_path, _numbers(6, 4)), rows).samples["image"][0].shape == (6, 4)
    scalar = Tensor("image", "float32", ())
    assert _given(_saved(tmp_path, np.float32(3)), scalar).samples["image"][0].shape == ()


@pytest.mark.parametrize(("spec", "given"), [(LAST, (1, 3, 8, 8)), (IMAGE, (1, 8, 8, 3))])
def test_channels_are_moved_where_the_array_only_fits_that_way(
    tmp_path: Path, spec: Tensor, given: tuple[int, ...]
) -> None:
    array = _numbers(*given)
    found = _given(_saved(tmp_path, array), spec)
    turn = (0, 2, 3, 1) if spec is LAST else (0, 3, 1, 2)
    assert np.array_equal(found.samples["image"][0], array.transpose(turn))
    assert found.samples["image"][0].flags.c_contiguous
    change = "1×3×8×8 → 1×8×8×3" if spec is LAST else "1×8×8×3 → 1×3×8×8"
    assert found.notes == (Reason("input_transposed", {"inputs": f"image ({change})"}),)


@pytest.mark.parametrize(
    ("array", "wanted"),
    [
        (np.array([1.5, -2.0]), "float32"),
        (np.array([1.5, -2.0], dtype=np.float32), "float64"),
        (np.array([0, 255], dtype=np.uint8), "float32"),
        (np.array([7, -7]), "int32"),
        (np.array([7, 9], dtype=np.int32), "int64"),
        (np.array([0, 127], dtype=np.int64), "int8"),
    ],
)
def test_a_cast_that_keeps_every_number_is_made_and_said(tmp_path: Path, array: Array, wanted: str) -> None:
    found = _given(_saved(tmp_path, array), Tensor("image", wanted, (2,)))
    assert found.samples["image"][0].dtype.name == wanted
    assert found.samples["image"][0].tolist() == array.tolist()
    change = f"image ({array.dtype.name} → {wanted})"
    assert found.notes == (Reason("input_cast", {"inputs": change}),)


@pytest.mark.parametrize(
    ("array", "wanted"),
    [
        (np.array([0.1, 1.0]), "float32"),
        (np.array([1e300, 1.0]), "float32"),
        (np.array([200, 1], dtype=np.uint8), "int8"),
        (np.array([-1, 1], dtype=np.int64), "uint64"),
        (np.array([1 << 40, 1]), "int32"),
        (np.array([(1 << 53) + 1, 1]), "float64"),
        (np.array([1.0, 2.0]), "int64"),
        (np.array([True, False]), "float32"),
    ],
)
def test_a_cast_that_would_change_a_number_is_refused(tmp_path: Path, array: Array, wanted: str) -> None:
    assert _kind(_saved(tmp_path, array), Tensor("image", wanted, (2,))) is ErrorKind.INPUT_DTYPE


def test_a_folder_of_arrays_is_read_in_order(tmp_path: Path) -> None:
    for number in (2, 0, 1):
        np.save(tmp_path / f"{number}.npy", np.full((1, 3, 8, 8), number, dtype=np.float32))
    found = _given({"image": str(tmp_path)}, IMAGE)
    assert [one[0, 0, 0, 0] for one in found.samples["image"]] == [0, 1, 2]
    assert found.origin["image"] == "files:3"


def test_wrong_inputs_are_refused_by_kind(tmp_path: Path) -> None:
    files = _saved(tmp_path, np.full((1, 3, 8, 8), np.nan, dtype=np.float32))
    path = tmp_path / "x.npy"
    assert _kind(files, IMAGE) is ErrorKind.INPUT_NOT_FINITE
    np.save(path, np.full((1, 3, 8, 8), np.nan))
    assert _kind(files, IMAGE) is ErrorKind.INPUT_NOT_FINITE
    np.save(path, np.ones((1, 4, 8, 8), dtype=np.float32))
    assert _kind(files, IMAGE) is ErrorKind.SHAPE_MISMATCH
    assert _kind({"picture": str(path)}, IMAGE) is ErrorKind.INPUT_UNKNOWN
    path.write_text("not an array")
    assert _kind(files, IMAGE) is ErrorKind.INPUT_UNREADABLE
    assert _kind({"image": str(tmp_path / "none.npy")}, IMAGE) is ErrorKind.INPUT_MISSING
    np.savez(tmp_path / "x.npz", image=np.ones(1))
    assert _kind({"image": str(tmp_path / "x.npz")}, IMAGE) is ErrorKind.INPUT_OTHER_OPTION
    assert _kind({"": str(tmp_path / "none.npz")}, IMAGE) is ErrorKind.INPUT_MISSING
    (tmp_path / "empty").mkdir()
    assert _kind({"image": str(tmp_path / "empty")}, IMAGE) is ErrorKind.INPUT_UNREADABLE


def test_a_pickle_in_an_npy_file_is_never_opened(tmp_path: Path) -> None:
    class Touch:
        def __reduce__(self) -> tuple[object, tuple[str, str]]:
            return open, (str(tmp_path / "touched"), "w")

    np.save(tmp_path / "evil.npy", np.array([Touch()], dtype=object), allow_pickle=True)
    assert _kind({"image": str(tmp_path / "evil.npy")}, IMAGE) is ErrorKind.INPUT_UNREADABLE
    assert not (tmp_path / "touched").exists()

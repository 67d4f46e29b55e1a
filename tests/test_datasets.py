"""Labelled data from the user's files to what the measuring child streams."""

from __future__ import annotations

import csv
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from profiler import error_text, image_decoding, messages
from profiler.checks_plan import Dataset
from profiler.correctness import dataset_sources, datasets, preprocessing, sample_order
from profiler.correctness.dataset_shelf import KEPT_S, DatasetShelf
from profiler.correctness.prepared import Data
from profiler.errors import ErrorKind, KnownError
from tests.labelled_data import DIGITS_TEST, INPUTS, SHAPES, as_pictures, digits, plan_with, shelf

UNIT = preprocessing.parse("unit")


def _ask(request: messages.Request, timeout_s: float) -> messages.Report:
    """The image child's answer without a child."""
    assert isinstance(request, messages.DecodeImages)
    return image_decoding.decode(request)


def _prepared(tmp_path: Path, dataset: Dataset, **options: Any) -> Data:
    plan = plan_with(dataset)
    found = datasets.prepare(plan, INPUTS, SHAPES, on=shelf(tmp_path), ask=_ask, **options)
    return Data(Path(found.prepared))


def _refusal(dataset: Dataset, do: Callable[[Dataset], object] = datasets.check) -> str:
    with pytest.raises(KnownError) as caught:
        do(dataset)
    assert caught.value.kind is ErrorKind.DATASET_UNUSABLE
    for language in ("en", "zh_CN"):
        assert "{" not in error_text.sentence(caught.value.info, language)
    return caught.value.info.parameters["what"]


def _npz(tmp_path: Path, **arrays: Any) -> Dataset:
    np.savez(tmp_path / "data.npz", **arrays)
    return Dataset(str(tmp_path / "data.npz"))


def test_an_npz_is_streamed_in_a_mixed_order_with_its_labels_beside(tmp_path: Path) -> None:
    data = _prepared(tmp_path, Dataset(str(DIGITS_TEST)))
    x, y = digits()
    rows = data.rows("x", 0, 360)
    order = [int(np.flatnonzero((x == row).all(axis=(1, 2, 3)))[0]) for row in rows]
    assert sorted(order) == list(range(360))
    assert np.array_equal(data.labels, y[order])
    assert (data.about.kind, data.about.task, data.about.classes) == ("arrays", "classification", 10)


def test_a_folder_for_each_class_becomes_pixels(tmp_path: Path) -> None:
    as_pictures(tmp_path / "png", 30)
    told: list[tuple[int, int]] = []
    heard = lambda done, total: told.append((done, total))  # noqa: E731
    data = _prepared(tmp_path, Dataset(str(tmp_path / "png"), preprocessing=UNIT), tell=heard)
    rows = data.rows("pictures", 0, 30)
    assert (rows.shape, rows.dtype.name, data.about.kind) == ((30, 8, 8, 1), "uint8", "pictures")
    assert data.about.preprocessing.channels == "grey"
    assert told[-1] == (30, 30)
    x, y = digits(30)
    known = {
        np.rint(image * 255).astype(np.uint8).tobytes(): int(label) for image, label in zip(x, y, strict=True)
    }
    assert [known[row.tobytes()] for row in rows] == data.labels.tolist()


def test_chunks_are_read_across(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("profiler.correctness.dataset_making.CHUNK_PICTURES", 7)
    as_pictures(tmp_path / "png", 20)
    data = _prepared(tmp_path, Dataset(str(tmp_path / "png")))
    assert data.about.chunks == {"pictures": (7, 7, 6)}
    whole = data.rows("pictures", 0, 20)
    assert np.array_equal(data.rows("pictures", 5, 12), whole[5:17])
    assert np.array_equal(data.rows("pictures", 19, 1), whole[19:])


def test_what_is_prepared_once_is_taken_by_the_next_run(tmp_path: Path) -> None:
    asked: list[messages.Request] = []

    def ask(request: messages.Request, timeout_s: float) -> messages.Report:
        asked.append(request)
        return _ask(request, timeout_s)

    as_pictures(tmp_path / "png", 5)
    plan = plan_with(Dataset(str(tmp_path / "png")))
    first, second = (datasets.prepare(plan, INPUTS, SHAPES, on=shelf(tmp_path), ask=ask) for _ in range(2))
    assert (first, len(asked)) == (second, 1)
    other = datasets.prepare(plan, INPUTS, {"image": (1, 1, 4, 4)}, on=shelf(tmp_path), ask=ask)
    assert other.prepared != first.prepared
    assert Data(Path(other.prepared)).about.sha256 == Data(Path(first.prepared)).about.sha256


def test_other_labels_are_other_data(tmp_path: Path) -> None:
    x, y = digits(20)
    first = _prepared(tmp_path, _npz(tmp_path, x=x, y=y))
    second = _prepared(tmp_path, _npz(tmp_path, x=x, y=(y + 1) % 10))
    assert first.about.sha256 != second.about.sha256


def test_a_cut_off_preparation_leaves_nothing_behind(tmp_path: Path) -> None:
    (first, _), *_ = as_pictures(tmp_path / "png", 5)
    first.with_name("broken.png").write_bytes(b"no picture")
    with pytest.raises(KnownError) as caught:
        _prepared(tmp_path, Dataset(str(tmp_path / "png")))
    assert caught.value.info.parameters["file"] == "broken.png"
    with pytest.raises(KnownError):
        _prepared(tmp_path, Dataset(str(DIGITS_TEST)), stop_asked=lambda: True)
    assert list((tmp_path / "shelf").iterdir()) == []


def test_a_full_disk_is_said_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1_000})
    monkeypatch.setattr("profiler.correctness.dataset_shelf.shutil.disk_usage", lambda path: usage)
    with pytest.raises(KnownError) as caught:
        _prepared(tmp_path, Dataset(str(DIGITS_TEST)))
    assert "--limit-samples" in error_text.sentence(caught.value.info, "en")


def test_the_shelf_forgets_what_nobody_used_for_a_week(tmp_path: Path) -> None:
    place = shelf(tmp_path)
    with place.making("old", 0, 0.0) as folder:
        (folder / "dataset.json").write_text("{}")
    found = place.find("old")
    assert found is not None
    used_s = (found / "dataset.json").stat().st_mtime
    place.sweep(used_s + KEPT_S - 1)
    assert place.find("old") is not None
    place.sweep(used_s + KEPT_S + 3_600)
    assert DatasetShelf(tmp_path / "shelf").find("old") is None


def test_a_limit_spreads_over_the_classes_and_holds_for_a_seed() -> None:
    classes = np.repeat(np.arange(4), 25)
    chosen = sample_order.mixed(100, 8, 0, classes)
    assert sorted(classes[chosen].tolist()) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert np.array_equal(chosen, sample_order.mixed(100, 8, 0, classes))
    assert not np.array_equal(chosen, sample_order.mixed(100, 8, 1, classes))
    assert sorted(sample_order.mixed(100, 0, 0, classes).tolist()) == list(range(100))


def test_a_limit_keeps_the_shares_of_classes() -> None:
    classes = np.repeat([0, 1], [90, 10])
    assert np.bincount(classes[sample_order.mixed(100, 20, 0, classes)]).tolist() == [18, 2]


def _labels_file(tmp_path: Path, lines: list[str], name: str = "l.csv") -> Dataset:
    (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    return Dataset(str(tmp_path / "flat"), labels=str(tmp_path / name))


@pytest.fixture
def flat(tmp_path: Path) -> Path:
    """A folder with three pictures."""
    (tmp_path / "flat").mkdir()
    for name in ("a.png", "b, c.png", "d.jpg"):
        Image.new("L", (8, 8)).save(tmp_path / "flat" / name)
    return tmp_path


@pytest.mark.parametrize(
    ("lines", "labels", "names"),
    [
        (["file,label", "a.png,2", '"b, c.png",0', "d.jpg,1"], [2, 0, 1], ()),
        (["a.png,cat", '"b, c.png","dog"', "d.jpg,cat"], [0, 1, 0], ("cat", "dog")),
        (["a.png;1.5", "d.jpg;2"], [1.5, 2.0], ()),
        (["filename\tclass", "a.png\tx", "", "d.jpg\ty"], [0, 1], ("x", "y")),
        (["a.png 3", "b, c.png 4"], [3, 4], ()),
    ],
)
def test_labels_files_as_people_write_them(
    flat: Path, lines: list[str], labels: list[float], names: tuple[str, ...]
) -> None:
    found = dataset_sources.of(_labels_file(flat, lines))
    assert found.labels is not None
    assert (found.labels.tolist(), found.class_names) == (labels, names)


def test_a_labels_file_of_a_spreadsheet_is_read(flat: Path) -> None:
    with (flat / "s.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["image", "label"], ["b, c.png", "1"]])
    found = dataset_sources.of(Dataset(str(flat / "flat"), labels=str(flat / "s.csv")))
    assert [path.name for path in found.files] == ["b, c.png"]


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ([], "dataset_labels_empty"),
        (["file,label"], "dataset_labels_empty"),
        (["a.png,1", "d.jpg"], "dataset_labels_line"),
        (["a.png,1", "gone.png,1"], "dataset_picture_missing"),
        (["../l.csv,1"], "dataset_picture_outside"),
        (["a.png,-1"], "dataset_label_negative"),
        (["a.png,nan", "d.jpg,1.5"], "dataset_label_not_finite"),
    ],
)
def test_what_is_wrong_in_a_labels_file_is_named(flat: Path, lines: list[str], what: str) -> None:
    assert _refusal(_labels_file(flat, lines)) == what


def test_class_folders_are_sorted_and_numbers_are_the_classes(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / "words" / name).mkdir(parents=True)
        Image.new("L", (2, 2)).save(tmp_path / "words" / name / "x.png")
    words = dataset_sources.of(Dataset(str(tmp_path / "words")))
    assert words.class_names == ("a", "b")
    for name in ("7", "10"):
        (tmp_path / "numbers" / name).mkdir(parents=True)
        Image.new("L", (2, 2)).save(tmp_path / "numbers" / name / "x.png")
    numbers = dataset_sources.of(Dataset(str(tmp_path / "numbers")))
    assert numbers.labels is not None
    assert (numbers.labels.tolist(), numbers.class_names, numbers.classes) == ([7, 10], (), 11)
    (tmp_path / "words" / "classes.txt").write_text("b\nc\na\n")
    listed = dataset_sources.of(Dataset(str(tmp_path / "words")))
    assert listed.labels is not None
    assert (listed.labels.tolist(), listed.class_names) == ([0, 2], ("b", "c", "a"))


def test_what_is_wrong_with_a_folder_is_named(flat: Path) -> None:
    assert _refusal(Dataset(str(flat / "gone"))) == "dataset_missing"
    assert _refusal(Dataset(str(flat / "flat"))) == "dataset_no_labels"
    assert _refusal(Dataset(str(flat / "flat"), labels=str(flat / "gone.csv"))) == "dataset_labels_missing"
    (flat / "flat" / "empty").mkdir()
    assert _refusal(Dataset(str(flat / "flat"))) == "dataset_class_empty"
    (flat / "flat" / "classes.txt").write_text("other\n")
    assert _refusal(Dataset(str(flat / "flat"))) == "dataset_class_unknown"
    (flat / "x.txt").write_text("x")
    assert _refusal(Dataset(str(flat / "x.txt"))) == "dataset_kind"


def test_what_is_wrong_with_an_npz_is_named(tmp_path: Path) -> None:
    x, y = digits(4)
    assert _refusal(_npz(tmp_path, x=x)) == "dataset_no_label_array"
    assert _refusal(_npz(tmp_path, y=y)) == "dataset_no_input_array"
    assert _refusal(_npz(tmp_path, x=x, y=y[:3])) == "dataset_lengths"
    assert _refusal(_npz(tmp_path, x=x[:0], y=y[:0])) == "dataset_empty"
    assert _refusal(_npz(tmp_path, x=np.array([None] * 4), y=y)) == "dataset_array"
    assert _refusal(_npz(tmp_path, x=x, y=y.astype(np.float32)[:, None, None] + np.zeros((4, 2, 2)))) == (
        "dataset_label_shape"
    )
    (tmp_path / "data.npz").write_bytes(b"PK no archive")
    assert _refusal(Dataset(str(tmp_path / "data.npz"))) == "dataset_unreadable"


def test_a_shape_that_claims_more_than_there_is_is_refused(tmp_path: Path) -> None:
    head = np.lib.format
    with zipfile.ZipFile(tmp_path / "data.npz", "w") as archive:
        for name in ("x.npy", "y.npy"):
            with archive.open(name, "w") as file:
                head.write_array_header_1_0(
                    file, {"descr": "<f8", "fortran_order": False, "shape": (10**12, 8)}
                )
    assert _refusal(Dataset(str(tmp_path / "data.npz"))) == "dataset_array"


@pytest.mark.parametrize(
    "head",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-4, 8), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000000, 0), }",
        "{'descr': (",
        "(" * 5000,
        "{[]: 1}",
    ],
)
def test_a_head_that_is_made_to_hurt_is_refused(tmp_path: Path, head: str) -> None:
    with zipfile.ZipFile(tmp_path / "data.npz", "w") as archive:
        for name in ("x.npy", "y.npy"):
            archive.writestr(name, b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode())
    assert _refusal(Dataset(str(tmp_path / "data.npz"))) == "dataset_array"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name here")
def test_a_pipe_among_the_pictures_is_refused_before_anybody_waits_for_it(tmp_path: Path) -> None:
    as_pictures(tmp_path / "png", 4)
    os.mkfifo(next((tmp_path / "png").iterdir()) / "z.png")
    dataset = Dataset(str(tmp_path / "png"), preprocessing=UNIT)
    assert _refusal(dataset, lambda one: _prepared(tmp_path, one)) == "dataset_unreadable"


def test_a_strip_that_would_grow_beyond_all_bounds_is_refused(tmp_path: Path) -> None:
    (tmp_path / "png" / "0").mkdir(parents=True)
    Image.fromarray(np.zeros((20_000, 1), dtype=np.uint8)).save(tmp_path / "png" / "0" / "strip.png")
    dataset = Dataset(str(tmp_path / "png"), preprocessing=preprocessing.parse("resize=256,crop=224"))
    with pytest.raises(KnownError) as caught:
        _prepared(tmp_path, dataset)
    assert caught.value.kind is ErrorKind.INPUT_UNREADABLE
    assert "256 x 5120000" in caught.value.info.text


def test_labels_are_told_apart_by_what_they_are(tmp_path: Path) -> None:
    def task(y: Any) -> str:
        return dataset_sources.of(_npz(tmp_path, x=np.zeros((len(y), 2)), y=y)).task

    assert task(np.array([0, 1, 1])) == "classification"
    assert task(np.array([[0], [1]])) == "classification"
    assert task(np.array([[0.0, 1.0], [1.0, 0.0]])) == "classification"
    assert task(np.array([0.5, 1.0])) == "values"
    assert task(np.array([[0.5, 2.0], [1.0, 0.0]])) == "values"
    assert task(np.zeros((2, 4, 4), dtype=np.uint8)) == "maps"


def test_arrays_in_fortran_order_and_maps_keep_their_rows(tmp_path: Path) -> None:
    x = np.asfortranarray(np.arange(24.0).reshape(6, 4))
    maps = np.arange(24, dtype=np.uint8).reshape(6, 2, 2)
    data = _prepared(tmp_path, _npz(tmp_path, x=x, y=maps))
    rows = data.rows("x", 0, 6)
    assert np.array_equal(rows[:, 0] // 4, data.labels[:, 0, 0] // 4)
    assert sorted(rows[:, 0].tolist()) == [0, 4, 8, 12, 16, 20]


def test_pictures_need_a_model_of_one_picture(tmp_path: Path) -> None:
    as_pictures(tmp_path / "png", 3)
    plan = plan_with(Dataset(str(tmp_path / "png")))
    with pytest.raises(KnownError) as caught:
        datasets.prepare(plan, (*INPUTS, *INPUTS), SHAPES, on=shelf(tmp_path), ask=_ask)
    assert caught.value.info.parameters["what"] == "dataset_one_input"
    with pytest.raises(KnownError) as caught:
        datasets.prepare(plan, INPUTS, {"image": (1, 2, 3, 4, 5)}, on=shelf(tmp_path), ask=_ask)
    assert caught.value.kind is ErrorKind.INPUT_UNREADABLE

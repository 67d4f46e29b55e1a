"""Pictures as inputs, from the user's files to what a child of ours made of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from profiler import error_text, image_client, image_decoding, input_files, messages
from profiler.errors import ErrorKind, KnownError
from profiler.input_values import Array
from profiler.plan import RunPlan, Sweep
from profiler.result import Tensor

SPEC = Tensor("x", "float32", (1, 3, 2, 2))


def _png(
    path: Path, colour: object = (200, 100, 0), size: tuple[int, int] = (5, 4), mode: str = "RGB"
) -> Path:
    Image.new(mode, size, colour).save(path)  # type: ignore[arg-type]
    return path


def _decoded(tmp_path: Path, *files: Path) -> list[Array]:
    place = tmp_path / "decoded"
    place.mkdir()
    image_decoding.decode(messages.DecodeImages(tuple(map(str, files)), str(place)))
    return [np.load(file) for file in sorted(place.iterdir())]


def _refusal(path: Path) -> KnownError:
    with pytest.raises(KnownError) as caught:
        image_decoding.decode(messages.DecodeImages((str(path),), str(path.parent)))
    return caught.value


def test_pictures_become_pixels_of_height_width_and_three_colours(tmp_path: Path) -> None:
    jpeg = tmp_path / "b.jpg"
    Image.new("L", (6, 3), 77).save(jpeg)
    clear = _png(tmp_path / "c.png", (1, 2, 3, 0), mode="RGBA")
    deep = _png(tmp_path / "d.png", 0x1234, mode="I;16")
    first, second, third, fourth = _decoded(tmp_path, _png(tmp_path / "a.png"), jpeg, clear, deep)
    assert (first.shape, first.dtype.name, first[0, 0].tolist()) == ((4, 5, 3), "uint8", [200, 100, 0])
    assert (second.shape, second[0, 0].tolist()) == ((3, 6, 3), [77, 77, 77])
    assert third[0, 0].tolist() == [1, 2, 3]
    assert fourth[0, 0].tolist() == [0x12] * 3


def test_a_picture_stands_upright_as_its_camera_held_it(tmp_path: Path) -> None:
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (6, 3)).save(path, exif=exif)
    assert _decoded(tmp_path, path)[0].shape == (6, 3, 3)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    for name, data in (("a.png", b"no"), ("b.png", _png(tmp_path / "ok.png").read_bytes()[:40])):
        path = tmp_path / name
        path.write_bytes(data)
        error = _refusal(path)
        assert (error.kind, error.info.parameters["what"]) == (ErrorKind.INPUT_UNREADABLE, "image")
        assert str(tmp_path) not in error_text.sentence(error.info, "en")
    other = tmp_path / "other.png"
    Image.new("RGB", (2, 2)).save(other, format="GIF")
    assert _refusal(other).info.parameters["what"] == "image"


def test_what_is_too_large_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _png(tmp_path / "a.png", size=(10, 10))
    monkeypatch.setattr(image_decoding, "MOST_PIXELS", 99)
    parameters = _refusal(path).info.parameters
    assert (parameters["what"], parameters["given"]) == ("image_size", "10 × 10")
    monkeypatch.setattr(image_decoding, "MOST_BYTES", 10)
    assert _refusal(path).info.parameters["most"] == "0 MB"
    monkeypatch.undo()
    monkeypatch.setattr(image_decoding, "MOST_PIXELS_IN_ALL", 150)
    with pytest.raises(KnownError):
        image_decoding.decode(messages.DecodeImages((str(path), str(path)), str(tmp_path)))


def test_a_plan_gets_the_pixels_of_its_pictures_in_their_order(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for value in (30, 10, 20):
        _png(folder / f"{value}.png", (value, value, value))
    plan = RunPlan("m", "r", input_files={"x": str(folder), "": "all.npz"}, distinct_inputs=2)
    found = image_client.decoded(plan, tmp_path)
    assert found.input_files[""] == "all.npz"
    sources = input_files.read({"x": found.input_files["x"]}, (SPEC,))
    given = input_files.fit(sources, (SPEC,), {"x": (1, 3, 2, 2)}, 2)
    assert [round(float(one[0, 0, 0, 0]) * 255) for one in given.samples["x"]] == [10, 20]
    assert given.origin["x"] == "images:2:2x2:NCHW:0_1"


def test_as_many_pictures_are_taken_as_the_largest_batch_needs(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"{number}.jpg").touch()
    asked: list[messages.DecodeImages] = []

    def ask(request: messages.Request, _: float) -> messages.Report:
        assert isinstance(request, messages.DecodeImages)
        asked.append(request)
        return messages.Decoded(((1, 1),) * len(request.files))

    plan = RunPlan("m", "r", input_files={"x": str(tmp_path)}, distinct_inputs=2, sweep=Sweep(batch=(1, 3)))
    image_client.decoded(plan, tmp_path / "run", ask)
    assert [Path(file).name for file in asked[0].files] == [f"{number}.jpg" for number in range(6)]
    image_client.decoded(RunPlan("m", "r", input_files={"x": str(tmp_path / "y.npy")}), tmp_path, ask)
    assert len(asked) == 1


def test_a_folder_of_both_sorts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    (tmp_path / "b.npy").touch()
    with pytest.raises(KnownError) as caught:
        image_client.pictures_of(tmp_path)
    assert caught.value.info.parameters["what"] == "input_mixed"


def test_a_decoder_that_says_something_else_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    plan = RunPlan("m", "r", input_files={"x": str(tmp_path / "a.png")})
    with pytest.raises(KnownError) as caught:
        image_client.decoded(plan, tmp_path, lambda request, seconds: messages.Decoded(()))
    assert caught.value.kind is ErrorKind.CHILD_GARBAGE


def test_a_picture_that_is_not_there_is_missing_and_not_broken(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as missing:
        image_client.pictures_of(tmp_path / "none.png")
    assert missing.value.kind is ErrorKind.INPUT_MISSING

"""How preprocessing is written, fitted to a model, and carried out on pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from profiler import image_decoding, messages
from profiler.checks_plan import Preprocessing
from profiler.correctness import preprocessing
from profiler.input_layout import Notes
from profiler.input_pictures import Layout

NCHW, NHWC = Layout("NCHW", 2, 2, 3), Layout("NHWC", 2, 2, 3)
FLOAT: Any = np.dtype("float32")


def _pixels(*colour: int) -> Any:
    return np.full((1, 2, 2, len(colour)), colour, dtype=np.uint8)


@pytest.mark.parametrize("name", preprocessing.PRESETS)
def test_a_preset_is_written_by_its_name(name: str) -> None:
    assert preprocessing.text_of(preprocessing.parse(name)) == name


@pytest.mark.parametrize(
    "text",
    [
        "resize=256,crop=224,mean=0.485/0.456/0.406,std=0.229/0.224/0.225",
        "resize=64,channels=bgr,values=-1_1,interpolation=bicubic",
        "channels=grey,values=0_255,mean=33.3",
    ],
)
def test_one_of_ones_own_is_read_back_as_it_was_written(text: str) -> None:
    found = preprocessing.parse(text)
    assert found.preset == ""
    assert preprocessing.text_of(found) == text
    assert preprocessing.parse(preprocessing.text_of(found)) == found


def test_parts_of_ones_own_change_a_preset() -> None:
    found = preprocessing.parse("imagenet,channels=bgr")
    assert (found.preset, found.channels, found.crop) == ("", "bgr", 224)


def test_what_is_written_out_never_looks_like_nothing_asked() -> None:
    assert preprocessing.parse("values=0_1") != Preprocessing()


@pytest.mark.parametrize(
    "text",
    [
        "nonsense", "resize", "resize=-1", "resize=99999", "crop=x", "mean=1/2", "mean=nan", "std=0",
        "values=0-1", "channels=rgba", "interpolation=area", "size=3", "", "channels=grey,mean=1/2/3",
        "resize=200,crop=224",
    ],
)  # fmt: skip
def test_what_is_no_preprocessing_is_refused(text: str) -> None:
    with pytest.raises(preprocessing.Unreadable):
        preprocessing.parse(text)


def test_a_presets_margin_grows_with_the_model_and_ones_own_stays() -> None:
    model = Layout("NCHW", 299, 299, 3)
    found = preprocessing.fitted(preprocessing.PRESETS["imagenet"], model)
    assert (found.resize, found.crop, found.preset) == (342, 299, "imagenet")
    own = preprocessing.parse("resize=256,crop=224")
    assert preprocessing.fitted(own, model) == own


def test_a_model_of_one_channel_sees_grey() -> None:
    found = preprocessing.fitted(preprocessing.PRESETS["imagenet"], Layout("NCHW", 224, 224, 1))
    assert (found.channels, len(found.mean), len(found.std)) == ("grey", 1, 1)


def test_imagenet_is_mean_and_std_of_values_0_to_1_by_channel() -> None:
    found = preprocessing.of_pixels(_pixels(255, 0, 51), preprocessing.PRESETS["imagenet"], NCHW, FLOAT)
    wanted = [(1 - 0.485) / 0.229, (0 - 0.456) / 0.224, (0.2 - 0.406) / 0.225]
    assert found.shape == (1, 3, 2, 2)
    assert found[0, :, 1, 1] == pytest.approx(wanted, rel=1e-5)


def test_channels_may_come_last_and_the_other_way_round() -> None:
    given = preprocessing.PRESETS["imagenet-caffe"]
    found = preprocessing.of_pixels(_pixels(10, 20, 30), given, NHWC, FLOAT)
    assert found[0, 0, 0] == pytest.approx([30 - 103.939, 20 - 116.779, 10 - 123.68], rel=1e-5)


def test_values_may_reach_from_minus_1_to_1() -> None:
    given = preprocessing.PRESETS["imagenet-tf"]
    found = preprocessing.of_pixels(_pixels(0, 255, 51), given, NHWC, FLOAT)
    assert found[0, 0, 0] == pytest.approx([-1, 1, -0.6], abs=1e-6)


def test_grey_fills_three_channels_and_a_fourth_is_opaque() -> None:
    unit = preprocessing.PRESETS["unit"]
    assert preprocessing.of_pixels(_pixels(51), unit, NCHW, FLOAT)[0, :, 0, 0] == pytest.approx([0.2] * 3)
    four = preprocessing.of_pixels(_pixels(0, 0, 51), unit, Layout("NHWC", 2, 2, 4), FLOAT)
    assert four[0, 0, 0] == pytest.approx([0, 0, 0.2, 1])


@pytest.mark.parametrize(("dtype", "wanted"), [("uint8", [0, 200, 255]), ("int8", [-128, 72, 127])])
def test_whole_numbers_get_pixels_and_that_is_said(dtype: str, wanted: list[int]) -> None:
    notes, given = Notes(), preprocessing.PRESETS["imagenet"]
    found = preprocessing.of_pixels(_pixels(0, 200, 255), given, NHWC, np.dtype(dtype), notes)
    assert found[0, 0, 0].tolist() == wanted
    assert [reason.code for reason in notes.reasons] == ["dataset_whole_numbers"]


def _fitted(tmp_path: Path, image: Image.Image, size: tuple[int, int], text: str) -> Any:
    image.save(tmp_path / "a.png")
    target = tmp_path / "chunk.npy"
    fitting = messages.Fitting(str(target), *size, preprocessing.parse(text))
    answer = image_decoding.decode(messages.DecodeImages((str(tmp_path / "a.png"),), str(tmp_path), fitting))
    assert answer.sizes == ((image.height, image.width),)
    return np.load(target)


def test_a_picture_is_resized_by_its_shorter_side_and_cropped_in_the_middle(tmp_path: Path) -> None:
    """A white bar in the middle of a wide picture fills the crop; the black sides are cut off."""
    pixels = np.zeros((10, 30, 3), dtype=np.uint8)
    pixels[:, 10:20] = 255
    found = _fitted(tmp_path, Image.fromarray(pixels), (8, 8), "resize=10,crop=8")
    assert found.shape == (1, 8, 8, 3)
    assert (found == 255).all()


def test_without_resize_and_crop_it_is_stretched(tmp_path: Path) -> None:
    pixels = np.zeros((4, 8, 3), dtype=np.uint8)
    pixels[:, :4] = 255
    found = _fitted(tmp_path, Image.fromarray(pixels), (2, 2), "values=0_1,interpolation=nearest")
    assert found[0, :, :, 0].tolist() == [[255, 0], [255, 0]]


def test_grey_is_one_channel_by_bt_601(tmp_path: Path) -> None:
    found = _fitted(tmp_path, Image.new("RGB", (2, 2), (255, 0, 0)), (2, 2), "channels=grey")
    assert (found.shape, found[0, 0, 0, 0]) == ((1, 2, 2, 1), 76)

"""Kinds of made-up inputs: as people write them, and the one that fits by itself."""

from __future__ import annotations

import pytest

from profiler import error_text, input_kinds, input_origin, input_words, wording
from profiler.errors import KnownError
from profiler.input_kinds import Kind
from profiler.result import Tensor


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("image", Kind("image")),
        (" mask ", Kind("mask")),
        ("tokens", Kind("tokens")),
        ("tokens:32000", Kind("tokens", 0.0, 32_000.0)),
        ("uniform:-1.5,2", Kind("uniform", -1.5, 2.0)),
        ("integers:0,9", Kind("integers", 0.0, 9.0)),
        ("constant:0.5", Kind("constant", 0.5)),
    ],
)
def test_a_kind_is_read_and_written_alike(text: str, kind: Kind) -> None:
    assert input_kinds.parse(text) == kind
    assert input_kinds.parse(str(kind)) == kind


@pytest.mark.parametrize(
    "text",
    [
        "", "picture", "image:3", "image:", "tokens:0", "tokens:1.5", "tokens:1,2", "uniform", "uniform:1",
        "uniform:2,1", "uniform:0,nan", "uniform:0,x", "integers:0,1.5", "constant", "constant:1,2",
        "constant:inf",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_what_may_be_said(text: str) -> None:
    with pytest.raises(KnownError) as caught:
        input_kinds.parse(text, "x")
    sentence = error_text.sentence(caught.value.info, "en")
    assert sentence.endswith("integers:0,9 or constant:0.5.")


@pytest.mark.parametrize(
    ("name", "dtype", "kind"),
    [
        ("pixel_values", "float32", "normal"),
        ("attention_mask", "int64", "mask"),
        ("Mask", "float16", "mask"),
        ("input_ids", "int32", "tokens:2"),
        ("flags", "bool", "flags"),
        ("mask", "bool", "flags"),
        ("waves", "complex64", "normal"),
    ],
)
def test_name_and_dtype_choose_where_nobody_does(name: str, dtype: str, kind: str) -> None:
    assert str(input_kinds.chosen(Tensor(name, dtype, (4,)))) == kind


def test_a_single_whole_number_is_one_and_no_token() -> None:
    count = Tensor("N", "int64", ())
    assert str(input_kinds.chosen(count)) == "constant:1"
    assert str(input_kinds.chosen(count, "", 30)) == "tokens:30"
    assert str(input_kinds.chosen(count, "integers:3,9")) == "integers:3,9"


def test_ids_stay_below_the_table_and_within_the_type() -> None:
    assert str(input_kinds.chosen(Tensor("x", "int64", ()), "", 32_000)) == "tokens:32000"
    assert str(input_kinds.chosen(Tensor("x", "int8", ()), "", 32_000)) == "tokens:127"
    assert str(input_kinds.chosen(Tensor("x", "float32", ()), "tokens", 7)) == "tokens:7"


@pytest.mark.parametrize(
    ("dtype", "asked", "what"),
    [
        ("int64", "probability", "kind_dtype"),
        ("int64", "normal", "kind_dtype"),
        ("bool", "image", "kind_dtype"),
        ("uint8", "integers:-1,4", "kind_range"),
        ("int8", "tokens:129", "kind_range"),
        ("int32", "constant:0.5", "kind_range"),
        ("float16", "uniform:0,70000", "kind_range"),
        ("bool", "constant:2", "kind_range"),
    ],
)
def test_a_kind_that_the_type_cannot_hold_is_refused(dtype: str, asked: str, what: str) -> None:
    with pytest.raises(KnownError) as caught:
        input_kinds.chosen(Tensor("x", dtype, (4,)), asked)
    assert caught.value.info.parameters == {"name": "x", "asked": asked, "dtype": dtype, "what": what}
    for language in wording.LANGUAGES:
        assert asked in error_text.sentence(caught.value.info, language)


@pytest.mark.parametrize("dtype", ["object", "str", "bfloat16", "unknown"])
def test_what_numpy_has_no_numbers_of_cannot_be_made_up(dtype: str) -> None:
    with pytest.raises(KnownError) as caught:
        input_kinds.chosen(Tensor("x", dtype, (4,)))
    assert caught.value.info.parameters["wanted"] == ("string" if dtype in ("object", "str") else dtype)


@pytest.mark.parametrize(
    ("origin", "varies"),
    [
        ("made", True), ("made:normal", True), ("made:tokens:9", True), ("made:mask", False),
        ("made:constant:1", False), ("file", False), ("files:3", True), ("images:1:8x8:NCHW:0_1", False),
        ("images:12:8x8:NCHW:0_1", True),
    ],
)  # fmt: skip
def test_an_origin_tells_whether_calls_differ(origin: str, varies: bool) -> None:
    assert input_origin.varies(origin) is varies


def test_every_origin_has_its_words_in_both_languages() -> None:
    for name in input_kinds.NAMES:
        asked = {"tokens": "tokens:9", "constant": "constant:2"}.get(name, name)
        kind = f"{asked}:0,1" if name in input_kinds.RANGES else asked
        english, chinese = (input_words.of_origin(f"made:{kind}", code) for code in wording.LANGUAGES)
        assert english != chinese != f"made:{kind}"
        assert "–" not in english.replace("0 –", "")
    assert input_words.of_origin("made:tokens:32000", "en") == "made up: token ids below 32000"
    assert input_words.of_origin("made:uniform:0,1", "en") == "made up: evenly between 0 and 1"
    assert input_words.of_origin("images:12:224x224:NHWC:0_1", "en") == (
        "12 pictures resized to 224 × 224 (NHWC), 0 to 1"
    )
    assert input_words.of_origin("files:3", "zh_CN") == "来自文件的 3 个样本，轮流使用"
    assert input_words.of_origin("later:thing", "en") == "later:thing"

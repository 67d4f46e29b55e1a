"""Every error has one sentence in both languages, and nothing in a name can bend it."""

from __future__ import annotations

import re

import pytest

from profiler import error_text, wording
from profiler.backends import catalog
from profiler.errors import ErrorInfo, ErrorKind
from profiler.wording import LANGUAGES, Language

TEXTS = wording.topic("errors")
CASES = [(code, language) for code in TEXTS for language in LANGUAGES]


@pytest.mark.parametrize("kind", list(ErrorKind))
def test_every_kind_has_a_sentence(kind: ErrorKind) -> None:
    assert wording.has("errors", kind.value)


def test_every_sentence_belongs_to_a_kind() -> None:
    assert {code.partition(".")[0] for code in TEXTS} == {kind.value for kind in ErrorKind}


@pytest.mark.parametrize(("code", "language"), CASES)
def test_a_text_is_one_sentence_with_a_cause_and_a_remedy(code: str, language: Language) -> None:
    text = TEXTS[code][language]
    stop, colon = (".", ": ") if language == "en" else ("。", "：")
    inner = re.sub(r"\{\w+\}|`[^`]*`|\.onnx", "", text.removesuffix(stop))
    assert text.endswith(stop)
    assert not re.search(r"[.!?](\s|$)|[。！？]", inner)
    assert text.count(colon) == 1 or (colon == ": " and text.partition(colon)[2])
    assert min(len(part) for part in text.split(colon)) > 5


def test_chinese_texts_are_chinese_and_english_ones_are_not() -> None:
    for text in TEXTS.values():
        assert re.search(r"[\u4e00-\u9fff]", text["zh_CN"])
        assert not re.search(r"[\u3000-\u9fff]", text["en"])


def test_every_kind_of_refused_file_has_a_name() -> None:
    codes = catalog._NEVER_LOADED | catalog._NOT_OPENED
    assert codes <= wording.topic("formats").keys()


@pytest.mark.parametrize("what", sorted(catalog._NOT_OPENED))
def test_each_format_that_is_not_opened_has_its_own_way_out(what: str) -> None:
    for language in LANGUAGES:
        told = TEXTS[f"format_not_opened.{what}"][language]
        assert "`" in told or "ONNX" in told
        assert error_text.sentence(ErrorInfo("format_not_opened", {"file": "a.b", "what": what}), language)


def test_the_finer_sentence_is_taken() -> None:
    info = ErrorInfo("format_not_a_model", {"file": "a.onnx", "what": "html"})
    assert "web page" in error_text.sentence(info, "en")
    assert "网页" in error_text.sentence(info, "zh_CN")


def test_what_a_file_is_gets_its_name_in_the_language() -> None:
    info = ErrorInfo("format_not_opened", {"file": "a.onnx", "what": "coreml"})
    assert "a.onnx is a Core ML model, which" in error_text.sentence(info, "en")
    assert "“Core ML 模型”" in error_text.sentence(info, "zh_CN")


def test_a_sentence_without_its_numbers_is_the_short_one() -> None:
    full = ErrorInfo("out_of_memory", {"needed_bytes": "8000000000", "available_bytes": "4000000000"})
    assert "8.00 GB" in error_text.sentence(full, "en")
    for parameters in ({}, {"needed_bytes": "", "available_bytes": ""}, {"needed_bytes": "–"}):
        short = error_text.sentence(ErrorInfo("out_of_memory", parameters), "en")
        assert short.startswith("The run needs more memory than")


def test_the_phase_is_said_in_words() -> None:
    info = ErrorInfo("child_crashed", {"signal": "SIGSEGV", "phase": "load"})
    assert "SIGSEGV (loading the model)" in error_text.sentence(info, "en")
    assert "（加载模型）" in error_text.sentence(info, "zh_CN")


def test_the_file_of_the_run_fills_in_for_a_missing_one() -> None:
    info = ErrorInfo("model_damaged", {"file": ""})
    assert error_text.sentence(info, "en", "b.onnx").startswith("b.onnx is damaged")
    assert error_text.sentence(info, "en").startswith("The model file is damaged")


def test_a_kind_from_a_newer_child_is_shown_as_it_came() -> None:
    assert error_text.sentence(ErrorInfo("novel", text="odd\nthing"), "en") == "novel: odd\\nthing"


@pytest.mark.parametrize("name", ["a\nb.onnx", "a\u202egpj.onnx", "a\x1b[31m.onnx", "a\u200b.onnx"])
def test_characters_that_deceive_are_shown_as_escapes(name: str) -> None:
    sentence = error_text.sentence(ErrorInfo("file_empty", {"file": name}), "en")
    assert name not in sentence
    assert "\\" in sentence


def test_braces_in_a_name_are_only_braces() -> None:
    info = ErrorInfo("file_empty", {"file": "{0}{file.__class__}.onnx"})
    assert error_text.sentence(info, "en").startswith("{0}{file.__class__}.onnx is empty")


def test_a_name_without_end_is_cut() -> None:
    assert len(error_text.sentence(ErrorInfo("file_empty", {"file": "x" * 100_000}), "en")) < 1000

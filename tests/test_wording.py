"""Every topic is whole in both languages, and its placeholders agree."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from profiler import wording
from profiler.error_text import placeholders
from profiler.wording import LANGUAGES

TOPICS = sorted(
    entry.name.removesuffix(".toml")
    for entry in resources.files("resources").joinpath("texts").iterdir()
    if entry.name.endswith(".toml")
)


@pytest.mark.parametrize("topic", TOPICS)
def test_each_code_has_both_languages_with_the_same_placeholders(topic: str) -> None:
    for code, texts in wording.topic(topic).items():
        assert set(texts) == set(LANGUAGES), code
        # a plain count has no unit
        assert all(text.strip() for text in texts.values()) or code.startswith("unit_"), code
        assert placeholders(texts["en"]) == placeholders(texts["zh_CN"]), code


@pytest.mark.parametrize("topic", TOPICS)
def test_no_text_holds_a_half_written_placeholder(topic: str) -> None:
    for code, texts in wording.topic(topic).items():
        for text in texts.values():
            rest = text.format_map(dict.fromkeys(placeholders(text), ""))
            assert "{" not in rest, code


def test_a_text_takes_its_parameters() -> None:
    said = wording.say("errors", "run_unknown", "en", run="17", unused="x")
    assert said.startswith("There is no run 17 in")


def test_a_parameter_that_is_missing_is_a_dash() -> None:
    assert wording.say("errors", "run_unknown", "en").startswith("There is no run – in")


def test_a_code_without_a_text_is_a_mistake_of_ours() -> None:
    assert not wording.has("errors", "no_such_code")
    with pytest.raises(KeyError):
        wording.say("errors", "no_such_code", "en")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"INFEROMETER_LANG": "zh", "LANG": "en_US.UTF-8"}, "zh_CN"),
        ({"INFEROMETER_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "zh_TW.UTF-8"}, "zh_CN"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "zh_CN"}, "zh_CN"),
        ({}, "en"),
    ],
)
def test_the_language_comes_from_the_environment(environment: dict[str, str], language: str) -> None:
    assert wording.preferred_language(environment) == language


def test_topics_are_plain_toml() -> None:
    for name in TOPICS:
        text = resources.files("resources").joinpath("texts", f"{name}.toml").read_text(encoding="utf-8")
        assert tomllib.loads(text)

"""Every word of the window in both languages: complete, current, and with the same placeholders."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import QApplication

from gui.languages import Languages

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "resources" / "i18n"
TOOLS = Path(sys.executable).parent
SOURCES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "gui").rglob("*.py"))
Key = tuple[str, str]


def _messages(path: Path) -> dict[Key, ET.Element]:
    root = ET.parse(path).getroot()
    return {
        (context.findtext("name", ""), message.findtext("source", "")): message
        for context in root.iter("context")
        for message in context.iter("message")
    }


def _texts(message: ET.Element) -> list[str]:
    translation = message.find("translation")
    assert translation is not None
    forms = [form.text or "" for form in translation.iter("numerusform")]
    return forms or [translation.text or ""]


def _extracted(tmp_path: Path, *options: str) -> set[Key]:
    made = tmp_path / "now.ts"
    command = [str(TOOLS / "pyside6-lupdate"), *SOURCES, "-ts", str(made), "-locations", "none", *options]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    return set(_messages(made))


def test_the_chinese_file_has_exactly_what_the_code_says(tmp_path: Path) -> None:
    assert set(_messages(FOLDER / "inferometer_zh_CN.ts")) == _extracted(tmp_path)


def test_the_english_file_has_exactly_the_plurals(tmp_path: Path) -> None:
    assert set(_messages(FOLDER / "inferometer_en.ts")) == _extracted(tmp_path, "-pluralonly")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_nothing_is_left_untranslated(language: str) -> None:
    for key, message in _messages(FOLDER / f"inferometer_{language}.ts").items():
        translation = message.find("translation")
        assert translation is not None, key
        assert translation.get("type") is None, key
        assert all(_texts(message)), key


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_placeholders_are_the_same_in_every_language(language: str) -> None:
    pattern = re.compile(r"\{\w*\}|%n")
    for (context, source), message in _messages(FOLDER / f"inferometer_{language}.ts").items():
        for text in _texts(message):
            assert sorted(pattern.findall(text)) == sorted(pattern.findall(source)), (context, source)


def test_mnemonics_are_kept_in_chinese() -> None:
    for (context, source), message in _messages(FOLDER / "inferometer_zh_CN.ts").items():
        wanted = len(re.findall(r"&\w", source))
        assert all(len(re.findall(r"&\w", text)) == wanted for text in _texts(message)), (context, source)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_compiled_file_says_what_the_source_says(qapp: QApplication, language: str) -> None:
    translator = QTranslator()
    assert translator.load(str(FOLDER / f"inferometer_{language}.qm"))
    for (context, source), message in _messages(FOLDER / f"inferometer_{language}.ts").items():
        texts = _texts(message)
        counts = [-1] if message.get("numerus") is None else [1, 2][: len(texts)]
        said = [translator.translate(context, source, None, count) for count in counts]
        assert said == texts, (context, source)


def test_no_text_reaches_the_window_by_a_way_that_lupdate_does_not_see() -> None:
    for name in SOURCES:
        code = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"\btr\(\s*f[\"']", code), name
        assert not re.search(r"translate\([^)]*\bf[\"']", code), name
        assert not re.search(r"\btr\(\s*[a-z_]", code), name


@pytest.fixture
def languages(qapp: QApplication) -> Iterator[Languages]:
    font = qapp.font()
    made = Languages(qapp, "en")
    yield made
    made.choose("en")
    qapp.setFont(font)


def test_qts_own_words_change_too(languages: Languages) -> None:
    languages.choose("zh_CN")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"
    languages.choose("en")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


def test_one_run_is_not_one_runs(languages: Languages) -> None:
    def ready(count: int) -> str:
        return QCoreApplication.translate("RunPage", "Ready: %n run(s)", "", count)

    assert [ready(1), ready(2)] == ["Ready: 1 run", "Ready: 2 runs"]
    languages.choose("zh_CN")
    assert ready(1) == "准备就绪：1 次测量"

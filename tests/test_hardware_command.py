"""`inferometer hardware` in both languages, with and without cards, and its JSON."""

from __future__ import annotations

import argparse
import io
import json
import re
from pathlib import Path

import msgspec
import pytest

from hardware import catalog, nvml, probe, reference
from hardware.machine import Machine, Unknown
from profiler import machine_facts, reference_text, text_columns, wording
from profiler.commands import hardware
from profiler.wording import LANGUAGES, Language
from tests.fakes import ScriptedNvml, tesla_t4, tesla_v100

WITHOUT = probe.probe_without_nvml(Unknown("nvml_missing"))
WITH = probe.probe(ScriptedNvml(tesla_t4()))


def _said(machine: Machine, *words: str, language: Language = "en") -> tuple[int, str, str]:
    parser = argparse.ArgumentParser()
    hardware.add_arguments(parser)
    out, err = io.StringIO(), io.StringIO()
    code = hardware.show(machine, parser.parse_args(list(words)), language, out, err)
    return code, out.getvalue(), err.getvalue()


def _line(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(start))


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_nvml_one_sentence_says_so_and_the_processor_stands_beside_the_cards(
    language: Language,
) -> None:
    code, text, err = _said(WITHOUT, language=language)
    assert (code, err) == (0, "")
    reason = wording.say("hardware", "nvml_missing", language)
    assert reason in text.splitlines()[0]
    lines = text.splitlines()
    heading = wording.say("hardware", "column_tensor_cores", language)
    table = next(number for number, line in enumerate(lines) if heading in line)
    processor = wording.say("hardware", "this_machine", language, name=WITHOUT.cpu.name or "")
    assert lines[table + 2].startswith(processor)
    assert lines[table + 3].startswith("Tesla V100 PCIe 16GB")


def test_a_detected_card_stands_above_the_v100_and_t4_rows() -> None:
    _, text, _ = _said(WITH)
    assert text.index("Tesla T4 (this machine)") < text.index("Tesla V100 PCIe 16GB")
    assert re.search(r"Tesla T4 \(this machine\) +2,560 +320\* +15 +320\.1\* +8\.1 +65 +130 +70", text)
    assert re.search(r"Tesla T4 +2,560 +320 +16 +320 +8\.1 +65 +130 +70", text)
    order = [text.index(f"Tesla V100 {kind}") for kind in ("PCIe 16", "PCIe 32", "SXM2 16", "SXM2 32")]
    assert order == sorted(order)


def test_every_dash_has_a_letter_and_every_letter_a_reason() -> None:
    _, text, _ = _said(WITHOUT, "--all")
    letters = set(re.findall(r"– ([a-z]+)(?= |$)", text, re.MULTILINE))
    assert letters
    for letter in letters:
        assert re.search(rf"^  {letter}  \S", text, re.MULTILINE), letter
    row = _line(text, "Tesla V100 SXM2 16GB")
    letter = re.findall(r"– ([a-z]+)", row)[-1]
    assert _line(text, f"  {letter}  ") == f"  {letter}  The tensor cores of Volta do not take INT8."


def test_every_source_number_is_explained() -> None:
    _, text, _ = _said(WITHOUT, "--all")
    table, _, legend = text.partition("Sources:")
    cited = {
        number for found in re.findall(r" ([\d,]+)$", table, re.MULTILINE) for number in found.split(",")
    }
    explained = set(re.findall(r"^ +(\d+)  ", legend, re.MULTILINE))
    assert cited == explained


def test_all_shows_every_card_and_the_short_list_says_that_there_are_more() -> None:
    _, few, _ = _said(WITHOUT)
    _, many, _ = _said(WITHOUT, "--all")
    assert all(card.name in many for card in catalog.cards())
    assert "Instinct MI100" not in few
    assert f"{len(catalog.selection())} of 71 cards shown" in few
    assert "--all" not in many


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_are_aligned_in_cells_of_a_terminal(language: Language) -> None:
    rows = reference.rows(WITH, catalog.selection())
    lines = hardware.Table(rows, language).lines()[2 : 2 + len(rows)]
    ends = set()
    for row, line in zip(rows, lines, strict=True):
        cores = reference_text.number(row.figures["cores"])
        start = len(reference_text.name(row, language))
        ends.add(text_columns.width(line[: line.index(cores, start) + len(cores)]))
    assert len(ends) == 1


def test_json_on_standard_output_is_the_machine_and_every_card() -> None:
    code, text, _ = _said(WITH, "--json", "-")
    document = json.loads(text)
    assert code == 0
    assert msgspec.convert(document["machine"], Machine) == WITH
    assert [card["name"] for card in document["cards"]][:1] == ["Tesla V100 PCIe 16GB"]
    assert len(document["cards"]) == 71


def test_json_into_a_file_still_prints_the_table(tmp_path: Path) -> None:
    code, text, _ = _said(WITHOUT, "--json", str(tmp_path / "out.json"))
    assert code == 0
    assert "Tesla T4" in text
    assert json.loads((tmp_path / "out.json").read_text())["machine"]["gpus"] == []


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    code, _, err = _said(WITHOUT, "--json", str(tmp_path / "nowhere" / "out.json"))
    assert code == 1
    assert len(err.splitlines()) == 1


def test_several_cards_of_a_kind_are_counted() -> None:
    machine = probe.probe(ScriptedNvml(*[tesla_v100()] * 8))
    assert "8 × Tesla V100-SXM2-16GB" in machine_facts.sentence(machine, "en")
    card = machine_facts.groups(machine, "en")[-1]
    assert card.title == "8 × Graphics card"
    assert {fact.name: fact.value for fact in card.facts}["Memory"] == "16 GiB"


def test_a_container_shows_what_it_grants() -> None:
    cpu = msgspec.structs.replace(WITHOUT.cpu, quota_cores=1.5, usable_cores=1.5)
    machine = msgspec.structs.replace(WITHOUT, cpu=cpu, memory_limit_bytes=2 << 30)
    facts = {fact.name: fact.value for group in machine_facts.groups(machine, "en") for fact in group.facts}
    assert (facts["Cores granted"], facts["Usable here"], facts["Memory granted"]) == ("1.5", "1.5", "2 GiB")


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 KiB"), (98304, "96 KiB"), (1023 << 20, "1023 MiB"), (16 << 30, "16 GiB"), (3 << 39, "1.5 TiB")],
)
def test_memory_is_said_in_binary_units(count: int, text: str) -> None:
    assert machine_facts.binary_size(count) == text


def test_every_code_of_the_floor_below_has_a_text() -> None:
    folder = Path(probe.__file__).resolve().parent
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    codes = set(re.findall(r"(?:Unknown|Note)\(\s*\"([a-z0-9_]+)\"", source))
    codes |= set(nvml._CODES.values()) | {f"basis_{basis}" for basis in reference.Basis}
    codes |= {"hypervisor_unnamed", "no_hypervisor"}
    codes |= {f"{kind}_{column}" for kind in ("column", "unit") for column in reference.COLUMNS}
    assert len(codes) > 50
    assert [code for code in sorted(codes) if not wording.has("hardware", code)] == []


def test_both_languages_take_the_same_parameters() -> None:
    for code, texts in wording.topic("hardware").items():
        assert set(texts) == set(LANGUAGES), code
        fields = [set(re.findall(r"{(\w+)}", texts[language])) for language in LANGUAGES]
        assert fields[0] == fields[1], code


def test_wide_characters_take_two_cells() -> None:
    assert text_columns.width("显存 GB") == 7
    assert text_columns.aligned([("显", "1"), ("ab", "10")], (False, True)) == ["显   1", "ab  10"]

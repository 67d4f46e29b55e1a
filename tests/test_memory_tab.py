"""Memory on the results page: by phase, by kind, by batch, and why a part of it is not known."""

from __future__ import annotations

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from gui.results.memory_tab import MemoryTab
from profiler.result import Memory, Reason
from tests import builders, builders_engine
from tests.builders_engine import point, with_points

KNOWN = Memory(
    baseline_rss_bytes=60_000_000,
    load_peak_bytes=300_000_000,
    after_load_rss_bytes=210_000_000,
    first_call_peak_bytes=250_000_000,
    steady_peak_bytes=258_000_000,
    weights_bytes=100_000_000,
    activations_estimate_bytes=20_000_000,
    workspace_bytes=80_000_000,
    arena_bytes=30_000_000,
    inputs_bytes=4_800_000,
)


@pytest.fixture
def tab(qtbot: QtBot) -> MemoryTab:
    made = MemoryTab()
    qtbot.addWidget(made)
    made.show_result(builders.result(memory=KNOWN))
    made.show()
    return made


def test_the_process_is_told_from_start_to_end(tab: MemoryTab) -> None:
    assert tab.phases.accessibleDescription() == (
        "process before loading: 60.0 MB; most while loading: 300 MB; after loading: 210 MB; "
        "most at the first calls: 250 MB; most while measuring: 258 MB"
    )


def test_the_models_share_is_one_bar_of_what_it_holds(tab: MemoryTab) -> None:
    told = tab.kinds.accessibleDescription()
    assert "100 MB  (50.0 %)" in told
    assert "20.0 MB  (10.0 %)" in told
    assert "80.0 MB  (40.0 %)" in told
    assert tab.kinds.isVisible()


def test_a_share_with_a_part_unknown_is_no_whole_and_the_reason_is_said_once(tab: MemoryTab) -> None:
    memory = msgspec.structs.replace(KNOWN, activations_estimate_bytes=None, workspace_bytes=None)
    why = Reason("not_counted")
    tab.show_result(
        builders.result(
            memory=memory,
            unavailable={"memory.activations_estimate_bytes": why, "memory.workspace_bytes": why},
        )
    )
    assert not tab.kinds.isVisible()
    assert not tab.heads[1].isVisible()
    assert tab.missing.text().splitlines()[0] == (
        "activations, by the graph (an estimate); the runtime's own: workspace, arena, copies "
        "(what is left): not counted, because the run ended before"
    )


def test_phases_that_were_not_read_have_no_bar(tab: MemoryTab) -> None:
    tab.show_result(builders.result(memory=Memory(baseline_rss_bytes=60_000_000)))
    assert tab.phases.accessibleDescription() == "process before loading: 60.0 MB"
    tab.show_result(builders.failed())
    assert not tab.phases.isVisible()
    assert not tab.heads[0].isVisible()


def test_a_sweep_shows_how_memory_grows_with_the_batch(tab: MemoryTab) -> None:
    assert not tab.batches.isVisible()
    points = tuple(
        point(batch=batch, memory=Memory(peak_rss_bytes=batch * 100_000_000)) for batch in (4, 1, 16)
    )
    tab.show_result(with_points((*points, builders_engine.failed_point(batch=64))))
    assert tab.batches.isVisible()
    assert tab.batches.accessibleDescription() == "batch 1: 100 MB; batch 4: 400 MB; batch 16: 1.60 GB"

"""Every load with real children, on the yardstick: a model whose duration is known."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from profiler import folders, messages, result
from profiler.backends import null
from profiler.child_environment import code_root
from profiler.plan import (
    Companion,
    Concurrency,
    MultiStream,
    Offline,
    Preset,
    RunPlan,
    Server,
    Stopping,
    Sweep,
)
from profiler.result import RunResult, Status
from profiler.runner import Ended, Event, PointBegun, PointDone, Run
from profiler.store import Store
from tests.runs import NOTHING_ASKED

MS = 1_000_000
SHORT = Stopping(0.6, 30, 0.6)


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """A model of exactly 2 ms."""
    return null.write(tmp_path / "known.null", null.Service(2 * MS))


Carry = Callable[..., tuple[RunResult, list[Event]]]


@pytest.fixture
def carry() -> Carry:
    def run(path: Path, **changes: Any) -> tuple[RunResult, list[Event]]:
        fields = {"threads": 1, "preset": Preset.QUICK, "stopping": SHORT, "warmup": 20, **changes}
        fields.setdefault("checks", NOTHING_ASKED)
        heard: list[Event] = []
        plan = RunPlan(str(path), "null", **fields)
        going = Run(plan, Store(folders.history_folder()), heard.append, checks=lambda: ())
        going.start()
        assert going.wait(100)
        last = heard[-1]
        assert isinstance(last, Ended), last
        assert last.saved
        assert Store(folders.history_folder()).load(last.result.id) == last.result
        return last.result, heard

    return run


def _under_way(found: RunResult) -> float:
    """Little's law: the mean number of calls under way, whatever else the machine does."""
    assert found.throughput.inferences_per_s is not None
    assert found.latency.mean_ns is not None
    return found.throughput.inferences_per_s * found.latency.mean_ns / 1e9


def test_the_yardstick_is_measured_as_long_as_it_lasts(known: Path, carry: Carry) -> None:
    found, _ = carry(known)
    assert found.status is Status.FINISHED
    assert found.latency.p50_ns == pytest.approx(2 * MS, rel=0.05)
    assert found.flops.per_inference is None
    assert found.unavailable["flops.per_inference"].code == "yardstick"


@pytest.mark.alone
def test_lanes_multiply_what_is_answered_and_not_how_long_it_takes(known: Path, carry: Carry) -> None:
    found, _ = carry(known, scenario=Concurrency(2))
    assert found.plan.scenario == "Concurrency"
    assert found.latency.p50_ns == pytest.approx(2 * MS, rel=0.25)
    assert _under_way(found) == pytest.approx(2, rel=0.1)


def test_a_query_of_several_samples_takes_one_batch(known: Path, carry: Carry) -> None:
    found, _ = carry(known, scenario=MultiStream(8))
    assert (found.plan.batch, found.plan.samples_per_query) == (8, 8)
    assert found.throughput.samples_per_s == pytest.approx(8 * (found.throughput.inferences_per_s or 0))


@pytest.mark.alone
def test_requests_at_random_count_from_when_they_were_due(known: Path, carry: Carry) -> None:
    found, _ = carry(known, scenario=Server(250.0, workers=1), stopping=Stopping(2.0, 30, 2.0))
    late, service = found.boundary.lateness, found.boundary.service
    assert late is not None
    assert service is not None
    assert late.workers == 1
    assert late.wait_method in ("native_spin", "native_sleep", "sleep")
    assert service.p50_ns == pytest.approx(2 * MS, rel=0.25)
    assert found.latency.mean_ns is not None
    assert service.mean_ns is not None
    assert found.latency.mean_ns > service.mean_ns
    assert found.throughput.inferences_per_s == pytest.approx(250, rel=0.25)


@pytest.mark.alone
def test_beyond_capacity_the_verdict_says_that_the_queue_grows(known: Path, carry: Carry) -> None:
    found, _ = carry(known, scenario=Server(1_500.0, workers=1), stopping=Stopping(1.0, 30, 1.0))
    assert found.verdict is not None
    assert "backlog_grows" in {reason.code for reason in found.verdict.reasons}
    assert found.latency.p99_ns is not None
    assert found.latency.p99_ns > 100 * MS


def test_fresh_processes_make_one_result(known: Path, carry: Carry) -> None:
    found, heard = carry(known, replicates=3, stopping=Stopping(1.2, 30, 1.2))
    assert [one.replicate for one in found.replicates] == [0, 1, 2]
    assert found.latency.count == sum(one.latency.count for one in found.replicates)
    assert found.latency.interval_method == "range_of_processes"
    assert found.verdict is not None
    assert "one_process" not in {reason.code for reason in found.verdict.reasons}
    begun = [event.replicate for event in heard if isinstance(event, PointBegun)]
    assert begun == [0, 1, 2]
    assert len({id(event) for event in heard if isinstance(event, messages.FirstInference)}) == 3


def test_a_sweep_is_a_table_with_a_row_a_point(known: Path, carry: Carry) -> None:
    found, heard = carry(known, scenario=Offline(), sweep=Sweep(batch=(1, 2, 4)))
    assert [point.batch for point in found.points] == [1, 2, 4]
    assert found.best_point is None
    assert found.chosen_point == found.knee_point == 2
    assert found.latency == found.points[2].latency
    assert [event.index for event in heard if isinstance(event, PointDone)] == [0, 1, 2]
    assert found.samples is not None
    assert found.samples.parts[0].point == 2
    firsts = [part.first for part in found.samples.parts]
    ends = [part.first + part.count for part in found.samples.parts]
    assert [0, *ends[:-1]] == firsts


@pytest.mark.alone
def test_the_best_point_is_the_one_that_keeps_the_limit(known: Path, carry: Carry) -> None:
    found, _ = carry(known, sweep=Sweep(concurrency=(1, 2)), limits={"p50": 100.0 * MS})
    assert found.best_point == 1
    none, _ = carry(known, sweep=Sweep(concurrency=(1, 2)), limits={"p50": 1.0 * MS})
    assert none.best_point is None


def test_a_point_that_fails_leaves_the_others(known: Path, carry: Carry) -> None:
    found, _ = carry(known, sweep=Sweep(batch=(1, 4_000_000)), memory_limit_bytes=150_000_000)
    assert found.status is Status.FINISHED
    assert [point.status for point in found.points] == [Status.FINISHED, Status.FAILED]
    assert found.points[1].error is not None
    assert found.points[1].error.kind == "out_of_memory"
    assert found.chosen_point == 0


def test_processes_at_once_share_one_window(known: Path, carry: Carry) -> None:
    found, _ = carry(known, world_size=2)
    assert found.throughput.world_size == 2
    assert _under_way(found) == pytest.approx(2, rel=0.3)
    assert [one.rank for one in found.replicates] == [0, 1]
    assert found.latency.count == sum(one.latency.count for one in found.replicates)


def test_a_rank_that_is_lost_stops_the_others(known: Path, carry: Carry) -> None:
    damaged = known.with_name("damaged.null")
    damaged.write_text('{"inferometer_null": {"service_ns": -1}}')
    found, _ = carry(damaged, world_size=2)
    assert found.status is Status.FAILED
    assert found.error is not None
    assert found.error.kind == "model_damaged"


@pytest.mark.alone
def test_models_live_together_alone_idle_and_busy(known: Path, carry: Carry) -> None:
    other = null.write(known.with_name("other.null"), null.Service(MS))
    found, _ = carry(known, companions=(Companion(str(other), "null"),))
    assert [point.together for point in found.points] == ["alone", "idle", "busy"]
    assert all(point.latency.count for point in found.points)
    together = found.together
    assert together is not None
    assert [one.name for one in together.residents] == ["known.null", "other.null"]
    assert sum(one.share or 0 for one in together.residents) == pytest.approx(1)
    assert together.free_bytes
    assert found.plan.companions == ("other.null",)


@pytest.mark.alone
def test_a_search_finds_what_the_limit_allows(
    known: Path, carry: Carry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One worker of 2 ms answers at most 500 a second; a P90 of 10 ms allows most of that, never all."""
    from profiler import rate_search
    from profiler.metrics.search import Policy

    policy = Policy(most_s=1.0, most_count=400, bisections=1, confirm_times=1, most_in_flight=1)
    monkeypatch.setitem(rate_search.POLICIES, Preset.QUICK, policy)
    found, _ = carry(known, scenario=Server(workers=1), limits={"p90": 10.0 * MS})
    stages = [point.stage for point in found.points]
    assert stages[0] == "capacity"
    assert [stage for stage, _ in itertools.groupby(stages)][:2] == ["capacity", "bracket"]
    assert found.best_point is not None
    best = found.points[found.best_point]
    assert best.kept
    assert best.stage == "confirm"
    assert best.rate_per_s is not None
    assert 100 < best.rate_per_s < 520


def test_ranks_of_torchrun_write_one_result(known: Path, tmp_path: Path) -> None:
    """Two processes as torchrun starts them, over the loopback."""
    pytest.importorskip("torch")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    out = tmp_path / "world.json"
    ranks = []
    for rank in range(2):
        environment = os.environ | {
            "RANK": str(rank), "WORLD_SIZE": "2", "LOCAL_RANK": str(rank), "LOCAL_WORLD_SIZE": "2",
            "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "PYTHONPATH": str(code_root()),
        }  # fmt: skip
        code = "import main, sys; sys.exit(main.main(sys.argv[1:]))"
        options = ["--runtime", "null", "--preset", "quick", "--duration", "0.6", "--json", str(out)]
        command = [sys.executable, "-c", code, "profile", str(known), *options]
        pipe = subprocess.PIPE
        ranks.append(subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True))
    said = [rank.communicate(timeout=100) for rank in ranks]
    assert [rank.returncode for rank in ranks] == [0, 0], said
    assert "known.null" in said[0][0]
    assert said[1][0] == ""
    found = msgspec.json.decode(out.read_bytes(), type=result.RunResult)
    assert found.throughput.world_size == 2
    assert [one.rank for one in found.replicates] == [0, 1]
    assert all(one.host for one in found.replicates)
    assert _under_way(found) == pytest.approx(2, rel=0.4)
    assert [row.id for row in Store(folders.history_folder()).rows()] == [found.id]

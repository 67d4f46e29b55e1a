"""Several machines as one world, under torchrun: the only module that imports torch.distributed.

Every rank runs the same command with the same plan and starts a child of its own; rank 0 writes the one
result. Ranks exchange byte tensors that hold JSON and arrays, never pickles.
"""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import numpy as np

from profiler import messages
from profiler.errors import ErrorKind, KnownError
from profiler.gate import window_s
from profiler.heard import Heard
from profiler.outcome import Outcome
from profiler.plan import Stopping
from profiler.requests_file import Requests
from profiler.result import Point
from profiler.sample_file import Contents

LEAD_NS = 50_000_000
# Loading a model may take minutes on one machine and seconds on another.
PATIENCE = timedelta(minutes=30)


def is_under_torchrun(environment: Mapping[str, str] | None = None) -> bool:
    """Whether torchrun, or what sets the same variables, started this process as one of several."""
    given = os.environ if environment is None else environment
    return all(name in given for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"))


class TorchRanks:
    """The world as torchrun names it. Attributes: `rank`, `world_size`, `local_rank`, `local_world_size`."""

    def __init__(self, distributed: Any, torch: Any, environment: Mapping[str, str]) -> None:
        self._distributed, self._torch = distributed, torch
        self.rank, self.world_size = int(environment["RANK"]), int(environment["WORLD_SIZE"])
        self.local_rank = int(environment.get("LOCAL_RANK", "0"))
        self.local_world_size = int(environment.get("LOCAL_WORLD_SIZE", "1"))

    def gate(self, rule: Stopping) -> RanksGate:
        return RanksGate(self._distributed, rule)

    def gather(self, outcomes: list[Outcome]) -> list[Outcome]:
        """The outcomes of all ranks, in their order, on every rank.

        Each child's time runs from its leaving the barrier to its last answer, by its own clock: clocks of
        hosts cannot be compared, so the longest of these spans is the world's.
        """
        parts = self._all_bytes(_packed(outcomes))
        return [one for data in parts for one in _unpacked(data)]

    def agree(self, point: Point, is_cancelled: bool) -> tuple[Point, bool]:
        """What rank 0 found, so that all ranks go on with the same step, and whether any wants to stop."""
        said = self._all_bytes(msgspec.json.encode((point, is_cancelled)))
        words = [msgspec.json.decode(data, type=tuple[Point, bool]) for data in said]
        return words[0][0], any(cancelled for _, cancelled in words)

    def _all_bytes(self, data: bytes) -> list[bytes]:
        """What each rank says, in their order; raises KnownError(RANK_LOST) where one is gone."""
        try:
            return self._exchanged(data)
        except RuntimeError as error:
            raise KnownError(ErrorKind.RANK_LOST, str(error).partition("\n")[0]) from error

    def _exchanged(self, data: bytes) -> list[bytes]:
        torch, distributed = self._torch, self._distributed
        length = torch.tensor([len(data)], dtype=torch.int64)
        lengths = [torch.zeros(1, dtype=torch.int64) for _ in range(self.world_size)]
        distributed.all_gather(lengths, length)
        longest = max(int(one.item()) for one in lengths)
        own = torch.zeros(longest, dtype=torch.uint8)
        own[: len(data)] = torch.frombuffer(bytearray(data or b"\0"), dtype=torch.uint8)[: len(data)]
        rooms = [torch.zeros(longest, dtype=torch.uint8) for _ in range(self.world_size)]
        distributed.all_gather(rooms, own)
        return [room[: int(size.item())].numpy().tobytes() for room, size in zip(rooms, lengths, strict=True)]

    def close(self) -> None:
        self._distributed.destroy_process_group()


def join(environment: Mapping[str, str] | None = None) -> TorchRanks:
    """Meet the other ranks, over gloo: what is exchanged are figures, and those lie on the host.

    Raises KnownError(NOT_UNDER_TORCHRUN) where they cannot be reached, RUNTIME_MISSING without torch.
    """
    try:
        import torch
        from torch import distributed
    except ImportError as error:
        raise KnownError(ErrorKind.RUNTIME_MISSING, runtime="torch") from error
    given = os.environ if environment is None else environment
    try:
        distributed.init_process_group("gloo", timeout=PATIENCE)
    except (RuntimeError, ValueError) as error:
        detail = str(error).partition("\n")[0]
        raise KnownError(ErrorKind.NOT_UNDER_TORCHRUN, detail=detail) from error
    return TorchRanks(distributed, torch, given)


class RanksGate:
    """All ranks pass a barrier, then each begins at once by its own clock; see profiler.gate.Gate."""

    def __init__(self, distributed: Any, rule: Stopping) -> None:
        self._distributed, self._rule = distributed, rule
        self._begin: messages.Begin | None = None
        self._is_lost = False
        self._is_there = False

    def arrive(self, p50_ns: int) -> None:
        self._is_there = True
        self._start(p50_ns)

    def _start(self, p50_ns: int) -> None:
        """On a thread: a collective waits as long as the slowest rank loads."""
        threading.Thread(target=self._meet, args=(p50_ns,), daemon=True).start()

    def _meet(self, p50_ns: int) -> None:
        """A barrier that carries the slowest rank's speed, or (below 0) that one has given up."""
        import torch

        slowest = torch.tensor([p50_ns], dtype=torch.int64)
        worst = torch.tensor([p50_ns], dtype=torch.int64)
        try:
            self._distributed.all_reduce(slowest, op=self._distributed.ReduceOp.MAX)
            self._distributed.all_reduce(worst, op=self._distributed.ReduceOp.MIN)
        except RuntimeError:
            self._is_lost = True
            return
        if int(worst.item()) < 0:
            self._is_lost = True
        else:
            duration_s = window_s(self._rule, int(slowest.item()))
            self._begin = messages.Begin(time.perf_counter_ns() + LEAD_NS, duration_s)

    def begin(self) -> messages.Begin | None:
        return self._begin

    def give_up(self) -> None:
        if not self._is_there:
            self._is_there = True
            self._start(-1)

    @property
    def is_lost(self) -> bool:
        return self._is_lost


class _Sent(msgspec.Struct):
    """What goes with the arrays of one outcome."""

    heard: Heard
    lanes: list[tuple[int, int, tuple[int, ...], tuple[int, ...]]]
    cut_ns: int | None


def _packed(outcomes: Sequence[Outcome]) -> bytes:
    """JSON and arrays as one .npz, which is read back without pickles."""
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    sent = []
    for at, one in enumerate(outcomes):
        for lane, contents in enumerate(one.lanes):
            arrays[f"{at}.{lane}"] = contents.samples
        if one.requests is not None:
            arrays[f"{at}.requests"] = np.stack(one.requests[:3])
        lanes = [
            (lane.cold_count, lane.warmup_count, lane.block_starts, lane.block_clock_ns) for lane in one.lanes
        ]
        sent.append(_Sent(one.heard, lanes, one.requests.cut_ns if one.requests is not None else None))
    arrays["heard"] = np.frombuffer(msgspec.json.encode(sent), dtype=np.uint8)
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def _unpacked(data: bytes) -> list[Outcome]:
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        sent = msgspec.json.decode(archive["heard"].tobytes(), type=list[_Sent])
        return [_outcome(at, one, archive) for at, one in enumerate(sent)]


def _outcome(at: int, one: _Sent, archive: Any) -> Outcome:
    lanes = tuple(
        Contents(archive[f"{at}.{lane}"], cold, warmup, starts, clocks)
        for lane, (cold, warmup, starts, clocks) in enumerate(one.lanes)
    )
    requests = None
    if one.cut_ns is not None:
        due, begin, duration = archive[f"{at}.requests"]
        requests = Requests(due, begin, duration, one.cut_ns)
    return Outcome(one.heard, lanes, requests)

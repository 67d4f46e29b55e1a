"""What one child left behind, read from its folder and brought into the order of time."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from profiler import requests_file, sample_file
from profiler.heard import Heard
from profiler.metrics import latency
from profiler.plan import MultiStream, Server
from profiler.requests_file import Requests
from profiler.sample_file import Contents

Samples = npt.NDArray[np.int64]

# The beginning of an open loop, before a queue has formed, is not counted (MEASURING.md, 2.3).
LEAD_IN_NS = 1_000_000_000
LEAD_IN_P99 = 10
LEAD_IN_SHARE = 0.2

_NONE = np.empty(0, dtype=np.int64)


class Outcome(NamedTuple):
    """One child: what was heard of it, the sample file of each lane, the requests of an open loop."""

    heard: Heard
    lanes: tuple[Contents, ...] = ()
    requests: Requests | None = None

    @property
    def cold(self) -> Samples:
        return self.lanes[0].samples[: self.lanes[0].cold_count] if self.lanes else _NONE

    @property
    def warmup(self) -> Samples:
        """Practice of all lanes, the requests of the lead-in behind it, int64 ns in order."""
        practice = _interleaved([_practice(lane) for lane in self.lanes])
        requests = self.requests
        if requests is None:
            return practice
        return np.concatenate([practice, requests.response[~self._counted(requests)]])

    @property
    def steady(self) -> Samples:
        """Latencies that count, int64 ns in order of time; of an open loop, from when each was due."""
        if self.requests is not None:
            return self.requests.response[self._counted(self.requests)]
        return _merged(self.lanes)

    @property
    def service(self) -> Samples | None:
        """Of an open loop, from when each answered request was begun; else None."""
        requests = self.requests
        if requests is None:
            return None
        return requests.duration[self._counted(requests) & requests.answered]

    def counted_requests(self) -> Requests | None:
        """The requests behind the lead-in."""
        requests = self.requests
        if requests is None:
            return None
        at = self._counted(requests)
        return Requests(requests.due[at], requests.begin[at], requests.duration[at], requests.cut_ns)

    def _counted(self, requests: Requests) -> npt.NDArray[np.bool_]:
        if not len(requests.due):
            return np.zeros(0, dtype=bool)
        practice = np.sort(_practice(self.lanes[0])) if self.lanes else _NONE
        p99 = latency.percentile(practice, 0.99) if len(practice) else 0
        span = int(requests.due[-1] - requests.due[0])
        lead_in = min(max(LEAD_IN_NS, LEAD_IN_P99 * p99), int(LEAD_IN_SHARE * span))
        return np.asarray(requests.due >= requests.due[0] + lead_in)

    @property
    def calls(self) -> int:
        """Calls of the model in the steady window; a query may be several."""
        if self.requests is not None:
            return int(self.requests.answered.sum())
        return sum(len(lane.steady) for lane in self.lanes) * self.heard.plan.calls_per_query(self.batch)

    @property
    def batch(self) -> int:
        loaded = self.heard.loaded
        return (loaded.batch if loaded is not None else 0) or self.heard.plan.batch

    @property
    def samples_per_call(self) -> float:
        scenario = self.heard.plan.scenario
        if isinstance(scenario, MultiStream):
            return scenario.samples_per_query / self.heard.plan.calls_per_query(self.batch)
        return self.batch

    @property
    def steady_ns(self) -> int:
        """The time inside blocks by the child's word, but never less than its samples add up to."""
        finished = self.heard.finished
        if self.requests is not None:
            due = self.requests.due
            return int(self.requests.cut_ns - due[0]) if len(due) else 0
        added = max((int(lane.steady.sum()) for lane in self.lanes), default=0)
        return max(added, finished.steady_ns) if finished is not None else added

    @property
    def window_ns(self) -> int:
        """From the beginning of the common window to this child's last answer, pauses included."""
        finished = self.heard.finished
        return max(self.steady_ns, finished.ended_ns - finished.begun_ns if finished is not None else 0)

    @property
    def calls_per_s(self) -> float | None:
        """The sum over lanes of each lane's own speed: lanes end a block one after another."""
        if self.requests is not None or not self.lanes:
            return self.calls / (self.steady_ns / 1e9) if self.steady_ns else None
        finished = self.heard.finished
        said = finished.lane_elapsed_ns if finished is not None else ()
        if len(said) != len(self.lanes):
            said = (self.steady_ns,) if len(self.lanes) == 1 else (0,) * len(self.lanes)
        per_query = self.heard.plan.calls_per_query(self.batch)
        total = 0.0
        for lane, elapsed in zip(self.lanes, said, strict=True):
            spent = max(elapsed, int(lane.steady.sum()))
            total += len(lane.steady) * per_query / (spent / 1e9) if spent else 0.0
        return total or None


def read(heard: Heard, folder: Path) -> Outcome:
    """What lies in the child's folder; raises ValueError for files that contradict themselves, OSError."""
    cut_off = heard.finished is None
    lanes = []
    for lane in range(heard.plan.concurrency):
        path = sample_file.lane_path(folder / "samples.bin", lane)
        if path.exists():
            lanes.append(sample_file.read_all(path, after_death=cut_off))
    is_open = isinstance(heard.plan.scenario, Server)
    requests = requests_file.read(requests_file.path_beside(folder / "samples.bin")) if is_open else None
    return Outcome(heard, tuple(lanes), requests)


def tail(samples_file: Path, most: int) -> Samples:
    """The last latencies that a child which is still at work has counted, in ns, for a live view.

    Of several lanes the first; of an open loop its requests. Raises as `read` does.
    """
    requests = requests_file.read(requests_file.path_beside(samples_file))
    if requests is not None and requests.answered.any():
        return requests.response[requests.answered][-most:]
    return sample_file.read_tail(samples_file, most)


def _practice(lane: Contents) -> Samples:
    return lane.samples[lane.cold_count : lane.cold_count + lane.warmup_count]


def _interleaved(parts: list[Samples]) -> Samples:
    """Parts that went on at the same time without a common clock: by their share of the way."""
    if len(parts) < 2:
        return parts[0] if parts else _NONE
    place = np.concatenate([(np.arange(len(part)) + 0.5) / max(1, len(part)) for part in parts])
    return np.concatenate(parts)[np.argsort(place, kind="stable")]


def _merged(lanes: tuple[Contents, ...]) -> Samples:
    """Steady samples of all lanes by the moment at which each ended."""
    if len(lanes) < 2:
        return lanes[0].steady if lanes else _NONE
    ends = np.concatenate([_ends(lane) for lane in lanes])
    return np.concatenate([lane.steady for lane in lanes])[np.argsort(ends, kind="stable")]


def _ends(lane: Contents) -> Samples:
    """When each steady sample ended: the block's clock reading and the samples since."""
    total = np.cumsum(lane.steady, dtype=np.int64)
    if not lane.block_starts:
        return total
    starts = np.array(lane.block_starts)
    block = np.clip(np.searchsorted(starts, np.arange(len(total)), side="right") - 1, 0, None)
    before = np.where(starts > 0, total[np.clip(starts, 1, len(total)) - 1] if len(total) else 0, 0)
    return np.asarray(total - before[block] + np.array(lane.block_clock_ns)[block], dtype=np.int64)

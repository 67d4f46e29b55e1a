"""How late each waiter starts a call that is due: a Poisson schedule at half of a 1 ms model's capacity.

Run: python -m tests.benchmarks.lateness [workers] [rounds] [seconds] [spin_us ...]. The waiters take turns.
Only arrivals that found a worker free count: the others wait for the model, not for us. Prints lateness P50
and P99, the share within 200 us, and what other processes took of the machine meanwhile, which is what makes
calls late that no waiter can start; exits 1 where the median turn of the best waiter keeps less than 99 %.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import threading
from itertools import count
from pathlib import Path
from time import perf_counter_ns

import numpy as np
import numpy.typing as npt
import psutil

from profiler import inputs, native_build, waiting
from profiler.backends import ort
from profiler.backends.base import Call, LoadOptions
from tests.benchmarks.fidelity import matmul_model

LATE_NS = 200_000
LEAD_NS = 20_000_000
Times = npt.NDArray[np.int64]


def model_calls(folder: Path, workers: int) -> tuple[list[Call], float]:
    """A bound call for each worker on one session of about 1 ms, and its median in ns."""
    matmul_model(folder / "chain.onnx", 1024, 6)
    session = ort.open_backend().load(folder / "chain.onnx", LoadOptions("cpu", 1))
    shapes = {spec.name: tuple(int(dim) for dim in spec.shape or ()) for spec in session.inputs}  # type: ignore[arg-type]
    calls = [session.bind(inputs.make(session.inputs, shapes, seed)) for seed in range(workers)]
    taken = []
    for _ in range(1_000):
        begin = perf_counter_ns()
        calls[0]()
        taken.append(perf_counter_ns() - begin)
    return calls, float(np.median(taken[200:]))


def schedule(rate: float, seconds: float, seed: int) -> Times:
    """Arrival times in ns from the start, drawn before the run."""
    gaps = np.random.default_rng(seed).exponential(1e9 / rate, int(rate * seconds))
    return np.cumsum(gaps).astype(np.int64)


def serve(waiter: waiting.Waiter, calls: list[Call], arrivals: Times) -> tuple[Times, Times]:
    """Lateness of the arrivals that found a worker free, and all service times; both in ns."""
    due = (arrivals + perf_counter_ns() + LEAD_NS).tolist()
    rows = np.zeros((len(due), 3), np.int64)
    take = count().__next__

    def work(call: Call) -> None:
        waiter.prepare_thread()
        wait, free = waiter.wait_until, perf_counter_ns()
        while (index := take()) < len(due):
            wait(due[index])
            begin = perf_counter_ns()
            call()
            end = perf_counter_ns()
            rows[index] = free, begin, end
            free = end

    threads = [threading.Thread(target=work, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    was_free = rows[:, 0] <= np.array(due)
    late = (rows[:, 1] - np.array(due))[was_free]
    return late, rows[:, 2] - rows[:, 1]


def cpu_seconds() -> tuple[float, float]:
    """CPU time so far of all other processes, and of the machine with its idle time."""
    own, machine = sum(psutil.Process().cpu_times()[:2]), psutil.cpu_times()
    whole = sum(machine) - getattr(machine, "guest", 0.0) - getattr(machine, "guest_nice", 0.0)
    return whole - machine.idle - getattr(machine, "iowait", 0.0) - own, whole


def waiters(spins_us: list[int]) -> dict[str, waiting.Waiter]:
    library = native_build.native_library().path
    made: dict[str, waiting.Waiter] = {}
    for spin_us in spins_us if library else ():
        waiter = waiting.best_waiter(library, spin_us * 1_000)
        made[f"{waiter.kind} {spin_us} us"] = waiter
    for waiter in (waiting.best_waiter(None), waiting.Sleep()):
        made[waiter.kind] = waiter
    return made


def main(workers: int = 1, rounds: int = 4, seconds: int = 5, *spins_us: int) -> int:
    kinds = waiters(list(spins_us) or [waiting.SPIN_NS // 1_000])
    late: dict[str, list[Times]] = {name: [] for name in kinds}
    service: dict[str, list[Times]] = {name: [] for name in kinds}
    with tempfile.TemporaryDirectory() as folder:
        calls, p50 = model_calls(Path(folder), workers)
        rate = 0.5e9 / p50
        print(f"model {p50 / 1e6:.3f} ms, {rate:.0f} arrivals/s, {workers} worker(s), {rounds} x {seconds} s")
        gc.freeze()
        gc.disable()
        before = cpu_seconds()
        for turn in range(rounds):
            order = list(kinds) if turn % 2 == 0 else list(reversed(kinds))
            for name in order:
                lateness, served = serve(kinds[name], calls, schedule(rate, seconds, turn))
                late[name].append(lateness)
                service[name].append(served)
        others, whole = np.array(cpu_seconds()) - before
        print(f"other processes took {others / whole * 100:.1f} % of the machine")
    within = {name: report(name, late[name], service[name]) for name in kinds}
    return int(next(iter(within.values())) < 0.99)


def report(name: str, lateness: list[Times], service: list[Times]) -> float:
    """Print a line with the share within 200 us of all and of each turn; hands back the median turn's."""
    late, served = np.concatenate(lateness), np.concatenate(service)
    p50, p90, p99 = np.quantile(late, (0.5, 0.9, 0.99), method="higher") / 1e3
    shares = [float((turn <= LATE_NS).mean()) for turn in lateness]
    turns = " ".join(f"{share * 100:.1f}" for share in shares)
    within = float((late <= LATE_NS).mean()) * 100
    print(
        f"{name:19} n {len(late):5} of {len(served):5}  late P50 {p50:.1f}  P90 {p90:.1f}  P99 {p99:.1f} us  "
        f"within 200 us {within:.2f} % (by turn {turns})  "
        f"service P50 {np.median(served) / 1e6:.3f} P90 {np.quantile(served, 0.9) / 1e6:.3f} ms"
    )
    return float(np.median(shares))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

"""What each load adds to a model of known duration: the null backend through the whole machinery.

Run: python -m tests.benchmarks.yardstick. For 0 us to 10 ms and every load prints P50 and P99 less the known
duration, the throughput against what the duration allows, and the lateness of the open loop. It gates
nothing: a shared machine has its own tails.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from profiler.backends import null
from profiler.plan import Concurrency, Preset, RunPlan, Scenario, Server, SingleStream, stopping_for
from profiler.result import RunResult
from profiler.runner import Ended, Run
from profiler.store import Store

SECONDS = 3.0
SERVICES_NS = (0, 20_000, 200_000, 1_000_000, 10_000_000)


def measured(service_ns: int, scenario: Scenario, folder: Path) -> RunResult:
    path = null.write(folder / f"{service_ns}.null", null.Service(service_ns))
    plan = RunPlan(
        str(path),
        "null",
        scenario=scenario,
        threads=1,
        preset=Preset.QUICK,
        stopping=stopping_for(Preset.QUICK, SECONDS),
    )
    heard: list[object] = []
    run = Run(plan, Store(folder / "history"), heard.append, checks=lambda: ())
    run.start()
    run.wait()
    ended = heard[-1]
    assert isinstance(ended, Ended), ended
    assert ended.result.error is None, ended.result.error
    return ended.result


def line(name: str, service_ns: int, result: RunResult, lanes: int = 1) -> None:
    latency, per_s = result.latency, result.throughput.inferences_per_s or 0.0
    p50 = ((latency.p50_ns or 0) - service_ns) / 1e3
    p99 = ((latency.p99_ns or 0) - service_ns) / 1e3
    reached = f"{per_s * service_ns / 1e9 / lanes:7.1%}" if service_ns else f"{per_s:,.0f}/s"
    print(
        f"{name:14} {service_ns / 1e3:9.0f} us  P50 {p50:+9.2f} us  P99 {p99:+9.2f} us  {reached}", flush=True
    )


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        os.environ["INFEROMETER_HOME"] = name
        for service_ns in SERVICES_NS:
            line("SingleStream", service_ns, measured(service_ns, SingleStream(), Path(name)))
            line("Concurrency 2", service_ns, measured(service_ns, Concurrency(2), Path(name)), 2)
            if service_ns >= 200_000:
                rate = 0.5e9 / service_ns
                served = measured(service_ns, Server(rate, workers=1), Path(name))
                late, service = served.boundary.lateness, served.boundary.service
                assert late is not None
                assert service is not None
                print(
                    f"{'Server':14} {service_ns / 1e3:9.0f} us  at {rate:,.0f}/s: late P50 "
                    f"{(late.p50_ns or 0) / 1e3:.2f} us, P99 {(late.p99_ns or 0) / 1e3:.2f} us; service P50 "
                    f"{((service.p50_ns or 0) - service_ns) / 1e3:+.2f} us; {late.wait_method}",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())

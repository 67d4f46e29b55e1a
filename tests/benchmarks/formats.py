"""Our timed loop against a bare loop on the same session, for every format and runtime, toggled in one child.

Run: python -m tests.benchmarks.formats. A fresh process for each file of the sample and of a ResNet-50;
prints both medians and their difference; exits 1 where one differs by over 2 %.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from profiler import inputs, shapes
from profiler.backends import catalog
from profiler.backends.base import LoadOptions
from tests.benchmarks import fidelity, formats_models

MOST = 0.02
THREADS = 1


def measure(path: Path, runtime: str) -> tuple[float, float, float]:
    """In the child: medians (ours, bare) in ns and the median difference of the pairs."""
    backend = catalog.open_backend(runtime)
    session = backend.load(path, LoadOptions("cpu", THREADS))
    concrete = shapes.concrete_shapes(session.inputs, 1, _known(path, session.inputs))
    call = session.bind(inputs.make(session.inputs, concrete, 0))
    with tempfile.TemporaryDirectory() as folder:
        return fidelity.toggled(call, f"{path.name[:24]}-{runtime}", Path(folder))


def _known(path: Path, specs: object) -> dict[str, tuple[int, ...]]:
    """TorchScript tells no shapes, and IR no names: the sample's and the ResNet's are known here."""
    side = (1, 3, 224, 224) if path.name.startswith("resnet50") else (1, 1, 8, 8)
    open_shapes = path.suffix in (".pt", ".xml")
    return {spec.name: side for spec in specs if open_shapes}  # type: ignore[attr-defined]


def main() -> int:
    if len(sys.argv) == 3:
        found = measure(Path(sys.argv[1]), sys.argv[2])
        print(json.dumps(found))
        return 0
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for path, runtime in formats_models.make(Path(folder)):
            command = [sys.executable, "-m", "tests.benchmarks.formats", str(path), runtime]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            line, answer = done.stdout.strip().splitlines()[-2:]
            _, bare, difference = json.loads(answer)
            worst = max(worst, abs(difference / bare))
            print(f"{path.name:26} {runtime:12} {line.partition('ours')[2].strip()}", flush=True)
    print(f"largest difference {worst:.2%}")
    return int(worst > MOST)


if __name__ == "__main__":
    sys.exit(main())

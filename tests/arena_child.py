"""What ONNX Runtime's arena gives back, asked in a fresh process; one JSON object on standard output."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from profiler.backends import ort
from profiler.backends.base import LoadOptions
from profiler.result import Reason


def main(path: Path) -> None:
    told: dict[str, object] = {}
    session = ort.open_backend().load(path, LoadOptions("cpu", 1))
    told["unbound"] = session.arena_bytes()
    session.bind({"image": np.zeros((1, 1, 8, 8), np.float32)})()
    small = session.arena_bytes()
    told["small"] = small.code if isinstance(small, Reason) else small
    session.close()
    session = ort.open_backend().load(path, LoadOptions("cpu", 1))
    call = session.bind({"image": np.zeros((256, 1, 8, 8), np.float32)})
    before = session.results(call)["logits"].tobytes()
    large = session.arena_bytes()
    told["large"] = large.code if isinstance(large, Reason) else large
    told["is_same_answer"] = session.results(call)["logits"].tobytes() == before
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

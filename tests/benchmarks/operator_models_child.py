"""Runs operator models one after another: a folder a line comes in, a verdict a line goes out.

Each model is opened, bound, run and compared with the answers that lie beside it, and inspected. It may be
killed by what it runs: tests.benchmarks.operator_models then starts another and names the model.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from profiler import inspection, messages
from profiler.backends import catalog
from profiler.backends.base import LoadOptions
from profiler.errors import KnownError

RELATIVE, ABSOLUTE = 1e-3, 1e-7


def _values(folder: Path, side: str) -> list[Any]:
    """Arrays in order; the items of a sequence one by one."""
    found: list[Any] = []
    for index in range(len(list(folder.glob(f"{side}_*.pb")))):
        data = (folder / f"{side}_{index}.pb").read_bytes()
        found += _parsed(data)
    return found


def _parsed(data: bytes) -> list[Any]:
    """The message does not say what it is: a tensor has a type and no strange name."""
    tensor = onnx.TensorProto()
    tensor.ParseFromString(data)
    if tensor.data_type and not tensor.HasField("segment"):
        with contextlib.suppress(ValueError, TypeError):
            return [numpy_helper.to_array(tensor)]
    sequence = onnx.SequenceProto()
    sequence.ParseFromString(data)
    return [numpy_helper.to_array(one) for one in sequence.tensor_values]


def run(folder: Path, runtime: str) -> tuple[str, str]:
    """pass, differs, refused (with the kind of the error), or ours (with what we raised)."""
    try:
        backend = catalog.open_backend(runtime)
        session = backend.load(folder / "model.onnx", LoadOptions("cpu", 1))
        return _answers(folder, session)
    except KnownError as error:
        return "refused", f"{error.info.kind}: {error.info.text}"[:160]
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the benchmark looks for
        return "ours", f"{type(error).__name__}: {error}"[:200]


def _answers(folder: Path, session: Any) -> tuple[str, str]:
    data = folder / "test_data_set_0"
    named = [value.name for value in onnx.load(folder / "model.onnx", load_external_data=False).graph.input]
    others = [spec for spec in session.inputs if "(" in spec.dtype]
    if others:
        # As in a run: what is no tensor is refused when it is bound.
        session.bind({others[0].name: np.zeros(0)})
    given = dict(zip(named, _values(data, "input"), strict=False))
    inputs = {spec.name: given[spec.name] for spec in session.inputs if spec.name in given}
    try:
        found = list(session.results(session.bind(inputs)).values())
    except KnownError:
        raise
    except Exception as error:
        raise session.explain(error) from error
    expected = _values(data, "output")
    if len(expected) != len(found):
        return "differs", "another number of answers"
    for mine, theirs in zip(found, expected, strict=True):
        if not _alike(np.asarray(mine), np.asarray(theirs)):
            return "differs", ""
    return "pass", ""


def _alike(mine: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any]) -> bool:
    if mine.shape != theirs.shape:
        return False
    if mine.dtype.kind in "fc" and theirs.dtype.kind in "fc":
        return bool(np.allclose(mine, theirs, RELATIVE, ABSOLUTE, equal_nan=True))
    if mine.dtype.kind in "OUS" or theirs.dtype.kind in "OUS":
        return [str(one) for one in mine.flat] == [str(one) for one in theirs.flat]
    return bool(np.allclose(mine.astype(np.float64), theirs.astype(np.float64), RELATIVE, ABSOLUTE))


def inspect(folder: Path) -> str:
    """Empty where it was described or refused in the user's words."""
    try:
        inspection.describe(messages.Inspect(str(folder / "model.onnx"), "onnx"))
    except KnownError:
        return ""
    except Exception as error:  # noqa: BLE001 - as above
        return f"{type(error).__name__}: {error}"[:200]
    return ""


def main(runtime: str) -> int:
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        folder = Path(line.rstrip("\n"))
        status, detail = run(folder, runtime)
        print(json.dumps([folder.name, status, detail, inspect(folder)]), file=out)
    return 0


if __name__ == "__main__":
    os._exit(main(sys.argv[1]))

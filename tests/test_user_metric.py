"""A metric of the user's own: found, called, and its errors told without costing anything else."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from profiler.correctness.user_metric import UserMetric

SOURCE = """
import beside

def hits(outputs, labels):
    outputs["a"][:] += 0
    return float((outputs["a"].argmax(1) == labels).mean()) * beside.FACTOR

class Sum:
    def __init__(self):
        self.total = 0
    def update(self, outputs, labels):
        self.total += labels.sum()
    def compute(self):
        return self.total

class Lacks:
    pass

def raising(outputs, labels):
    raise ValueError("no such thing\\nmore")

def leaving(outputs, labels):
    raise SystemExit(3)

def infinite(outputs, labels):
    return float("inf")

def table(outputs, labels):
    return outputs["a"]

number = 3
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my_metrics_for_test.py").write_text(SOURCE)
    (tmp_path / "beside.py").write_text("FACTOR = 1.0\n")
    return tmp_path


def _value(asked: str, folder: Path) -> tuple[float | None, str]:
    metric = UserMetric(asked, str(folder))
    metric.add({"a": np.eye(3)[[0, 1, 2]]}, np.array([0, 1, 0]))
    metric.add({"a": np.eye(3)[[2]]}, np.array([2]))
    value = metric.value()
    sys.modules.pop("beside", None)
    return value, "" if metric.failure is None else metric.failure.parameters["detail"]


@pytest.mark.parametrize("place", ["my_metrics_for_test.py", "my_metrics_for_test"])
def test_a_functions_values_are_weighted_by_samples(place: str, folder: Path) -> None:
    assert _value(f"{place}:hits", folder) == (pytest.approx(3 / 4), "")


def test_a_class_is_asked_at_the_end(folder: Path) -> None:
    assert _value("my_metrics_for_test.py:Sum", folder) == (3.0, "")


def test_its_folder_can_be_imported_from_only_meanwhile(folder: Path) -> None:
    before = list(sys.path)
    _value("my_metrics_for_test.py:hits", folder)
    assert sys.path == before


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("my_metrics_for_test.py:raising", "ValueError: no such thing"),
        ("my_metrics_for_test.py:leaving", "SystemExit: 3"),
        ("my_metrics_for_test.py:infinite", "ValueError: the metric is inf"),
        ("my_metrics_for_test.py:table", ""),
        ("my_metrics_for_test.py:Lacks", "TypeError: the class has no update and no compute"),
        ("my_metrics_for_test.py:number", "TypeError: it is neither a function nor a class"),
        ("my_metrics_for_test.py:missing", "AttributeError"),
        ("no_such_module_here:x", "ModuleNotFoundError"),
        ("missing.py:x", "FileNotFoundError: there is no file missing.py"),
    ],
)
def test_what_goes_wrong_is_told_and_gives_no_value(asked: str, said: str, folder: Path) -> None:
    value, detail = _value(asked, folder)
    assert value is None
    assert detail.startswith(said)
    assert detail


def test_a_failure_keeps_its_traceback_for_the_details(folder: Path) -> None:
    metric = UserMetric("my_metrics_for_test.py:raising", str(folder))
    metric.add({"a": np.eye(3)}, np.array([0, 1, 2]))
    assert metric.failure is not None
    assert "in raising" in metric.failure.parameters["traceback"]


def test_its_arrays_are_its_own(folder: Path) -> None:
    (folder / "spoil.py").write_text(
        "def f(outputs, labels):\n    labels[:] = 9\n    outputs['a'][:] = 9\n    return 0\n"
    )
    labels, answers = np.array([0]), np.eye(1)
    UserMetric("spoil.py:f", str(folder)).add({"a": answers}, labels)
    assert (labels[0], answers[0, 0]) == (0, 1)

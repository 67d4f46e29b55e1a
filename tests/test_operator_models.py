"""The benchmark over ONNX's operator models: a process that dies is replaced, our errors are not hidden."""

from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks import operator_models, operator_models_child
from tests.benchmarks.operator_models import Verdict


class _Child:
    """Dies of models whose name says so; counts itself."""

    started = 0

    def __init__(self) -> None:
        _Child.started += 1

    def ask(self, folder: Path) -> Verdict | None:
        return None if "kill" in folder.name else Verdict(folder.name, "pass")

    def end(self) -> None: ...


def test_a_process_that_dies_is_replaced_and_the_model_named() -> None:
    _Child.started = 0
    folders = [Path(name) for name in ("one", "kills", "two", "kills_too")]
    found = list(operator_models.verdicts(folders, _Child))
    assert [(one.name, one.status) for one in found] == [
        ("one", "pass"), ("kills", "died"), ("two", "pass"), ("kills_too", "died"),
    ]  # fmt: skip
    assert _Child.started == 3


def test_the_figures_name_every_end_and_what_was_refused_why() -> None:
    found = [
        Verdict("a", "pass"), Verdict("b", "refused", "operator_unknown: Foo"),
        Verdict("c", "ours", "TypeError"), Verdict("d", "pass", "", "KeyError: x"),
    ]  # fmt: skip
    text = "\n".join(operator_models.summary(found))
    assert "4 models" in text
    assert "refused as operator_unknown: 1" in text
    assert "1 that inspect does not describe" in text
    assert not operator_models.is_clean(found)
    assert operator_models.is_clean([Verdict("a", "died"), Verdict("b", "differs")])


@pytest.mark.parametrize(
    ("mine", "theirs", "is_alike"),
    [
        (np.array([1.0, np.nan]), np.array([1.0005, np.nan]), True),
        (np.array([1.0]), np.array([1.01]), False),
        (np.array([[1]]), np.array([1]), False),
        (np.array(["a", "b"], dtype=object), np.array(["a", "b"]), True),
        (np.array([True, False]), np.array([True, True]), False),
    ],
)
def test_answers_are_compared_as_onnx_compares_them(
    mine: np.ndarray, theirs: np.ndarray, is_alike: bool
) -> None:
    assert operator_models_child._alike(mine, theirs) is is_alike

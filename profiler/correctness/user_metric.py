"""A metric of the user's own, which runs in the measuring child alone.

`MODULE:NAME` or `FILE.py:NAME`, looked up in the folder that the command was given in. The name stands for

* a function `name(outputs, labels)` that returns a number for each batch; what is kept is their mean,
  weighted by samples. `outputs` maps the model's outputs to arrays whose first axis holds the samples,
  `labels` is the array of their labels;
* or a class, made once without arguments, with `update(outputs, labels)` for each batch and `compute()` for
  the number at the end.

Import what it needs at its top: its folder can be imported from only while the file itself is.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Optional

import numpy as np

from profiler.blocks import Reason

Array = np.ndarray[Any, Any]

MOST_DETAILS = 4_000
_MODULE = "inferometer_user_metric"


class UserMetric:
    """Attributes: `failure`, the reason why there is no value; from then on nothing of it is called."""

    def __init__(self, asked: str, folder: str) -> None:
        self._asked = asked
        self.failure: Optional[Reason] = None
        self._sum, self._count = 0.0, 0
        self._called: Any = None
        self._attempt(lambda: self._take(_found(asked, folder)))

    def add(self, outputs: Mapping[str, Array], labels: Array) -> None:
        """A batch without its padding; the metric gets arrays of its own."""
        if self.failure is None and len(labels):
            given = {name: np.array(array) for name, array in outputs.items()}
            self._attempt(lambda: self._add(given, np.array(labels)))

    def value(self) -> Optional[float]:
        """None where it failed, or nothing was answered."""
        found: list[float] = []
        if self.failure is None and self._count:
            self._attempt(lambda: found.append(self._value()))
        return found[0] if found else None

    def _take(self, found: Any) -> None:
        if isinstance(found, type):
            found = found()
            missing = [name for name in ("update", "compute") if not callable(getattr(found, name, None))]
            if missing:
                raise TypeError(f"the class has no {' and no '.join(missing)}")
        elif not callable(found):
            raise TypeError("it is neither a function nor a class")
        self._called = found

    def _add(self, outputs: Mapping[str, Array], labels: Array) -> None:
        if self._is_class():
            self._called.update(outputs, labels)
        else:
            self._sum += _number(self._called(outputs, labels)) * len(labels)
        self._count += len(labels)

    def _value(self) -> float:
        return _number(self._called.compute()) if self._is_class() else self._sum / self._count

    def _is_class(self) -> bool:
        return hasattr(self._called, "compute") and hasattr(self._called, "update")

    def _attempt(self, action: Callable[[], object]) -> None:
        try:
            action()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code may raise anything
            text = str(error).strip().partition("\n")[0]
            self.failure = Reason(
                "metric_failed",
                {
                    "metric": self._asked,
                    "detail": f"{type(error).__name__}: {text}" if text else type(error).__name__,
                    "traceback": traceback.format_exc()[-MOST_DETAILS:],
                },
            )


def _number(value: Any) -> float:
    """A number, or an array of a single one; raises TypeError or ValueError for anything else."""
    found = float(np.asarray(value).reshape(()).item()) if np.ndim(value) == 0 else float(np.squeeze(value))
    if not np.isfinite(found):
        raise ValueError(f"the metric is {found}")
    return found


def _found(asked: str, folder: str) -> Any:
    """Raises whatever importing the user's file raises."""
    place, _, name = asked.rpartition(":")
    sys.path.insert(0, folder)
    try:
        module = _from_file(Path(folder) / place) if place.endswith(".py") else importlib.import_module(place)
    finally:
        sys.path.remove(folder)
    if not hasattr(module, name):
        raise AttributeError(f"there is no {name} in {place}")
    return getattr(module, name)


def _from_file(path: Path) -> Any:
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path.name}")
    spec = importlib.util.spec_from_file_location(_MODULE, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} is no module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[_MODULE] = module
    spec.loader.exec_module(module)
    return module

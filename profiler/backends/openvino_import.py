"""OpenVINO as we import it: without the package that would report every import to its maker."""

from __future__ import annotations

import sys
from typing import Any


def openvino() -> Any:
    """The module openvino; raises ImportError where it is not installed.

    On import it sends an event over the network and writes to the user's home through openvino_telemetry,
    which knows no setting against that but a file in the same home. Where that package cannot be imported,
    OpenVINO takes its own stub, which does nothing.
    """
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    import openvino as module

    return module

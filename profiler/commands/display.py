"""Whether a window could open here; asked without loading Qt."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping


def name(environment: Mapping[str, str] | None = None, system: str = sys.platform) -> str | None:
    """The display in the system's own words, or None where there is none."""
    values = os.environ if environment is None else environment
    if system in ("win32", "darwin"):
        return system
    return values.get("WAYLAND_DISPLAY") or values.get("DISPLAY") or None


def is_there(environment: Mapping[str, str] | None = None, system: str = sys.platform) -> bool:
    return name(environment, system) is not None

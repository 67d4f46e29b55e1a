"""An enumeration whose members are text: enum.StrEnum for the child, which also runs on Python 3.9."""

from __future__ import annotations

import enum


class TextEnum(str, enum.Enum):
    """Members equal, print and format as their value."""

    def __str__(self) -> str:
        return str.__str__(self.value)

    def __format__(self, format_spec: str) -> str:
        return str.__format__(self.value, format_spec)

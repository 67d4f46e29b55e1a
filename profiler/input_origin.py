"""Where the numbers of an input come from, as the code that a result keeps.

`made:KIND` (profiler.input_kinds; `made` alone in old results), `file`, `files:SAMPLES`, or
`images:COUNT:HxW:LAYOUT:VALUES` with values 0_1, 0_255 or shifted.
"""

from __future__ import annotations

_ALIKE = ("made:mask", "made:constant", "file")


def varies(origin: str) -> bool:
    """Whether the input differs from one call to the next, as far as its code tells."""
    name, _, rest = origin.partition(":")
    if name in ("files", "images"):
        return rest.partition(":")[0] != "1"
    return name == "made" and not origin.startswith(_ALIKE)

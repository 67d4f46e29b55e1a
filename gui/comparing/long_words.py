"""Names of files without a space in them, made ready for labels that break lines between words."""

from __future__ import annotations

import re

_LONGEST = 36
_LONG_WORD = re.compile(rf"\S{{{_LONGEST + 1},}}")
_BREAK = "\u200b"


def breakable(text: str) -> str:
    """The text with places in long words where a line may end; nothing is seen of them."""
    return _LONG_WORD.sub(lambda found: _parted(found.group()), text)


def _parted(word: str) -> str:
    return _BREAK.join(word[at : at + _LONGEST] for at in range(0, len(word), _LONGEST))

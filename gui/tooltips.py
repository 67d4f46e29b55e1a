"""Tool tips for texts that come from strangers: shown letter by letter, never as markup."""

from __future__ import annotations

import html


def plain(text: str) -> str:
    """The text as Qt shows it literally: without a tag it might guess."""
    return "<qt>" + html.escape(text).replace("\n", "<br>") + "</qt>" if text else ""

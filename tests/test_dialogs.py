"""The questions that stop the user: what a file chooser offers."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QFileDialog

from gui.dialogs import Dialogs
from profiler.backends import catalog


def test_the_chooser_of_models_offers_every_suffix_of_the_catalogue_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def choose(parent: object, title: str, folder: str, kinds: str) -> tuple[list[str], str]:
        asked.append(kinds)
        return [], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", staticmethod(choose))
    assert Dialogs(lambda: None).choose_models("/m") == []
    models, everything = asked[0].split(";;")
    offered = models.partition("(")[2].rstrip(")").split()
    assert sorted(offered) == sorted({f"*{suffix}" for form in catalog.FORMATS for suffix in form.suffixes})
    assert "(*)" in everything

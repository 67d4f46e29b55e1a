"""How many answers came within a time, all runs over each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gui import sentences
from gui.comparing.long_words import breakable
from gui.comparing.scene import Scene
from gui.panel import QuietLabel
from gui.plots.ecdf import SHARES, Distribution, ShareCurves
from gui.results.chart_tab import ChartTab
from profiler import units
from profiler.reports import comparison_text, ecdf_chart


class SharesTab(ChartTab):
    """Signals: `run_chosen` with the index of a run, -1 for none; `run_opened`."""

    run_chosen = Signal(int)
    run_opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._scene: Scene | None = None
        self._shown: list[Distribution] = []
        self.shares = ShareCurves()
        super().__init__(self.shares, parent, frozenset({0}))
        self.missing = QuietLabel(self)
        self.missing.setWordWrap(True)
        self.bar.addWidget(self.missing, 1)
        self.shares.run_chosen.connect(self.run_chosen)
        self.shares.run_opened.connect(self.run_opened)
        self.retranslate()

    def show_scene(self, scene: Scene) -> None:
        self._scene = scene
        kept = ecdf_chart.steady(scene.comparison, scene.samples)
        self._shown = [Distribution(scene.named(at), counted) for at, counted in kept.items()]
        self.shares.set_runs(self._shown, scene.comparison.limits)
        self.refresh()

    def choose(self, index: int | None) -> None:
        self.shares.choose(index)

    def refresh(self) -> None:
        self.model.set_rows(
            (self.tr("run"), self.tr("answers"), *(f"{share * 100:g} %" for share in SHARES)),
            [self._row(one) for one in self._shown],
        )
        self.missing.setText(breakable(self._missing()))
        self.show_part(bool(self._shown))

    def _row(self, one: Distribution) -> Sequence[str]:
        ordered = np.sort(one.samples)
        return (one.run.name, f"{len(ordered):,}", *(_within(ordered, share) for share in SHARES))

    def _missing(self) -> str:
        """Runs of which no single wait was kept."""
        drawn = {one.run.at for one in self._shown}
        absent = [] if self._scene is None else [run for run in self._scene.runs if run.at not in drawn]
        if not absent or not drawn:
            return ""
        language = sentences.language()
        names = comparison_text.say("comma", language).join(run.name for run in absent)
        return comparison_text.say("ecdf_missing", language, names=names)

    def retranslate(self) -> None:
        super().retranslate()
        self.table.setAccessibleName(self.tr("Shares as a table"))
        self.nothing.setText(
            self.tr("There are no single waits to draw: none were measured, or none were kept.")
        )
        self.refresh()


def _within(ordered: ecdf_chart.Samples, share: float) -> str:
    """A dash where there are too few samples beyond it."""
    if (1 - share) * len(ordered) < 1:
        return units.DASH
    return units.duration(float(ordered[math.ceil(share * len(ordered) - 1e-9) - 1]))

"""The wait over the throughput, the sweeps of all runs over each other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from gui import sentences
from gui.comparing.scene import Scene
from gui.panel import plain_label
from gui.plots.load_curves import Load, LoadCurves
from gui.results.chart_tab import ChartTab
from profiler import settings_text, units
from profiler.reports import comparison_text
from profiler.result import Point, RunResult

PERCENTILES = ("p50", "p90", "p95", "p99", "mean")


class CurvesTab(ChartTab):
    """Signals: `run_chosen` with the index of a run, -1 for none; `run_opened`."""

    run_chosen = Signal(int)
    run_opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._scene: Scene | None = None
        self._is_picked = False
        self.curves = LoadCurves()
        super().__init__(self.curves, parent, frozenset({0, 1}))
        self.quantity, self.of = QComboBox(self), plain_label(self)
        for name in PERCENTILES:
            self.quantity.addItem("", name)
        self.of.setBuddy(self.quantity)
        self.bar.insertWidget(0, self.of)
        self.bar.insertWidget(1, self.quantity)
        self.bar.addStretch(1)
        self.quantity.activated.connect(self._on_picked)
        self.quantity.currentIndexChanged.connect(self.refresh)
        self.curves.run_chosen.connect(self.run_chosen)
        self.curves.run_opened.connect(self.run_opened)
        self.retranslate()

    def _on_picked(self) -> None:
        self._is_picked = True

    def show_scene(self, scene: Scene) -> None:
        """The wait that is limited is shown, until the user picks another."""
        self._scene = scene
        limited = [name for name in PERCENTILES if name in scene.comparison.limits]
        if limited and not self._is_picked:
            self.quantity.setCurrentIndex(self.quantity.findData(limited[0]))
        self.refresh()

    def choose(self, index: int | None) -> None:
        self.curves.choose(index)

    def _loads(self, scene: Scene) -> list[Load]:
        every = zip(scene.runs, scene.comparison.runs, strict=True)
        found = [Load(named, points_of(run)) for named, run in every]
        return [load for load in found if load.points]

    def refresh(self) -> None:
        if self._scene is None:
            self.show_part(False)
            return
        name, language = str(self.quantity.currentData()), sentences.language()
        loads = self._loads(self._scene)
        self.curves.set_runs(loads, name, self._scene.comparison.limits)
        heads = (
            self.tr("run"),
            self.tr("load"),
            comparison_text.quantity(name, language),
            self.tr("samples per second"),
        )
        self.model.set_rows(heads, [row for load in loads for row in self._rows(load, name)])
        self.show_part(bool(loads))

    def _rows(self, load: Load, name: str) -> list[Sequence[str]]:
        fields = settings_text.varied(load.points) or ["batch", "concurrency"]
        language = sentences.language()
        return [
            (
                load.run.name,
                settings_text.setting(point, fields, language),
                units.duration(getattr(point.latency, f"{name}_ns")),
                units.rate(point.throughput.samples_per_s),
            )
            for point in load.points
        ]

    def retranslate(self) -> None:
        super().retranslate()
        language = sentences.language()
        for at, name in enumerate(PERCENTILES):
            self.quantity.setItemText(at, comparison_text.quantity(name, language))
        self.of.setText(self.tr("&Wait"))
        self.quantity.setAccessibleName(self.tr("Wait that the curves show"))
        self.table.setAccessibleName(self.tr("Loads as a table"))
        self.nothing.setText(self.tr("No run has both a wait and a throughput."))
        self.refresh()


def points_of(run: RunResult) -> list[Point]:
    """The loads that a run was measured at: those of its sweep, else the one that speaks for it."""
    is_other_work = settings_text.is_of_shapes(run.points) or any(
        point.stage or point.together for point in run.points
    )
    if run.points and not is_other_work:
        return [point for point in run.points if point.error is None]
    if run.latency.p50_ns is None or run.throughput.samples_per_s is None:
        return []
    plan = run.plan
    own = Point(plan.batch, plan.concurrency, plan.threads, latency=run.latency, throughput=run.throughput)
    return [own]

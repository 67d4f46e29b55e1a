"""The two chart tabs of a result, each with the same figures as a table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtWidgets import QRadioButton, QWidget

from gui.panel import QuietLabel
from gui.plots.histogram import WaitChart
from gui.plots.run_order import RunOrderStrip
from gui.plots.waits import Bins, segments
from gui.results.chart_tab import ChartTab
from profiler import units
from profiler.metrics.latency import percentile
from profiler.result import Latency

Samples = npt.NDArray[np.int64]
Rows = list[tuple[str, ...]]

_NONE = np.empty(0, dtype=np.int64)
_SHARES = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99, 0.999)


class WaitsTab(ChartTab):
    """How long the counted calls took: bars or the share below, with percentile lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._waits = WaitChart()
        self._samples = _NONE
        self._latency = Latency()
        super().__init__(self._waits, parent)
        self.bars, self.below = QRadioButton(self), QRadioButton(self)
        self.bars.setChecked(True)
        self.sentence = QuietLabel(self)
        self.bar.insertWidget(0, self.bars)
        self.bar.insertWidget(1, self.below)
        self.bar.addStretch(1)
        self.bar.addWidget(self.sentence)
        self.below.toggled.connect(self.refresh)
        self.retranslate()

    def set_samples(self, samples: Samples | None, latency: Latency) -> None:
        """Show the counted samples (int64 ns), or that they were not kept."""
        self._samples, self._latency = _NONE if samples is None else samples, latency
        marks = {"P50": latency.p50_ns, "P90": latency.p90_ns, "P95": latency.p95_ns, "P99": latency.p99_ns}
        self._waits.set_samples(self._samples, marks)
        self.retranslate()

    def refresh(self) -> None:
        self._waits.show_shares(self.below.isChecked())
        if self.below.isChecked():
            self.model.set_rows((self.tr("share of calls"), self.tr("took at most")), self._share_rows())
        else:
            headings = (self.tr("from"), self.tr("to"), self.tr("calls"), self.tr("share"))
            self.model.set_rows(headings, self._bin_rows(self._waits.bins))
        self.show_part(bool(len(self._samples)))

    def _share_rows(self) -> Rows:
        if not len(self._samples):
            return []
        ordered = np.sort(self._samples)
        return [
            (f"{100 * share:.4g} %", units.duration(percentile(ordered, share)))
            for share in _SHARES
            if share * (1 - share) * len(ordered) >= 1
        ]

    def _bin_rows(self, bins: Bins | None) -> Rows:
        if bins is None:
            return []
        edges = [*bins.edges_ns.tolist(), float(self._samples.max())]
        counts = [*bins.counts.tolist(), bins.beyond]
        return [
            (
                units.duration(low),
                units.duration(high),
                f"{count:,}",
                units.percent(count / len(self._samples)),
            )
            for low, high, count in zip(edges, edges[1:], counts, strict=False)
            if count
        ]

    def retranslate(self) -> None:
        super().retranslate()
        self.bars.setText(self.tr("&Bars"))
        self.below.setText(self.tr("Share &below"))
        self.table.setAccessibleName(self.tr("Waits as a table"))
        self.nothing.setText(
            self.tr("There are no single waits to draw: none were measured, or none were kept.")
        )
        p99 = self._latency.p99_ns
        text = self.tr("99 of 100 answers came within {wait}.")
        self.sentence.setText("" if p99 is None else text.format(wait=units.duration(p99)))
        self.refresh()


class OrderTab(ChartTab):
    """Every call in the order it was made: what warms up, drifts, jumps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.strip = RunOrderStrip()
        self._samples, self._cold, self._warmup = _NONE, 0, 0
        super().__init__(self.strip, parent)
        self.bar.addStretch(1)
        self.retranslate()

    def set_samples(self, samples: Samples | None, cold_count: int, warmup_count: int) -> None:
        """Show all samples (int64 ns, in order), or that they were not kept."""
        self._samples = _NONE if samples is None else samples
        self._cold, self._warmup = cold_count, warmup_count
        self.strip.set_samples(self._samples, cold_count, warmup_count)
        self.refresh()

    def refresh(self) -> None:
        headings = (
            self.tr("runs"),
            self.tr("part"),
            self.tr("fastest"),
            self.tr("middle"),
            self.tr("slowest"),
        )
        self.model.set_rows(headings, self._rows())
        self.show_part(bool(len(self._samples)))

    def _rows(self) -> Rows:
        ends = [self._cold, self._cold + self._warmup]
        cold, warmup, counted = np.split(self._samples, ends)
        parts = (
            (self.tr("first calls"), cold, 0, max(1, len(cold))),
            (self.tr("practice"), warmup, ends[0], 5),
            (self.tr("counted"), counted, ends[1], 10),
        )
        return [
            (
                f"{row.first:,}–{row.last:,}" if row.last > row.first else f"{row.first:,}",
                name,
                units.duration(row.smallest_ns),
                units.duration(row.p50_ns),
                units.duration(row.largest_ns),
            )
            for name, values, before, most in parts
            for row in segments(values, before + 1, most)
        ]

    def retranslate(self) -> None:
        super().retranslate()
        self.table.setAccessibleName(self.tr("Waits in order, as a table"))
        self.nothing.setText(
            self.tr("There are no single waits to draw: none were measured, or none were kept.")
        )
        self.refresh()

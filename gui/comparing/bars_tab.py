"""One quantity of every run as a multiple of the baseline's, the best first."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from gui import sentences
from gui.comparing import quantities
from gui.comparing.long_words import breakable
from gui.comparing.scene import Scene
from gui.panel import QuietLabel, plain_label
from gui.plots.ratio_bars import Line, RatioBars, RatioRow
from gui.results.chart_tab import ChartTab
from profiler import limits as limit_units
from profiler import units
from profiler.comparison import figures
from profiler.comparison.records import Comparison, Ratio
from profiler.reports import comparison_text

_CALLS = {
    "better": "clear",
    "worse": "clear",
    "no_clear_difference": "grey",
    "not_known": "open",
}


class BarsTab(ChartTab):
    """Signals: `run_chosen` with the index of a run, -1 for none; `run_opened`."""

    run_chosen = Signal(int)
    run_opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._scene: Scene | None = None
        self.bars = RatioBars()
        self.note = QuietLabel()
        self.note.setWordWrap(True)
        super().__init__(_under(self.bars, self.note), parent, frozenset({0}))
        self.quantity, self.of = QComboBox(self), plain_label(self)
        self.of.setBuddy(self.quantity)
        self.bar.insertWidget(0, self.of)
        self.bar.insertWidget(1, self.quantity)
        self.bar.addStretch(1)
        self.quantity.currentIndexChanged.connect(self.refresh)
        self.bars.run_chosen.connect(self.run_chosen)
        self.bars.run_opened.connect(self.run_opened)
        self.retranslate()

    def show_scene(self, scene: Scene) -> None:
        self._scene = scene
        self.retranslate()

    def choose(self, index: int | None) -> None:
        self.bars.choose(index)

    def _offer(self, scene: Scene) -> None:
        """The quantities that runs have; the chosen one stays."""
        chosen = self.quantity.currentData()
        self.quantity.blockSignals(True)
        self.quantity.clear()
        for code in comparison_text.measured(scene.comparison):
            self.quantity.addItem(comparison_text.quantity(code, sentences.language()), code)
        self.quantity.setCurrentIndex(max(0, self.quantity.findData(chosen)))
        self.quantity.blockSignals(False)

    def refresh(self) -> None:
        code = self.quantity.currentData()
        if self._scene is None or code is None:
            self.show_part(False)
            return
        comparison, language = self._scene.comparison, sentences.language()
        rows = self._rows(self._scene, code)
        title = comparison_text.quantity(code, language)
        baseline = self.tr("1.00× {name}").format(name=_shortened(comparison.names[comparison.baseline]))
        self.bars.set_rows(title, rows, baseline, self._limit(comparison, code))
        direction = comparison_text.direction(comparison, code, language)
        whiskers = self.tr("Whiskers: 95 % interval. Grey: no clear difference, as it holds 1.00×.")
        cut = [self.tr("Cut bars are longer than drawn.")] if self.bars.is_cut else []
        notes = [direction, whiskers, *cut, *comparison_text.method_notes(comparison, code, language)]
        self.note.setText(breakable(" ".join(notes)))
        heads = (
            self.tr("run"),
            title,
            self.tr("times the baseline"),
            self.tr("95 % interval"),
            self.tr("that is"),
        )
        self.model.set_rows(heads, [self._cells(comparison, row, code) for row in rows])
        self.show_part(bool(rows))

    def _limit(self, comparison: Comparison, code: str) -> Line | None:
        """The limit on this quantity, as a multiple of the baseline's figure."""
        most = comparison.limits.get(code)
        base = figures.value(comparison.runs[comparison.baseline], code)
        if most is None or not base:
            return None
        return Line(most / base, self.tr("limit {most}").format(most=limit_units.text_of(code, most)))

    def _rows(self, scene: Scene, code: str) -> list[RatioRow]:
        comparison = scene.comparison
        ratios = comparison.ratios.get(code, ())
        rows = [self._row(scene, at, code, ratio) for at, ratio in enumerate(ratios)]
        sign = -1.0 if code in comparison_text.MORE_IS_BETTER else 1.0
        return sorted(rows, key=lambda row: math.inf if row.ratio is None else sign * row.ratio)

    def _row(self, scene: Scene, at: int, code: str, ratio: Ratio | None) -> RatioRow:
        comparison, run = scene.comparison, scene.named(at)
        is_baseline = at == comparison.baseline
        value = figures.value(comparison.runs[at], code)
        # What has no figure has no bar, also where it is the baseline.
        own = 1.0 if is_baseline and value is not None else None
        look = "clear" if is_baseline or ratio is None else _CALLS[ratio.call]
        return RatioRow(
            at=at,
            name=run.name,
            slot=run.slot,
            ratio=own if ratio is None else ratio.value,
            low=None if ratio is None else ratio.low,
            high=None if ratio is None else ratio.high,
            look=look,
            value=quantities.text_of(code, value),
            words=self.words(comparison, code, ratio),
            notes=" · ".join(self._notes(comparison, at)),
            more="" if ratio is None else comparison_text.ratio(ratio),
            is_best=comparison.winner.index == at and not comparison.winner.is_withheld,
        )

    def words(self, comparison: Comparison, code: str, ratio: Ratio | None) -> str:
        """1.22× faster, where that may be said; else the bare multiple."""
        if ratio is None:
            return ""
        times = f"{units.significant(ratio.value)}×"
        if ratio.call == "no_clear_difference":
            return f"{times}  " + comparison_text.call(comparison, ratio, sentences.language())
        if ratio.call == "not_known":
            return f"{times}  " + self.tr("not known whether that differs")
        return self._called(code, ratio.value) if comparison.may_judge else times

    def _called(self, code: str, value: float) -> str:
        times = units.significant(max(value, 1 / value))
        if code in quantities.TIMES:
            text = self.tr("{times}× faster") if value < 1 else self.tr("{times}× slower")
            return text.format(times=times)
        if code in comparison_text.MORE_IS_BETTER:
            return self.tr("{times}× as many").format(times=units.significant(value))
        if value < 1:
            return self.tr("{share} less").format(share=units.percent(1 - value))
        if value < 2:
            return self.tr("{share} more").format(share=units.percent(value - 1))
        return self.tr("{times}× as much").format(times=times)

    def _notes(self, comparison: Comparison, at: int) -> list[str]:
        standing, run = comparison.standings[at], comparison.runs[at]
        notes = [self.tr("baseline")] if at == comparison.baseline else []
        if run.error is not None:
            notes.append("✕ " + self.tr("failed"))
        if standing.is_right is False:
            notes.append("! " + self.tr("answers not right"))
        broken = [kept.quantity for kept in standing.kept if kept.kept is False]
        if broken:
            names = ", ".join(map(_brief, broken))
            notes.append("✕ " + self.tr("over limit: {names}").format(names=names))
        return notes

    def _cells(self, comparison: Comparison, row: RatioRow, code: str) -> Sequence[str]:
        interval = units.DASH
        if row.low is not None and row.high is not None:
            interval = f"{units.significant(row.low)} – {units.significant(row.high)}"
        times = units.DASH if row.ratio is None else f"{units.significant(row.ratio)}×"
        found = comparison.ratios[code][row.at]
        call = self.tr("baseline") if row.at == comparison.baseline else units.DASH
        if found is not None:
            call = comparison_text.call(comparison, found, sentences.language())
        return (row.name, row.value, times, interval, call)

    def retranslate(self) -> None:
        super().retranslate()
        self.of.setText(self.tr("&Quantity"))
        self.quantity.setAccessibleName(self.tr("Quantity that the bars show"))
        self.table.setAccessibleName(self.tr("Ratios as a table"))
        self.nothing.setText(self.tr("No two of these runs have a figure in common."))
        if self._scene is not None:
            self._offer(self._scene)
        self.refresh()


def _brief(code: str) -> str:
    """Where there is little room: P99, but memory in words."""
    is_percentile = code[:1] == "p" and code[1:].isdigit()
    return code.upper() if is_percentile else comparison_text.quantity(code, sentences.language())


def _under(chart: QWidget, note: QWidget) -> QWidget:
    whole = QWidget()
    box = QVBoxLayout(whole)
    box.setContentsMargins(0, 0, 0, 0)
    box.addWidget(chart)
    box.addWidget(note)
    box.addStretch(1)
    return whole


def _shortened(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:12]}…{name[-11:]}"

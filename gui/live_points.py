"""The points of a run as they are measured: the table fills, and under it the curve grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHeaderView, QTableView, QVBoxLayout, QWidget

from gui import sentences, tables
from gui.models.text_table import TextTable
from profiler import settings_text, units, wording
from profiler.result import Point, Status

if TYPE_CHECKING:
    from gui.plots.curve import LoadCurve
    from profiler.runner import PointBegun, PointDone

_SEEN_ROWS = 5


class LivePoints(QWidget):
    """Attributes: `points` by index; `going` the index of the one that is measured now, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.points: dict[int, Point] = {}
        self.going: int | None = None
        self._curve: LoadCurve | None = None
        self.table, self.model = QTableView(self), TextTable(self, frozenset({0}))
        self.table.setModel(self.model)
        tables.prepare(self.table)
        self.table.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        rows = self.table.verticalHeader().defaultSectionSize() * _SEEN_ROWS
        self.table.setMinimumHeight(rows)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addWidget(self.table, 1)
        self.hide()
        self.retranslate()

    def clear(self) -> None:
        """A new run begins; it may have one point only, and then this stays hidden."""
        self.points, self.going = {}, None
        self.hide()

    def begin(self, event: PointBegun) -> None:
        """A child is about to measure a point."""
        if event.total == 1:
            return
        self.points.setdefault(event.index, event.point)
        self.going = event.index
        self.show()
        self._fill()

    def done(self, event: PointDone) -> None:
        """What is known of a point after one more child."""
        self.points[event.index], self.going = event.point, None
        self._fill()

    @property
    def curve(self) -> LoadCurve:
        """Made with the first point, because plots take long to import."""
        if self._curve is None:
            from gui.plots.curve import LoadCurve

            self._curve = LoadCurve(self)
            self._box.addWidget(self._curve, 2)
        return self._curve

    def _fill(self) -> None:
        known = [self.points[at] for at in sorted(self.points)]
        fields = settings_text.varied(known) or ["batch"]
        self.model.set_rows(self._heads(), [self._row(at, fields) for at in sorted(self.points)])
        self.table.scrollToBottom()
        measured = [point for point in known if point.latency.count]
        if len(measured) > 1 and not known[0].together:
            from gui.plots.curve_points import Marks

            self.curve.set_points(known, Marks())

    def _heads(self) -> tuple[str, ...]:
        return self.tr("point"), "P50", "P99", self.tr("samples/s"), self.tr("state")

    def _row(self, at: int, fields: list[str]) -> tuple[str, ...]:
        point = self.points[at]
        return (
            self._name(point, fields),
            units.duration(point.latency.p50_ns),
            units.duration(point.latency.p99_ns),
            units.rate(point.throughput.samples_per_s),
            self._state(at, point),
        )

    def _name(self, point: Point, fields: list[str]) -> str:
        language = sentences.language()
        word = ""
        for code in ("stage", "together"):
            value = getattr(point, code)
            word = wording.say("loads", f"{code}_{value}", language) if value else word
        if point.together:
            return self.tr("other models: {state}").format(state=word)
        setting = settings_text.setting(point, [name for name in fields if getattr(point, name)], language)
        return f"{word}: {setting}" if word else setting

    def _state(self, at: int, point: Point) -> str:
        if at == self.going:
            return self.tr("measuring…")
        if point.status is Status.FAILED:
            return self.tr("failed")
        if point.stage and point.stage != "capacity":
            kept = {True: self.tr("keeps the limit"), False: self.tr("breaks the limit")}
            return kept.get(bool(point.kept), "") if point.kept is not None else self.tr("undecided")
        return self.tr("measured") if point.latency.count else ""

    def retranslate(self) -> None:
        self.table.setAccessibleName(self.tr("Points as they are measured"))
        if self.points:
            self._fill()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

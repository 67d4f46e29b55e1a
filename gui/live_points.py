"""The points of a run as they are measured: the table fills, and under it the curve grows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHeaderView, QTableView, QVBoxLayout, QWidget

from gui import sentences, tables
from gui.models.text_table import TextTable
from profiler import settings_text, units, wording
from profiler.metrics import curve as curves
from profiler.plan import RunPlan
from profiler.result import Point, Status

if TYPE_CHECKING:
    from gui.plots.curve import LoadCurve
    from gui.plots.curve_points import Marks
    from profiler.runner import PointBegun, PointDone

_SEEN_ROWS = 5
_NAME, _STATE = 0, 4


@dataclass
class Book:
    """The points of one run so far: `points` by index; `going` the index of the one that is measured now, or
    None; `processes` says of each index how many processes have measured it, and how many are to.
    """

    plan: RunPlan | None = None
    points: dict[int, Point] = field(default_factory=dict)
    processes: dict[int, tuple[int, int]] = field(default_factory=dict)
    going: int | None = None

    def begin(self, event: PointBegun) -> None:
        """A child is about to measure a point."""
        self.points.setdefault(event.index, event.point)
        self.going = event.index
        self.processes[event.index] = event.replicate, event.replicates

    def done(self, event: PointDone) -> None:
        """What is known of a point after one more child."""
        self.points[event.index], self.going = event.point, None
        measured, wanted = self.processes.get(event.index, (0, 1))
        self.processes[event.index] = measured + 1, wanted


class LivePoints(QWidget):
    """Shows the book of one run; in a comparison they take turns. Attributes: `book`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.book = Book()
        self._curve: LoadCurve | None = None
        self.table, self.model = QTableView(self), TextTable(self, frozenset({_NAME, _STATE}))
        self.table.setModel(self.model)
        tables.prepare(self.table)
        self.table.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        # Numbers stay beside the name that they belong to, however wide the window is.
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(9 * self.fontMetrics().averageCharWidth())
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addWidget(self.table, 1)
        # Takes the room that a short table leaves while there is no curve.
        self._box.addStretch()
        self.hide()
        self.retranslate()

    def clear(self, plan: RunPlan | None = None) -> None:
        """A new run begins; it may have one point only, and then this stays hidden."""
        self.show_book(Book(plan))

    def show_book(self, book: Book) -> None:
        """Go on with this run, which may have points already."""
        self.book = book
        if self._curve is not None:
            self._curve.hide()
        self.setVisible(bool(book.points))
        if book.points:
            self._fill()

    @property
    def points(self) -> dict[int, Point]:
        return self.book.points

    @property
    def processes(self) -> dict[int, tuple[int, int]]:
        return self.book.processes

    @property
    def going(self) -> int | None:
        return self.book.going

    def begin(self, event: PointBegun) -> None:
        """A child is about to measure a point."""
        if event.total == 1:
            return
        self.book.begin(event)
        self.show()
        self._fill()

    def done(self, event: PointDone) -> None:
        """What is known of a point after one more child."""
        self.book.done(event)
        self._fill()

    @property
    def curve(self) -> LoadCurve:
        """Made with the first point, because plots take long to import."""
        if self._curve is None:
            from gui.plots.curve import LoadCurve

            self._curve = LoadCurve(self)
            self._box.insertWidget(1, self._curve, 2)
        return self._curve

    def _fill(self) -> None:
        self.model.set_rows(self._heads(), [self._row(at) for at in sorted(self.points)])
        self.table.setMinimumHeight(self._height(min(len(self.points), _SEEN_ROWS)))
        self.table.setMaximumHeight(self._height(len(self.points)))
        if self.going is not None:
            # Rows that are new have no place yet, and nothing would be scrolled to.
            self.table.doItemsLayout()
            self.table.scrollTo(self.model.index(sorted(self.points).index(self.going), 0))
        self._draw()

    def _height(self, rows: int) -> int:
        """Of a table that shows as many rows."""
        header = self.table.horizontalHeader().sizeHint().height()
        return header + rows * self.table.verticalHeader().defaultSectionSize() + 4

    def _draw(self) -> None:
        """What is known so far; what waits for its turn has no place yet."""
        known = [point for _, point in sorted(self.points.items()) if point.latency.count or point.error]
        measured = [point for point in known if point.latency.count]
        if len(measured) > 1 and not known[0].together and not settings_text.is_of_shapes(known):
            self.curve.show()
            self.curve.show_by_load(not known[-1].stage)
            self.curve.set_points(known, self._marks(known))

    def _marks(self, known: list[Point]) -> Marks:
        """The best point so far, with its limit; a limit that none keeps yet may still be kept."""
        from gui.plots.curve_points import Marks

        limits = self.book.plan.limits if self.book.plan is not None else {}
        best = _best(known, limits) if limits else None
        if best is None:
            return Marks()
        name, most = next(iter(limits.items()))
        return Marks(best=best, limit_ns=most, limit_name=name.upper())

    def _fields(self, point: Point) -> list[str]:
        """The settings that were to be gone through; workers and threads follow from them."""
        if point.stage:
            return ["concurrency"]
        sweep = self.book.plan.sweep if self.book.plan is not None else None
        swept = settings_text.gone_through(sweep) if sweep is not None else []
        return swept or settings_text.varied(list(self.points.values())) or ["batch"]

    def _heads(self) -> tuple[str, ...]:
        return self.tr("point"), "P50", "P99", self.tr("samples/s"), self.tr("state")

    def _row(self, at: int) -> tuple[str, ...]:
        point = self.points[at]
        return (
            self._name(point),
            units.duration(point.latency.p50_ns),
            units.duration(point.latency.p99_ns),
            units.rate(point.throughput.samples_per_s),
            self._state(at, point),
        )

    def _name(self, point: Point) -> str:
        language = sentences.language()
        word = ""
        for code in ("stage", "together"):
            value = getattr(point, code)
            word = wording.say("loads", f"{code}_{value}", language) if value else word
        if point.together:
            return self.tr("other models: {state}").format(state=word)
        if point.stage and point.rate_per_s is not None:
            return self.tr("{stage}: {rate}/s").format(stage=word, rate=units.rate(point.rate_per_s))
        fields = [name for name in self._fields(point) if settings_text.number(point, name)]
        setting = settings_text.setting(point, fields, language)
        return f"{word}: {setting}" if word else setting

    def _state(self, at: int, point: Point) -> str:
        if at == self.going:
            return self.tr("measuring…")
        if point.status is Status.FAILED:
            return self.tr("failed")
        if point.stage and point.stage != "capacity":
            kept = {True: self.tr("keeps the limit"), False: self.tr("breaks the limit")}
            return kept.get(bool(point.kept), "") if point.kept is not None else self.tr("undecided")
        measured, wanted = self.processes.get(at, (1, 1))
        if measured < wanted:
            return self.tr("{number} of {count} processes").format(number=measured, count=wanted)
        return self.tr("measured") if point.latency.count else ""

    def retranslate(self) -> None:
        self.table.setAccessibleName(self.tr("Points as they are measured"))
        if self.points:
            self._fill()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _best(known: list[Point], limits: Mapping[str, float]) -> int | None:
    """Of a search the highest rate that was proved to keep the limit; else the most under the limits."""
    if not known[-1].stage:
        return curves.best_under_limit(known, limits)
    proved = [at for at, point in enumerate(known) if point.kept and point.rate_per_s is not None]
    return max(proved, key=lambda at: known[at].rate_per_s or 0.0, default=None)

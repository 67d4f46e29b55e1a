"""How many times the baseline each run needs, as bars with the interval of the ratio."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui import tooltips
from gui.plots.colours import Colours, colours, mixed
from gui.plots.looks import look

_GAP, _ROW, _BAR, _HEAD = 12.0, 2.45, 1.0, 1.7
_MOST_NAME, _MOST_BAR_SHARE = 0.3, 2.0
_CUT_ABOVE, _CUT_TO = 12.0, 1.5


class RatioRow(NamedTuple):
    """A run: its ratio to the baseline's figure with the ends of its interval, 1 for the baseline, None where
    there is none. `look`: clear, grey where there is no clear difference, open where that is not known.
    `value` and `words` stand behind the bar, `notes` below the name, `more` is read on hover.
    """

    at: int
    name: str
    slot: int
    ratio: float | None
    low: float | None
    high: float | None
    look: str
    value: str
    words: str
    notes: str = ""
    more: str = ""
    is_best: bool = False


class Line(NamedTuple):
    """A level that bars are read against, as a ratio, and what is written above it."""

    ratio: float
    words: str


class RatioBars(QWidget):
    """Rows are gone through by arrows. Signals: `run_chosen` with a run's index, -1 for none; `run_opened` by
    Enter or a double click. Attribute: `chosen`.
    """

    run_chosen = Signal(int)
    run_opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[RatioRow] = ()
        self.baseline = Line(1.0, "")
        self.limit: Line | None = None
        self.chosen: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_rows(self, title: str, rows: Sequence[RatioRow], baseline: str, limit: Line | None) -> None:
        """Show these, in this order; `title` is what a screen reader calls the chart."""
        self.rows, self.baseline, self.limit = rows, Line(1.0, baseline), limit
        if self.chosen not in [row.at for row in rows]:
            self.chosen = None
        self.setAccessibleName(title)
        self.setAccessibleDescription("; ".join(map(_told, rows)))
        self.updateGeometry()
        self.update()

    def choose(self, index: int | None) -> None:
        self.chosen = index
        self.update()

    @property
    def is_cut(self) -> bool:
        """Whether some bar is longer than it is drawn."""
        return any(row.ratio is not None and row.ratio > self._most() for row in self.rows)

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(600, round(line * (_HEAD + _ROW * len(self.rows))) + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, self.sizeHint().height())

    # places --------------------------------------------------------------------------------------

    def _line(self) -> float:
        return float(self.fontMetrics().height())

    def _top(self, at: int) -> float:
        return self._line() * (_HEAD + _ROW * at)

    def _row_at(self, y: float) -> int | None:
        at = int((y - self._line() * _HEAD) // (self._line() * _ROW))
        return at if y >= self._line() * _HEAD and at < len(self.rows) else None

    def _left(self) -> float:
        """Where bars begin: after the longest name, as far as names may reach."""
        bold = QFontMetricsF(self._bold())
        quiet = QFontMetricsF(self.font())
        widest = max(
            (bold.horizontalAdvance(row.name) + 2.2 * self._line() for row in self.rows), default=0.0
        )
        noted = max(
            (quiet.horizontalAdvance(row.notes) + 2.2 * self._line() for row in self.rows), default=0.0
        )
        return min(max(widest, noted) + 4.0, _MOST_NAME * self.width()) + _GAP

    def _columns(self) -> tuple[float, float]:
        """Widths of the values and of the words behind the bars."""
        metrics = QFontMetricsF(self.font())
        values = max((metrics.horizontalAdvance(row.value) for row in self.rows), default=0.0)
        words = max((metrics.horizontalAdvance(row.words) for row in self.rows), default=0.0)
        return values + _GAP, words + _GAP

    def _most(self) -> float:
        """The ratio at the right end: intervals may reach as far again as the longest bar, no further.

        A bar that would leave the others a hair's breadth is cut off, and marked.
        """
        known = [row.ratio for row in self.rows if row.ratio is not None]
        usual = max(1.0, statistics.median([1.0, *known]))
        longest = max([1.0, *known])
        if longest > _CUT_ABOVE * usual:
            return max([usual, *(one for one in known if one <= _CUT_ABOVE * usual)]) * _CUT_TO
        ends = [min(row.high, _MOST_BAR_SHARE * longest) for row in self.rows if row.high is not None]
        limits = [self.limit.ratio] if self.limit and self.limit.ratio <= _MOST_BAR_SHARE * longest else []
        return max([longest, *ends, *limits]) * 1.03

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    # painting ------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.rows:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now, left = colours(self.palette()), self._left()
        room = max(40.0, self.width() - left - sum(self._columns()) - _GAP)
        each = room / self._most()
        for at, row in enumerate(self.rows):
            self._paint_ground(painter, now, at, row)
            self._paint_name(painter, now, at, row, left)
            self._paint_bar(painter, now, at, row, left, each)
            self._paint_words(painter, now, at, row, left + room)
        self._paint_lines(painter, now, left, each, room)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().accent().color(), 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _paint_ground(self, painter: QPainter, now: Colours, at: int, row: RatioRow) -> None:
        place = QRectF(0, self._top(at), self.width(), self._line() * _ROW)
        if row.at == self.chosen:
            painter.fillRect(place, mixed(self.palette().accent().color(), now.background, 0.12))
        painter.setPen(QPen(now.grid, 1))
        painter.drawLine(place.bottomLeft(), place.bottomRight())

    def _paint_name(self, painter: QPainter, now: Colours, at: int, row: RatioRow, left: float) -> None:
        line, top = self._line(), self._top(at)
        own = look(row.slot, self.palette())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(own.colour)
        painter.drawRoundedRect(QRectF(4, top + 0.45 * line, 4, (_ROW - 0.9) * line), 2, 2)
        x, room = 16.0, left - _GAP - 16.0
        above = QRectF(x, top + (0.22 if row.notes else 0.7) * line, room, line * 1.05)
        painter.setPen(now.text)
        painter.setFont(self._bold() if row.is_best else self.font())
        name = f"★ {row.name}" if row.is_best else row.name
        shown = QFontMetricsF(painter.font()).elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(above, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(self.font())
        painter.setPen(now.quiet)
        notes = self.fontMetrics().elidedText(row.notes, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(QRectF(x, top + 1.2 * line, room, line * 1.05), Qt.AlignmentFlag.AlignVCenter, notes)

    def _paint_bar(
        self, painter: QPainter, now: Colours, at: int, row: RatioRow, left: float, each: float
    ) -> None:
        if row.ratio is None:
            return
        line = self._line()
        middle = self._top(at) + line * _ROW / 2
        own = look(row.slot, self.palette()).colour
        fill = {"grey": mixed(now.text, now.background, 0.42), "open": mixed(own, now.background, 0.15)}
        painter.setPen(QPen(own, 1.2) if row.look == "open" else Qt.PenStyle.NoPen)
        painter.setBrush(fill.get(row.look, own))
        length = max(2.0, min(row.ratio, self._most()) * each)
        painter.drawRect(QRectF(left, middle - line * _BAR / 2, length, line * _BAR))
        if row.ratio > self._most():
            self._paint_cut(painter, now, left + length, middle)
            return
        if row.low is None or row.high is None:
            return
        low, high = left + row.low * each, left + min(row.high, self._most()) * each
        # A ground below the whisker keeps it visible on a bar of its own colour.
        for colour, width in ((now.background, 4.0), (now.text, 1.5)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(QPointF(low, middle), QPointF(high, middle))
            for x in (low, high):
                painter.drawLine(QPointF(x, middle - line * 0.3), QPointF(x, middle + line * 0.3))

    def _paint_cut(self, painter: QPainter, now: Colours, right: float, middle: float) -> None:
        """Two slanted gaps near the end: the bar is longer than it is drawn."""
        line = self._line()
        painter.setPen(QPen(now.background, 3))
        for back in (1.2, 0.7):
            x = right - back * line
            painter.drawLine(QPointF(x - 4, middle + line * 0.6), QPointF(x + 4, middle - line * 0.6))

    def _paint_words(self, painter: QPainter, now: Colours, at: int, row: RatioRow, right: float) -> None:
        values, _ = self._columns()
        top, height = self._top(at), self._line() * _ROW
        painter.setPen(now.text)
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(right, top, values, height), side, row.value)
        painter.setPen(now.text if row.look == "clear" else now.quiet)
        place = QRectF(right + values + _GAP, top, self.width(), height)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, row.words)

    def _paint_lines(self, painter: QPainter, now: Colours, left: float, each: float, room: float) -> None:
        """The baseline and the limit, each with its words above."""
        bottom, shown = self._top(len(self.rows)), [(self.baseline, Qt.PenStyle.DotLine)]
        if self.limit is not None and self.limit.ratio * each <= room:
            shown.append((self.limit, Qt.PenStyle.DashLine))
        shown.sort(key=lambda pair: pair[0].ratio)
        metrics, until = QFontMetricsF(self.font()), 0.0
        for level, dash in shown:
            x = left + level.ratio * each
            painter.setPen(QPen(now.text, 1.2, dash))
            painter.drawLine(QPointF(x, self._line() * 1.35), QPointF(x, bottom))
            width = metrics.horizontalAdvance(level.words)
            start = max(until, min(x - width / 2, self.width() - width - 4))
            painter.drawText(QPointF(start, self._line() * 1.05), level.words)
            until = start + width + _GAP

    # keys and mouse ------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        order = [row.at for row in self.rows]
        if event.key() in steps and order:
            step = steps[Qt.Key(event.key())]
            at = order.index(self.chosen) + step if self.chosen in order else (0 if step > 0 else -1)
            self._pick(order[at % len(order)])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen is not None:
            self.run_opened.emit(self.chosen)
        else:
            super().keyPressEvent(event)

    def _pick(self, index: int | None) -> None:
        self.choose(index)
        self.run_chosen.emit(-1 if index is None else index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        at = self._row_at(event.position().y())
        self._pick(None if at is None else self.rows[at].at)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = self._row_at(event.position().y())
        if at is not None:
            self.run_opened.emit(self.rows[at].at)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self._row_at(event.pos().y())
            words = "" if at is None else "\n".join(filter(None, (_told(self.rows[at]), self.rows[at].more)))
            QToolTip.showText(event.globalPos(), tooltips.plain(words), self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()


def _told(row: RatioRow) -> str:
    return ", ".join(filter(None, (row.name, row.value, row.words, row.notes)))

"""The compare page: any runs beside each other, which one to use, and what keeps it from being said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui import tooltips
from gui.comparing.asker import Asker, Doing
from gui.comparing.long_words import breakable
from gui.drop_zone import DropZone, local_files
from gui.panel import QuietLabel, plain_label, wrapped_label
from gui.settings import Settings
from profiler.comparison.records import Comparison
from profiler.error_text import visible
from profiler.result import RunResult

if TYPE_CHECKING:
    from gui.comparing.view import CompareView
    from gui.services import Compare, Pair

MOST_RUNS = 16


class ComparePage(QWidget):
    """Holds which runs are compared, against which, and what was accepted; everything else it asks for.

    `do` runs the arithmetic beside no measurement (gui.turns.Turns.do). Signals: `files_given` with paths;
    `choose_requested`; `history_requested`; `run_opened` with a RunResult and its samples or None;
    `export_requested` with the runs (as in `show_runs`) and their Comparison.
    """

    files_given = Signal(list)
    choose_requested = Signal()
    history_requested = Signal()
    run_opened = Signal(object, object)
    export_requested = Signal(object, object)

    def __init__(
        self, do: Doing, compare: Compare, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._compare, self._settings = compare, settings
        self._pairs: list[Pair] = []
        self._slots: dict[str, int] = {}
        self._baseline = ""
        self._accepted: set[str] = set()
        self._left_out = 0
        self._view: CompareView | None = None
        self._asker = Asker(do, self._on_compared, self._follow)
        self.comparison: Comparison | None = None
        self.setAcceptDrops(True)
        self.title, self.against = plain_label(self, scale=1.15, bold=True), plain_label(self)
        self.baseline = QComboBox(self)
        self.add, self.copy, self.export = (QPushButton(self) for _ in range(3))
        self.notice = QuietLabel(self)
        self.notice.setWordWrap(True)
        self.zone, self.ways, self.history = DropZone(self), wrapped_label(self), QPushButton(self)
        self.area, self.stack = QScrollArea(self), QStackedWidget(self)
        self._arrange()
        self._connect()
        self.retranslate()
        self._follow()

    def _arrange(self) -> None:
        self.against.setBuddy(self.baseline)
        self.baseline.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.baseline.setMinimumContentsLength(18)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addStretch(1)
        for widget in (self.against, self.baseline, self.add, self.copy, self.export):
            head.addWidget(widget)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.blank = self._empty()
        self.stack.addWidget(self.blank)
        self.stack.addWidget(self.area)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(10)
        box.addLayout(head)
        box.addWidget(self.notice)
        box.addWidget(self.stack, 1)

    def _empty(self) -> QWidget:
        whole = QWidget(self)
        row = QHBoxLayout()
        row.addWidget(self.history)
        row.addStretch(1)
        box = QVBoxLayout(whole)
        box.setContentsMargins(12, 12, 12, 12)
        box.setSpacing(14)
        box.addWidget(self.zone)
        box.addWidget(self.ways)
        box.addLayout(row)
        box.addStretch(1)
        return whole

    def _connect(self) -> None:
        self.zone.dropped.connect(self.files_given)
        self.zone.choose.clicked.connect(self.choose_requested)
        self.add.clicked.connect(self.choose_requested)
        self.history.clicked.connect(self.history_requested)
        self.baseline.activated.connect(self._on_baseline)
        self.copy.clicked.connect(self._on_copy)
        self.export.clicked.connect(self._on_export)

    @property
    def view(self) -> CompareView:
        """Made with the first comparison, because the plots take long to import."""
        if self._view is None:
            from gui.comparing.view import CompareView

            self._view = CompareView(self)
            self._view.limits.set_limits(self._settings.compare_limits)
            self._view.limits.changed.connect(self._on_limits)
            self._view.gate.accepted_changed.connect(self._on_accepted)
            self._view.run_removed.connect(self._on_removed)
            self._view.run_opened.connect(lambda at: self.run_opened.emit(*self._pairs[at]))
            self.area.setWidget(self._view)
        return self._view

    # what is compared ----------------------------------------------------------------------------

    @property
    def ids(self) -> list[str]:
        """Of the runs that are compared, in their order."""
        return [run.id for run, _ in self._pairs]

    def show_runs(self, runs: Sequence[Pair]) -> None:
        """Compare these and no others; the first is the baseline. Samples: int64 ns in order, or None.

        Limits that the runs were measured for take the place of those that are remembered.
        """
        self._slots, self._accepted, self._baseline, self._pairs = {}, set(), "", []
        self.comparison = None
        asked = {name: most for run, _ in runs for name, most in run.plan.limits.items()}
        self.view.limits.set_limits(asked or self._settings.compare_limits)
        self.add_runs(runs)

    def add_runs(self, runs: Sequence[Pair]) -> None:
        """Compare these too; one that is there already is taken anew. What was accepted is asked again."""
        new = {run.id: (run, samples) for run, samples in runs}
        kept = [new.pop(run.id, (run, samples)) for run, samples in self._pairs]
        every = [*kept, *new.values()]
        self._left_out = max(0, len(every) - MOST_RUNS)
        self._take(every[:MOST_RUNS])
        self._accepted = set()
        self._ask()

    def _take(self, pairs: list[Pair]) -> None:
        """A run keeps its look as long as it is there."""
        self._pairs = pairs
        self._slots = {run.id: self._slots[run.id] for run, _ in pairs if run.id in self._slots}
        for run, _ in pairs:
            taken = set(self._slots.values())
            free = next(slot for slot in range(MOST_RUNS) if slot not in taken or run.id in self._slots)
            self._slots.setdefault(run.id, free)
        if self._baseline not in self._slots:
            self._baseline = _first_choice([run for run, _ in pairs])

    def _on_removed(self, at: int) -> None:
        self._left_out = 0
        self._take([pair for place, pair in enumerate(self._pairs) if place != at])
        self._ask()

    def _on_baseline(self, at: int) -> None:
        self._baseline = self._pairs[at][0].id
        self._ask()

    def _on_accepted(self, aspects: Collection[str]) -> None:
        self._accepted = set(aspects)
        self._ask()

    def _on_limits(self) -> None:
        self._settings.compare_limits = self.view.limits.written
        self._ask()

    def _ask(self) -> None:
        """Have the comparison made; until it is there the last one stays."""
        if len(self._pairs) < 2:
            self._asker.forget()
            self.comparison = None
            self._follow()
            return
        pairs, baseline = list(self._pairs), self.ids.index(self._baseline)
        accepted, limits = frozenset(self._accepted), self.view.limits.limits
        self._asker.ask(lambda: self._compare(pairs, baseline=baseline, accepted=accepted, limits=limits))
        self._follow()

    def _on_compared(self, comparison: Comparison) -> None:
        from gui.comparing.scene import Scene

        self.comparison = comparison
        slots = tuple(self._slots[run.id] for run, _ in self._pairs)
        self.view.show_scene(Scene(comparison, tuple(samples for _, samples in self._pairs), slots))
        self._follow()

    def _on_copy(self) -> None:
        self.view.copy_table()

    def _on_export(self) -> None:
        if self.comparison is not None:
            self.export_requested.emit(list(self._pairs), self.comparison)

    # what is seen --------------------------------------------------------------------------------

    def _follow(self) -> None:
        """Everything that depends on which runs there are."""
        count, is_there = len(self._pairs), self.comparison is not None
        focused = QApplication.focusWidget()
        is_hidden = is_there and focused is not None and self.blank.isAncestorOf(focused)
        self.stack.setCurrentIndex(1 if is_there else 0)
        self.title.setText(self._title(count))
        for widget in (self.against, self.baseline, self.copy, self.export):
            widget.setVisible(is_there)
        self.add.setVisible(is_there)
        if is_hidden:
            # Qt would go on to the rail from what is hidden now.
            self.baseline.setFocus()
        self._fill_baseline()
        self.notice.setText(breakable(self._notice(count)))
        self.notice.setVisible(bool(self.notice.text()))

    def _title(self, count: int) -> str:
        if not count:
            return self.tr("Compare runs")
        return self.tr("Compare %n run(s)", "", count)

    def _notice(self, count: int) -> str:
        if self._asker.is_busy and self.comparison is None:
            return self.tr("Comparing; beside a measurement this waits until it is over.")
        if count == 1:
            name = visible(self._pairs[0][0].model.name)
            return self.tr("{name} stands alone: add another run to compare it with.").format(name=name)
        if self._left_out:
            text = self.tr("At most {most} runs are compared; {count} were left out.")
            return text.format(most=MOST_RUNS, count=self._left_out)
        return ""

    def _fill_baseline(self) -> None:
        if self.comparison is None or len(self.comparison.names) != len(self._pairs):
            return
        self.baseline.clear()
        for at, name in enumerate(self.comparison.names):
            self.baseline.addItem(name)
            self.baseline.setItemData(at, tooltips.plain(name), Qt.ItemDataRole.ToolTipRole)
        self.baseline.setCurrentIndex(self.ids.index(self._baseline))

    def retranslate(self) -> None:
        self.against.setText(self.tr("&Baseline"))
        self.baseline.setAccessibleName(self.tr("Run that the others are held against"))
        self.add.setText(self.tr("A&dd files…"))
        self.copy.setText(self.tr("&Copy table"))
        self.export.setText(self.tr("Re&port…"))
        self.history.setText(self.tr("Choose from the &history"))
        self.zone.set_words(
            self.tr("Drop results here"),
            self.tr("Documents (.json) that inferometer saved, of one run or several"),
            self.tr("&Choose files…"),
        )
        self.ways.setText(
            self.tr(
                "Or drop several model files on the Start page: they are measured in turns and compared "
                "here. Or mark two or more runs in the History and press Compare."
            )
        )
        self.title.setText(self._title(len(self._pairs)))
        self.notice.setText(breakable(self._notice(len(self._pairs))))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.files_given.emit(local_files(event.mimeData()))


def _first_choice(runs: Sequence[RunResult]) -> str:
    """The id of the run whose answers count as right, else of the first that measured anything."""
    states = {run.id: run.accuracy.agreement.state for run in runs if run.accuracy.agreement is not None}
    for run_id, state in states.items():
        if state == "is_reference":
            return run_id
    measured = [run.id for run in runs if run.latency.count]
    return next(iter([*measured, *(run.id for run in runs)]), "")

"""The run page: which files, how to measure, and Start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gui import chosen_inputs, loads, remembered, time_words, variants_dialog
from gui.background import Jobs
from gui.buttons import PrimaryButton
from gui.choices import ChosenFile, Seen, plans_for
from gui.drop_zone import local_files
from gui.file_list import FileList
from gui.loads import Task
from gui.looking import look
from gui.model_inputs import ModelInputs
from gui.offer import Offer
from gui.panel import Panel, QuietLabel, plain_label, wrapped_label
from gui.python_check import PythonCheck
from gui.run_checks import RunChecks
from gui.run_form import RunForm
from gui.services import Services
from gui.turns import Turns
from profiler.errors import ErrorInfo, ErrorKind, KnownError
from profiler.plan import Preset, RunPlan, compared

if TYPE_CHECKING:
    from profiler.messages import Description, Surveyed

Answer = TypeVar("Answer")


class RunPage(QWidget):
    """Signals: `start_requested` with a list of RunPlan, and whether they take turns;
    `choose_requested`; `inputs_requested`;
    `python_requested` when an interpreter is to be chosen, `python_named` with the path that is settled on;
    `source_requested` when the file of an input or, if true, its folder is to be chosen;
    `inside_requested` with the path of a file that is to be looked into; `data_requested` with what is to be
    chosen for the answers, as ChecksBox says; `variants_requested` when some are to be made.
    """

    start_requested = Signal(list, bool)
    python_requested = Signal()
    python_named = Signal(str)
    choose_requested = Signal()
    inputs_requested = Signal()
    source_requested = Signal(str, bool)
    inside_requested = Signal(str)
    data_requested = Signal(str)
    variants_requested = Signal()

    def __init__(
        self,
        services: Services,
        jobs: Jobs,
        turns: Turns,
        parent: QWidget | None = None,
        shelf: remembered.Shelf | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._jobs, self._turns = services, jobs, turns
        self._is_asking = False
        self.files: list[ChosenFile] = []
        self.plans: list[RunPlan] = []
        self._missing = ""
        self.models_title, self.how_title = plain_label(self, 1.15, True), plain_label(self, 1.15, True)
        self.list, self.form = FileList(self), RunForm(self)
        self.checks = RunChecks(self.form.checks, services, jobs)
        self._inputs = ModelInputs(self.form, shelf)
        self.python = PythonCheck(services, turns, self.form.python)
        self.offer = Offer(self.form, self.python)
        self.empty = wrapped_label(self)
        self.add_button, self.start = QPushButton(self), PrimaryButton(self)
        self.variants = QPushButton(self)
        self._starts_with: set[Path] = set()
        self.ready, self.hint = plain_label(self, bold=True), QuietLabel(self)
        self.setAcceptDrops(True)
        self._arrange()
        self._connect()
        self.retranslate()

    def _arrange(self) -> None:
        columns = QHBoxLayout()
        columns.setSpacing(20)
        columns.addLayout(self._left_column(), 1)
        columns.addLayout(self._right_column())
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(14)
        box.addLayout(columns, 1)
        box.addWidget(self._bottom())

    def _left_column(self) -> QVBoxLayout:
        head = QHBoxLayout()
        head.addWidget(self.models_title, 1)
        head.addWidget(self.variants)
        head.addWidget(self.add_button)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.empty, 1)
        column.addWidget(self.list, 1)
        return column

    def _right_column(self) -> QVBoxLayout:
        panel = Panel(self)
        inside = QVBoxLayout(panel)
        inside.setContentsMargins(16, 14, 16, 14)
        inside.addWidget(self.form)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(panel)
        # Wide enough for the longer language, and never so wide that a field stands far from its word.
        area.setFixedWidth(self.fontMetrics().averageCharWidth() * 51)
        self.how_title.setMinimumHeight(self.add_button.sizeHint().height())
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.how_title)
        column.addWidget(area, 1)
        return column

    def _bottom(self) -> Panel:
        panel = Panel(self)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        self.hint.setWordWrap(True)
        texts.addWidget(self.ready)
        texts.addWidget(self.hint)
        row = QHBoxLayout(panel)
        row.setContentsMargins(16, 12, 16, 12)
        row.addLayout(texts, 1)
        row.addWidget(self.start)
        return panel

    def _connect(self) -> None:
        self.add_button.clicked.connect(self.choose_requested)
        self.variants.clicked.connect(self.variants_requested)
        self.list.removed.connect(self.remove_file)
        self.list.inside_requested.connect(lambda file: self.inside_requested.emit(str(file.path)))
        self.form.changed.connect(self._check)
        self.form.runtime.currentIndexChanged.connect(self._on_runtime)
        self.form.device.currentIndexChanged.connect(self._on_device)
        self.form.inputs_requested.connect(self.inputs_requested)
        self.form.checks.requested.connect(self.data_requested)
        self.checks.changed.connect(self._check)
        self.form.feeds.source_requested.connect(self.source_requested)
        self.form.python.choose_requested.connect(self.python_requested)
        self.form.python.named.connect(self.python_named)
        self.python.changed.connect(self._on_python)
        self.start.clicked.connect(self.request_start)
        self._turns.held_changed.connect(self.list.set_held)
        self.list.set_held(self._turns.is_held)

    def set_asking(self, is_asking: bool) -> None:
        """Whether what Start was pressed for is still looked at; until then it cannot be pressed again."""
        self._is_asking = is_asking
        self._say_ready()

    def add_files(self, paths: Sequence[str]) -> None:
        """Add files that are not there yet; each is looked at on a thread."""
        known = {file.path for file in self.files}
        for path in dict.fromkeys(Path(path) for path in paths):
            if path not in known:
                self._add(ChosenFile(path))
        self._check()

    def _add(self, file: ChosenFile) -> None:
        self.files.append(file)
        self.list.add(file)
        self._jobs.do(
            lambda: look(self._services, file.path), self._taking(file, self._on_looked), self._failing(file)
        )

    def _on_looked(self, file: ChosenFile, seen: Seen) -> None:
        file.take(seen)
        self.checks.show(self.files)
        form = seen.form
        self._turns.do(
            lambda: self._services.describe(file.path, form.name),
            self._taking(file, self._on_described),
            self._failing(file),
        )
        self.offer.all(self.files)
        self._check()

    def _on_described(self, file: ChosenFile, description: Description) -> None:
        file.description, file.is_described = description, True
        self._show_inputs()
        self._inputs.recall(file, self.files)
        self._check()
        self._start_variants()

    def _show_inputs(self) -> None:
        self._inputs.show(self.files)
        self.checks.show(self.files)

    def set_input_source(self, name: str, path: str) -> None:
        """The file or folder that was chosen for an input; empty where none was."""
        if name in self.form.feeds.rows:
            self.form.feeds.rows[name].set_source(path)

    def _taking(
        self, file: ChosenFile, then: Callable[[ChosenFile, Answer], None]
    ) -> Callable[[Answer], None]:
        """An answer about a file that was removed meanwhile is of no use."""

        def take(answer: Answer) -> None:
            if file in self.files:
                then(file, answer)

        return take

    def _failing(self, file: ChosenFile) -> Callable[[Exception], None]:
        def fail(error: Exception) -> None:
            if isinstance(error, KnownError):
                file.take_error(error.info)
            elif isinstance(error, OSError):
                info = ErrorInfo(ErrorKind.FILE_UNREADABLE.value, {"file": file.path.name}, str(error))
                file.take_error(info)
            else:
                raise error
            file.is_described = True
            self._check()
            self._start_variants()

        return fail

    def remove_file(self, file: ChosenFile) -> None:
        self.files.remove(file)
        self.list.take_out(file)
        self._show_inputs()
        self.offer.all(self.files)
        self._check()

    def show_survey(self, surveyed: Surveyed) -> None:
        """What runtimes and devices there are; until then there is the processor."""
        self.offer.surveyed = surveyed
        self.offer.all(self.files)

    def set_python(self, path: str) -> None:
        """The interpreter that is to measure; empty for our own."""
        self.form.python.set_path(path)

    def _on_python(self) -> None:
        if self.form.python.has_problem:
            self.form.fold.setChecked(True)
        self.offer.all(self.files)
        self._check()

    def _on_runtime(self) -> None:
        self.offer.places(self.files)
        self._check()

    def _on_device(self) -> None:
        self.offer.precisions(self.files)
        self._check()

    def set_input_files(self, paths: Sequence[str]) -> None:
        self.form.set_input_files(paths)

    def set_preset(self, preset: Preset) -> None:
        self.form.set_preset(preset)

    def _check(self) -> None:
        """Make the plans anew; what does not fit a file is said at that file."""
        self.plans, choices = (
            [],
            replace(
                self.form.choices,
                python=self.python.found,
                shared_kinds=chosen_inputs.shared(self.files),
                shared_shapes=chosen_inputs.shared_by_path(self.files),
            ),
        )
        for row in self.list.rows:
            trouble = None
            if row.file.form is not None and row.file.refusal is None:
                try:
                    self.plans += plans_for(row.file, choices)
                except KnownError as error:
                    trouble = error.info
            row.show_state(trouble)
        self.form.set_runnable(len({plan.model_path for plan in self.plans}), len(self.plans))
        if self.form.in_turns:
            self.plans = compared(self.plans)
        self._missing = self.form.tasks.trouble or ("" if self.python.is_fit else "python")
        if not self._inputs.is_complete:
            self._missing = self._missing or "inputs"
        self.plans = self.checks.added(self.plans, choices)
        if not self.checks.is_complete:
            self._missing = self._missing or "checks"
        if choices.load.task is Task.TOGETHER:
            self.plans = loads.together(self.plans)
        if self._missing:
            self.plans = []
        self.variants.setVisible(any(map(variants_dialog.offers, self.files)))
        self.empty.setVisible(not self.files)
        self.list.setVisible(bool(self.files))
        self._say_ready()

    def add_variants(self, original: str, paths: Sequence[str], starts: bool) -> None:
        """Beside their original, whose answers count as right; started as soon as their inputs are known."""
        self.add_files(paths)
        self.form.checks.set_reference(original)
        self._starts_with = {Path(path) for path in paths} if starts else set()
        self._start_variants()

    def _start_variants(self) -> None:
        added = [file for file in self.files if file.path in self._starts_with]
        if added and all(file.is_described for file in added):
            self._starts_with = set()
            self.request_start()

    def request_start(self) -> None:
        """Start what can be started; nothing where nothing can."""
        if self.start.isEnabled():
            self._inputs.keep(self.files)
            self.start_requested.emit(list(self.plans), self.form.in_turns)

    def _say_ready(self) -> None:
        count = len(self.plans)
        refused = sum(row.file.refusal is not None or row.trouble is not None for row in self.list.rows)
        self.start.setEnabled(count > 0 and not self._is_asking)
        if self._is_asking:
            self.ready.setText(self.tr("Checking the files…"))
        elif not self.files:
            self.ready.setText(self.tr("Add a model file to begin."))
        elif self._missing == "python":
            self.ready.setText(self.tr("Nothing can be measured yet; the reason stands at the Python."))
        elif self._missing == "checks":
            self.ready.setText(self.tr("Nothing can be measured yet; the reason stands at the answers."))
        elif self._missing == "inputs":
            self.ready.setText(self.tr("Nothing can be measured yet; the reason stands at the input."))
        elif self._missing:
            self.ready.setText(self.tr("Nothing can be measured yet; the reason stands at the question."))
        elif not count:
            self.ready.setText(self.tr("Nothing can be measured yet; the reason stands at the file."))
        else:
            self.ready.setText(self.tr("Ready: %n run(s)", "", count))
        self.hint.setText(self._hint(count, refused))

    def _hint(self, count: int, refused: int) -> str:
        """How long all of it takes."""
        if not count:
            return self._reason() or self.tr("Close other programs for a quiet machine.")
        load, pace = self.form.tasks.load, self.form.pace
        shapes = sum(map(chosen_inputs.shapes_of, self.plans))
        least, most = (shapes * seconds for seconds in pace.seconds(load))
        processes = shapes * pace.processes(load)
        text = self.tr("{time} of measuring; each of %n process(es) gets ready first.", "", processes)
        if self.form.in_turns:
            text = self.tr(
                "{time} of measuring in turns; each of %n process(es) gets ready first.", "", processes
            )
        left_out = self.tr(" %n file(s) left out.", "", refused) if refused else ""
        return text.format(time=time_words.between(least, most)) + left_out

    def _reason(self) -> str:
        """What stands under the fold of the form, and may be out of sight in a low window."""
        if self._missing == "python":
            return self.form.python.note.text()
        if self._missing == "checks":
            return self.checks.trouble
        is_input = self._missing == "inputs"
        return (self.form.feeds.trouble or self.form.rows.trouble) if is_input else ""

    def retranslate(self) -> None:
        self.models_title.setText(self.tr("1  Models"))
        self.how_title.setText(self.tr("2  How to measure"))
        self.add_button.setText(self.tr("&Add files…"))
        self.variants.setText(self.tr("Smaller variants…"))
        self.empty.setText(self.tr("Drop model files here, or press “Add files”."))
        self.start.setText(self.tr("&Start"))
        self.start.setToolTip("Ctrl+R")
        self.start.setAccessibleDescription("Ctrl+R")
        self._check()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.add_files(local_files(event.mimeData()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            # A reason of the form's is in the other language only when its own fields have been told.
            QTimer.singleShot(0, self, self._say_ready)

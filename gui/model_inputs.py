"""The rows of the form that follow from the models on the page, filled with what was given before."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gui import chosen_inputs, remembered
from gui.asked_checks import FIRST, AskedChecks
from gui.choices import ChosenFile, free_dimensions, open_shapes
from gui.run_form import RunForm
from profiler.shared_shapes import Shared


class ModelInputs:
    """`shelf` keeps what was given from one start to the next; None: nothing is kept."""

    def __init__(self, form: RunForm, shelf: remembered.Shelf | None) -> None:
        self._form, self._shelf = form, shelf

    def show(self, files: Sequence[ChosenFile]) -> None:
        """A row for everything that the files leave open."""
        guessed = chosen_inputs.guessed(files)
        self._form.rows.show_rows(free_dimensions(files), open_shapes(files), guessed)
        self._form.feeds.show_rows(chosen_inputs.offered_kinds(files))

    def recall(self, file: ChosenFile, files: Sequence[ChosenFile]) -> None:
        """What was given for this model, one of those on the page, the last time that it was measured."""
        if self._shelf is None or file.description is None:
            return
        given = remembered.recall(self._shelf, remembered.key_of(file.path, file.description.inputs))
        names = chosen_inputs.shared_by_path(files).get(file.path, Shared()).names
        self._form.rows.recall({names.get(name, name): text for name, text in given.sizes.items()})
        self._form.feeds.recall(given.kinds)
        if given.checks is not None and file is files[0] and self._form.checks.asked == AskedChecks():
            self._form.checks.set_asked(given.checks)
        if given.kinds:
            # What was chosen long ago must not work unseen.
            self._form.fold.setChecked(True)

    def keep(self, files: Sequence[ChosenFile]) -> None:
        """For each model what belongs to it, by the names that it has by itself."""
        shared = chosen_inputs.shared_by_path(files)
        for file in files:
            if self._shelf is None or file.description is None:
                continue
            inputs = file.description.inputs
            own, names = free_dimensions([file]), {spec.name for spec in inputs}
            common = {name: shared.get(file.path, Shared()).names.get(name, name) for name in own}
            written = self._form.rows.given
            given = remembered.Given(
                {name: written[other] for name, other in common.items() if other in written},
                {name: kind for name, kind in self._form.feeds.kinds.items() if name in names},
                self._checks() if file is files[0] else None,
            )
            remembered.keep(self._shelf, remembered.key_of(file.path, inputs), given)

    def _checks(self) -> AskedChecks | None:
        """A reference is a file of this day's list, and is chosen anew."""
        asked = msgspec.structs.replace(self._form.checks.asked, reference=FIRST)
        return asked if asked != AskedChecks() else None

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing; what is wrong under the fold is brought into sight."""
        if not self._form.feeds.is_complete:
            self._form.fold.setChecked(True)
        return self._form.rows.is_complete and self._form.feeds.is_complete

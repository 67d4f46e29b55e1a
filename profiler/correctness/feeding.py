"""Rows of a prepared data set as a model takes them: in its layout, dtype and batch, in buffers that stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

import msgspec
import numpy as np

from profiler import dimensions, input_kinds, input_layout, input_pictures, process_memory
from profiler.checks_plan import Preprocessing
from profiler.correctness import preprocessing
from profiler.correctness.dataset_errors import unusable
from profiler.correctness.prepared import Array, Data
from profiler.errors import ErrorKind, KnownError
from profiler.input_layout import Notes
from profiler.input_pictures import Layout
from profiler.opening import Opened
from profiler.pairs import paired
from profiler.plan import RunPlan
from profiler.result import Reason, Tensor

MOST_AT_ONCE = 32
# What a batch may take: its samples, and this many times as much for what the model makes of them on its way
# (ResNet-50 at 224 pixels makes some 90 times its input).
TIMES_INPUT, MEMORY_SHARE = 100, 0.25


def batches(opened: Opened, plan: RunPlan, data: Data) -> list[int]:
    """Sizes to try, the best first: what a file declares, or where it leaves it free 32 or as many as fit."""
    specs = _specs(opened, plan)
    fixed = [spec.shape[0] for spec in specs if spec.shape and not _is_free(spec)]
    if fixed or not all(spec.shape is None or spec.shape for spec in specs):
        return [opened.batch if not fixed else int(fixed[0] or 1)]
    room = MEMORY_SHARE * min(process_memory.available_bytes(), plan.memory_limit_bytes or 1 << 62)
    most = max(1, min(MOST_AT_ONCE, int(room / (TIMES_INPUT * max(1, data.row_bytes())))))
    told = dimensions.known(specs)
    for spec in specs:
        name = spec.shape[0] if spec.shape else None
        most = dimensions.inside(most, told.get(name) if isinstance(name, str) else None)
    return list(dict.fromkeys((most, opened.batch)))


def _specs(opened: Opened, plan: RunPlan) -> tuple[Tensor, ...]:
    return dimensions.renamed(dimensions.all_placed(opened.session.inputs), plan.dimension_names)


def _is_free(spec: Tensor) -> bool:
    """A shape that is only an example may be tried with any batch."""
    return bool(spec.shape) and (spec.is_example or dimensions.follows_batch(spec, 0))


class Feeder:
    """Fills the inputs of one model, `batch` samples at a time.

    Attributes: `inputs`, the buffers by the model's inputs, once `fill` was called; `notes`; `is_unbatched`:
    the model takes single samples, without an axis for several. Raises KnownError where the data are not
    what the model takes.
    """

    def __init__(self, opened: Opened, plan: RunPlan, data: Data, batch: int) -> None:
        self.inputs: dict[str, Array] = {}
        self.batch, self._data = batch, data
        self._said = Notes()
        self._other: list[Reason] = []
        self._asked = data.about.preprocessing
        self._specs = {spec.name: spec for spec in _specs(opened, plan)}
        self._array_of = self._matched()
        self._layouts: dict[str, Optional[Layout]] = {
            name: input_pictures.layout_of(opened.pool[0][name].shape) for name in self._specs
        }
        self.is_unbatched = self._lacks_batch()
        if self.is_unbatched:
            self.batch = 1

    @property
    def notes(self) -> tuple[Reason, ...]:
        return (*self._other, *self._said.reasons)

    def fill(self, first: int) -> int:
        """Rows from `first` on into the buffers; how many of them count, the rest repeats the last."""
        count = min(self.batch, self._data.about.count - first)
        for name, spec in self._specs.items():
            rows = self._data.rows(self._array_of[name], first, count)
            if count < self.batch:
                rows = np.concatenate([rows, np.repeat(rows[-1:], self.batch - count, axis=0)])
            made = self._formed(rows, spec)
            if name in self.inputs:
                np.copyto(self.inputs[name], made)
            else:
                self.inputs[name] = np.array(made, order="C")
        return count

    def _matched(self) -> Mapping[str, str]:
        """By name; a single one in any case; and where no name fits, by their order."""
        arrays, names = list(self._data.about.chunks), list(self._specs)
        if set(names) == set(arrays):
            return {name: name for name in names}
        if len(arrays) != len(names) or set(names) & set(arrays):
            told = {"inputs": ", ".join(names), "known": ", ".join(arrays)}
            raise unusable("dataset_inputs", file=self._data.about.name, **told)
        if len(names) > 1:
            self._other.append(Reason("dataset_inputs_by_order", {"inputs": ", ".join(names)}))
        return dict(paired(names, arrays))

    def _lacks_batch(self) -> bool:
        if self._data.about.kind == "pictures":
            layout = next(iter(self._layouts.values()))
            return layout is not None and not layout.name.startswith("N")
        ranks = [
            (len(spec.shape or ()), self._data.rows(self._array_of[name], 0, 1).ndim)
            for name, spec in self._specs.items()
            if spec.shape is not None and not _is_free(spec)
        ]
        return (
            bool(ranks) and len(ranks) == len(self._specs) and all(own == given - 1 for own, given in ranks)
        )

    def _formed(self, rows: Array, spec: Tensor) -> Array:
        if self._data.about.kind == "pictures":
            layout = self._layouts[spec.name]
            if layout is None:
                raise KnownError(ErrorKind.INPUT_UNREADABLE, file=spec.name, what="not_pictures")
            made = self._of_pixels(rows, layout, spec)
        else:
            made = self._of_array(rows, spec)
        return made[0] if self.is_unbatched else made

    def _of_pixels(self, pixels: Array, layout: Layout, spec: Tensor) -> Array:
        if pixels.shape[1:3] != (layout.height, layout.width):
            raise unusable("dataset_size", given=_written(pixels.shape), wanted=_written(layout[1:3]))
        dtype = input_kinds.dtype_of(spec)
        return preprocessing.of_pixels(pixels, self._asked, layout, dtype, self._said)

    def _of_array(self, rows: Array, spec: Tensor) -> Array:
        layout = self._layouts[spec.name]
        is_asked = self._asked != Preprocessing()
        if is_asked and layout is not None and rows.dtype == np.uint8 and rows.ndim > 2:
            fitted = preprocessing.fitted(self._asked, layout)
            dtype = input_kinds.dtype_of(spec)
            return preprocessing.of_pixels(_channels_last(rows), fitted, layout, dtype, self._said)
        spec = _with_batch(spec) if not self.is_unbatched else _unbatched(spec)
        rows = self._reshaped(self._rounded(rows, spec), spec)
        shape = input_layout.natural_shape(rows, spec, self.batch)
        made = input_layout.samples(rows, spec, shape, self._said)[0]
        if not _is_of(made.shape, spec):
            wanted = "×".join(map(str, (spec.shape or ())[1:]))
            raise unusable("dataset_shape", input=spec.name, given=_written(made.shape[1:]), wanted=wanted)
        if is_asked and layout is not None and made.dtype.kind == "f":
            made = self._normalised(made, layout)
        return made

    def _rounded(self, rows: Array, spec: Tensor) -> Array:
        """Other floats are rounded to the model's, unlike inputs that a user gives one by one."""
        wanted = input_kinds.dtype_of(spec)
        if rows.dtype.kind != "f" or wanted.kind != "f" or rows.dtype == wanted:
            return rows
        self._said.say("dataset_rounded", f"{spec.name} ({rows.dtype.name} → {wanted.name})")
        return rows.astype(wanted)

    def _reshaped(self, rows: Array, spec: Tensor) -> Array:
        """Axes of one more or less, and pictures that lie flat, or the other way round."""
        wanted = tuple(spec.shape or ())[1:]
        if not wanted or len(wanted) + 1 == rows.ndim or any(not isinstance(item, int) for item in wanted):
            return rows
        sizes = tuple(int(item) for item in wanted if isinstance(item, int))
        if int(np.prod(sizes, dtype=object)) != int(np.prod(rows.shape[1:], dtype=object)):
            return rows
        self._said.say("dataset_reshaped", f"{spec.name} ({_written(rows.shape[1:])} → {_written(sizes)})")
        return rows.reshape(len(rows), *sizes)

    def _normalised(self, made: Array, layout: Layout) -> Array:
        """Numbers are taken as they are but for mean and std, which were asked for."""
        axis = made.ndim - 3 if "CHW" in layout.name else made.ndim - 1
        last = np.moveaxis(made, axis, -1) if "C" in layout.name else made[..., None]
        found = preprocessing.normalised(last, preprocessing.fitted(self._asked, layout)).astype(made.dtype)
        back = np.moveaxis(found, -1, axis) if "C" in layout.name else found[..., 0]
        return np.ascontiguousarray(back)


def _with_batch(spec: Tensor) -> Tensor:
    """An example's first dimension is no more than one."""
    if not spec.is_example or not spec.shape:
        return spec
    return msgspec.structs.replace(spec, shape=("batch", *spec.shape[1:]))


def _is_of(shape: tuple[int, ...], spec: Tensor) -> bool:
    """Whether one sample is as large as the model declares; an example declares nothing."""
    if spec.shape is None or spec.is_example:
        return True
    declared = spec.shape[1:]
    return len(shape) == len(spec.shape) and all(
        not isinstance(most, int) or size == most for size, most in paired(shape[1:], declared)
    )


def _unbatched(spec: Tensor) -> Tensor:
    return msgspec.structs.replace(spec, shape=(1, *(spec.shape or ())))


def _channels_last(rows: Array) -> Array:
    """uint8 n×H×W×1 or 3 of n×H×W, n×C×H×W or n×H×W×C."""
    if rows.ndim == 3:
        return rows[..., None]
    return rows.transpose(0, 2, 3, 1) if rows.shape[1] in (1, 3) and rows.shape[3] not in (1, 3) else rows


def _written(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))

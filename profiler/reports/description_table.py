"""What `inspect` learned of a file as an aligned table of words and values, in either language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from profiler import dimensions, units
from profiler.backends.catalog import Format
from profiler.error_text import visible
from profiler.messages import Description
from profiler.result import Free, Tensor
from profiler.shapes import written
from profiler.trust import Tier
from profiler.wording import Language, reason_sentence, say

_TOPIC = "inspect"
_SHOWN_OPERATORS = 12
Row = tuple[str, str]


def lines(
    name: str,
    form: Format,
    size_bytes: int,
    sha256: str,
    trusted: bool,
    found: Description,
    language: Language,
) -> list[str]:
    """The file's name and one line for each fact; several inputs stand below each other."""
    return [visible(name), *aligned(rows(form, size_bytes, sha256, trusted, found, language))]


def rows(
    form: Format, size_bytes: int, sha256: str, trusted: bool, found: Description, language: Language
) -> list[Row]:
    """What the file is, a word and its value each; a row without a word goes on with the one before."""
    table = _Table(language, found)
    return [*table.identity(form, size_bytes, sha256, trusted), *table.signature(), *table.contents()]


def aligned(rows: Iterable[Row]) -> list[str]:
    """Values in one column; Chinese characters take two places."""
    listed = list(rows)
    width = max((_width(label) for label, _ in listed), default=0)
    return [f"  {label}{' ' * (width - _width(label))}  {value}".rstrip() for label, value in listed]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


class _Table:
    def __init__(self, language: Language, found: Description) -> None:
        self._language, self._found = language, found

    def _say(self, code: str, **parameters: object) -> str:
        return say(_TOPIC, code, self._language, **parameters)

    def identity(self, form: Format, size_bytes: int, sha256: str, trusted: bool) -> Iterator[Row]:
        opsets = ", ".join(f"{visible(domain)} {version}" for domain, version in self._found.opsets.items())
        code = "format_opsets" if opsets else "format_value"
        yield self._say("format"), self._say(code, title=form.title, opsets=opsets)
        if self._found.producer:
            yield self._say("producer"), visible(self._found.producer)
        beside = sum(part.size_bytes for part in self._found.parts)
        yield self._say("size"), units.size(size_bytes + beside)
        for part in self._found.parts:
            yield "", self._say("part", name=visible(part.name), size=units.size(part.size_bytes))
        yield self._say("sha256"), sha256
        if form.tier is not Tier.DATA:
            yield self._say("trust"), self._say("trusted" if trusted else "not_trusted")

    def signature(self) -> Iterator[Row]:
        found = self._found
        yield from self._listed("inputs", found.inputs)
        if found.shapes_origin != "file":
            yield "", self._say(f"shapes_{found.shapes_origin}")
        if "inputs" in found.unavailable:
            yield "", self._unknown("inputs")
        yield from self._sizes()
        yield from self._listed("outputs", found.outputs)

    def _sizes(self) -> Iterator[Row]:
        """What each free dimension goes by, the size that it got, and what the file allows."""
        label = self._say("sizes")
        ranges, offered = dimensions.known(self._found.inputs), dimensions.offered(self._found.inputs)
        bounded = (name for name, told in ranges.items() if told.least > 1 or told.most is not None)
        for name in dict.fromkeys([*offered, *bounded]):
            unasked = offered.get(name)
            size = self._size_of(name)
            is_guess = unasked is not None and unasked.is_guess and size in (None, unasked.size)
            shown = units.DASH if size is None else size
            value = self._say("size_guessed" if is_guess else "size_value", name=visible(name), size=shown)
            yield label, self._ranged(value, ranges.get(name))
            label = ""

    def _ranged(self, value: str, told: Free | None) -> str:
        if told is None or (told.least <= 1 and told.most is None):
            return value
        code = "size_from" if told.most is None else "size_range"
        return self._say(code, value=value, least=told.least, most=told.most)

    def _size_of(self, name: str) -> int | None:
        """What it got for the shapes that were counted with."""
        sizes = (
            self._found.shapes[spec.name][at]
            for spec in self._found.inputs
            for at, word in enumerate(spec.shape or ())
            if word == name and at < len(self._found.shapes.get(spec.name, ()))
        )
        return next(sizes, None)

    def _listed(self, code: str, tensors: tuple[Tensor, ...]) -> Iterator[Row]:
        label = self._say(code)
        if not tensors:
            yield label, self._unknown(code)
        for tensor in tensors:
            shape = self._say("shape_unknown") if tensor.shape is None else visible(written(tensor.shape))
            yield label, f"{visible(tensor.name)}  {tensor.dtype}  {shape}"
            label = ""

    def _unknown(self, name: str) -> str:
        reason = self._found.unavailable.get(name)
        if reason is None:
            return units.DASH
        return self._say("not_known", reason=reason_sentence(reason, self._language))

    def contents(self) -> Iterator[Row]:
        found = self._found
        count = found.parameters
        yield self._say("parameters"), self._unknown("parameters") if count is None else f"{count:,}"
        if found.buffers:
            yield self._say("buffers"), self._say("buffers_value", count=f"{found.buffers:,}")
        yield self._say("weights"), self._weights()
        yield from self._memory()
        yield from self._flops()
        yield self._say("operators"), self._operators()

    def _weights(self) -> str:
        total = self._found.weights_bytes
        if not total:
            return units.size(total)
        parts = [f"{dtype} {units.size(size)}" for dtype, size in _largest(self._found.weights_by_dtype)]
        return self._say("weights_value", total=units.size(total), parts=", ".join(parts))

    def _memory(self) -> Iterator[Row]:
        """What activations need at once, by the graph."""
        memory = self._found.memory
        if memory is None or memory.peak_activations_bytes is None:
            if memory is not None:
                yield self._say("activations"), self._say("activations_unknown", count=memory.unknown_tensors)
            return
        peak, node = units.size(memory.peak_activations_bytes), visible(memory.peak_node or "")
        code = "activations_at" if node else "activations_value"
        yield self._say("activations"), self._say(code, size=peak, node=node)

    def _flops(self) -> Iterator[Row]:
        flops = self._found.flops
        if flops.per_inference is None:
            yield self._say("flops"), self._unknown("flops.per_inference")
            return
        shapes = ", ".join(f"{visible(name)} {written(shape)}" for name, shape in self._found.shapes.items())
        macs = units.quantity(flops.macs_per_inference)
        code = "flops_value" if shapes else "flops_without_inputs"
        value = self._say(code, flops=units.flops(flops.per_inference), shapes=shapes, macs=macs)
        yield self._say("flops"), value
        if flops.integer_per_inference:
            integer = units.quantity(flops.integer_per_inference)
            yield self._say("integer"), self._say("integer_value", count=integer)
        other = units.flops(flops.other_per_inference)
        yield self._say("other_flops"), self._say("other_flops_value", flops=other)
        yield self._say("counted"), self._counted()

    def _counted(self) -> str:
        flops = self._found.flops
        code = "counted_except" if flops.uncounted_operators else "counted_value"
        names = _counted_words(flops.uncounted_operators)
        return self._say(code, share=units.percent(flops.counted_fraction), operators=names)

    def _operators(self) -> str:
        counts = {each.type: each.count for each in self._found.operators}
        if "operators" in self._found.unavailable:
            return self._unknown("operators")
        if not counts:
            return self._say("operators_none")
        total = f"{sum(counts.values()):,}"
        return self._say("operators_value", total=total, parts=_counted_words(counts))


def _largest(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: -item[1])


def _counted_words(counts: Mapping[str, int]) -> str:
    shown = [f"{visible(name)} {count:,}" for name, count in _largest(counts)[:_SHOWN_OPERATORS]]
    return ", ".join([*shown, "…"] if len(counts) > _SHOWN_OPERATORS else shown) or units.DASH

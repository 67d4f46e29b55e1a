"""A small SVG writer: rect, path, line and text by attributes only, so that browsers, Qt and PDF agree."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

FONT = "Noto Sans, Noto Sans CJK SC, Microsoft YaHei, PingFang SC, WenQuanYi Micro Hei, sans-serif"


def width_of(words: str, size: int = 12) -> float:
    """About how many px the words take; letters of a proportional font are half as wide as high, or full."""
    return sum(size * (1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.56) for letter in words)


def shortened(words: str, width: float, size: int = 12) -> str:
    """The words, cut with an ellipsis where they would take more than about `width` px."""
    if width_of(words, size) <= width:
        return words
    kept = words
    while len(kept) > 1 and width_of(kept + "…", size) > width:
        kept = kept[:-1]
    return kept + "…"


class Drawing:
    """Shapes in the order they are drawn; sizes and positions in px of a `width` x `height` canvas."""

    def __init__(self, width: int, height: int, title: str) -> None:
        self.width, self.height, self._title = width, height, title
        self._parts: list[str] = []

    def rect(self, x: float, y: float, width: float, height: float, fill: str, opacity: float = 1) -> None:
        self._add(
            "rect", x=x, y=y, width=max(0.0, width), height=max(0.0, height), fill=fill, fill_opacity=opacity
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str, dash: str = "") -> None:
        dashes = {"stroke_dasharray": dash} if dash else {}
        self._add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=1, **dashes)

    def path(
        self, points: Sequence[tuple[float, float]], stroke: str, width: float = 1, dash: str = ""
    ) -> None:
        if points:
            steps = " ".join(f"{'L' if index else 'M'}{x:.1f} {y:.1f}" for index, (x, y) in enumerate(points))
            dashes = {"stroke_dasharray": dash} if dash else {}
            self._add("path", d=steps, fill="none", stroke=stroke, stroke_width=width, **dashes)

    def circle(self, x: float, y: float, radius: float, colour: str, is_hollow: bool = False) -> None:
        fill = "none" if is_hollow else colour
        self._add("circle", cx=x, cy=y, r=radius, fill=fill, stroke=colour, stroke_width=2)

    def frame(self, x: float, y: float, width: float, height: float, stroke: str) -> None:
        self._add("rect", x=x, y=y, width=width, height=height, fill="none", stroke=stroke, stroke_width=1)

    def text(self, x: float, y: float, words: str, fill: str, anchor: str = "start", size: int = 12) -> None:
        attributes = _attributes(
            {"x": x, "y": y, "fill": fill, "font_size": size, "text_anchor": anchor, "font_family": FONT}
        )
        self._parts.append(f"<text{attributes}>{escape(words)}</text>")

    def __str__(self) -> str:
        box = f"0 0 {self.width} {self.height}"
        head = _attributes({"xmlns": "http://www.w3.org/2000/svg", "viewBox": box, "role": "img"})
        return f"<svg{head}><title>{escape(self._title)}</title>{''.join(self._parts)}</svg>"

    def _add(self, name: str, **attributes: object) -> None:
        self._parts.append(f"<{name}{_attributes(attributes)}/>")


def _attributes(values: dict[str, object]) -> str:
    return "".join(
        f" {name.replace('_', '-') if name != 'viewBox' else name}={quoteattr(_number(value))}"
        for name, value in values.items()
    )


def _number(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)

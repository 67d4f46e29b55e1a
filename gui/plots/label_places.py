"""Where names stand beside their points, so that no name covers another, a point, or the edge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in pixels, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def lies_in(self, other: Box) -> bool:
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )


Point = tuple[float, float]
Size = tuple[float, float]


def placed(
    points: Sequence[Point], sizes: Sequence[Size], whole: Box, radius: float, others: Sequence[Point] = ()
) -> list[Box | None]:
    """A box of each size near its point; None where there is no room left. All in pixels.

    `others` are points without a name, which no name may cover either.
    """
    taken = [Box(x - radius, y - radius, x + radius, y + radius) for x, y in (*points, *others)]
    found: list[Box | None] = []
    for point, size in zip(points, sizes, strict=True):
        box = next((one for one in _near(point, size, radius) if _is_free(one, taken, whole)), None)
        if box is not None:
            taken.append(box)
        found.append(box)
    return found


def _is_free(box: Box, taken: Sequence[Box], whole: Box) -> bool:
    return box.lies_in(whole) and not any(box.meets(other) for other in taken)


def _near(point: Point, size: Size, radius: float) -> Iterator[Box]:
    """Right and left of the point, then above and below, then further up and down."""
    (x, y), (width, height) = point, size
    beside = radius + 4
    for ring in range(5):
        for down in (0.0,) if ring == 0 else (-ring * height, ring * height):
            top = y + down - height / 2
            yield Box(x + beside, top, x + beside + width, top + height)
            yield Box(x - beside - width, top, x - beside, top + height)
        for top in (y - beside - (ring + 1) * height, y + beside + ring * height):
            yield Box(x - width / 2, top, x + width / 2, top + height)

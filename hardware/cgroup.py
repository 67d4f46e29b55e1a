"""What a Linux control group grants this process: a share of the cores and an amount of memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from hardware.machine import Unknown

_NO_LIMIT = Unknown("no_limit")
# Version 1 says "no limit" as the largest page-aligned number; nothing real comes near 2^60.
_UNLIMITED_BYTES = 1 << 60


def quota_cores(root: Path) -> float | Unknown:
    """Cores' worth of time, the tightest of this group and those above it; version 2, then version 1."""
    quotas = [*_quotas_v2(root), *_quotas_v1(root)]
    return min(quotas) if quotas else _NO_LIMIT


def memory_limit_bytes(root: Path) -> int | Unknown:
    """Bytes, the tightest of this group and those above it."""
    texts = [*_values(root, "", "memory.max"), *_values(root, "memory", "memory.limit_in_bytes")]
    limits = [int(text) for text in texts if text != "max" and int(text) < _UNLIMITED_BYTES]
    return min(limits) if limits else _NO_LIMIT


def throttle_files(root: Path) -> list[Path]:
    """The cpu.stat files, each once, that count how often this group and those above it were held back."""
    folders = [*_folders(root, ""), *_folders(root, "cpu")]
    found = [folder / "cpu.stat" for folder in folders]
    return list(dict.fromkeys(path for path in found if "nr_throttled" in (_text(path) or "")))


def _quotas_v2(root: Path) -> Iterator[float]:
    for text in _values(root, "", "cpu.max"):
        quota, _, period = text.partition(" ")
        if quota != "max":
            yield int(quota) / int(period or "100000")


def _quotas_v1(root: Path) -> Iterator[float]:
    for folder in _folders(root, "cpu"):
        quota, period = _text(folder / "cpu.cfs_quota_us"), _text(folder / "cpu.cfs_period_us")
        if quota and period and int(quota) > 0:
            yield int(quota) / int(period)


def _values(root: Path, controller: str, file: str) -> Iterator[str]:
    for folder in _folders(root, controller):
        text = _text(folder / file)
        if text:
            yield text


def _folders(root: Path, controller: str) -> Iterator[Path]:
    """From this process's group up to the root; inside a container only the root may be there."""
    base = root / "sys/fs/cgroup" / controller
    group = _group(root, controller)
    for path in (group, *group.parents):
        yield base / path.relative_to("/")


def _group(root: Path, controller: str) -> PurePosixPath:
    for line in (_text(root / "proc/self/cgroup") or "").splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            # A group outside of what this process may see is written as /../..
            return PurePosixPath("/", *(part for part in path.split("/") if part not in ("", "..")))
    return PurePosixPath("/")


def _text(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None

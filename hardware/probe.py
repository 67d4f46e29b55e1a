"""Asks every source for its facts, never raises, and says what could not be learnt and why.

`python -P -m hardware.probe` prints the machine as JSON: NVML can hang in its driver, so whoever must not
hang asks a child for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import msgspec

from hardware import catalog, linux, macos, nvidia, windows
from hardware.child import Child
from hardware.machine import Facts, Gpu, Machine, Unknown, attempt, gather

_SYSTEMS: dict[str, Callable[[], Facts]] = {
    "linux": linux.facts,
    "win32": windows.facts,
    "darwin": macos.facts,
}
_NVIDIA_FIELDS = ("gpus", "driver", "cuda_driver")


def probe(nvml: Any = None) -> Machine:
    """The machine with its NVIDIA cards; `nvml` defaults to pynvml. It can take as long as NVML does."""
    found = attempt(lambda: nvidia.facts(nvml))
    return _machine(dict.fromkeys(_NVIDIA_FIELDS, found) if isinstance(found, Unknown) else found)


def probe_without_nvml(reason: Unknown) -> Machine:
    """The machine without its cards, for this reason."""
    return _machine(dict.fromkeys(_NVIDIA_FIELDS, reason))


def probe_in_child(timeout_s: float = 10.0, python: str = sys.executable) -> Machine:
    """The same, asked by a child, so that it returns soon after `timeout_s` whatever NVML does.

    A child that does not answer, or answers nonsense, costs the cards only.
    """
    answer = attempt(lambda: Child("hardware.probe", python=python).answer(Machine, timeout_s))
    return probe_without_nvml(answer) if isinstance(answer, Unknown) else answer


def _machine(cards: Facts) -> Machine:
    read = _SYSTEMS.get(sys.platform)
    host = attempt(read) if read is not None else Unknown("system_unsupported", {"system": sys.platform})
    known: Facts = {} if isinstance(host, Unknown) else host
    if isinstance(host, Unknown):
        known = dict.fromkeys(set(Machine.__struct_fields__) - {"cpu", *_NVIDIA_FIELDS}, host)
    return gather(Machine, {**known, **cards, "gpus": _matched(cards["gpus"])})


def _matched(gpus: object) -> object:
    if not isinstance(gpus, tuple):
        return gpus
    return tuple(_with_card(gpu) for gpu in gpus)


def _with_card(gpu: Gpu) -> Gpu:
    card = attempt(lambda: catalog.match(gpu))
    if card is None or isinstance(card, Unknown):
        return gpu
    rest = {field: reason for field, reason in gpu.unavailable.items() if field != "card"}
    return msgspec.structs.replace(gpu, card=card.name, unavailable=rest)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(probe()) + b"\n")

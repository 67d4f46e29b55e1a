"""ONNX's own operator models through our backends and through inspect: none of them may crash us.

Run: python -m tests.benchmarks.operator_models [--wheel FILE] [--runtime onnxruntime|openvino]. The wheel of
onnx 1.21.0 carries 1,678 of them; it is unpacked as data and not installed. Prints how many answer as ONNX
says, differ, are refused by the runtime in the user's words, kill the process, and (must be 0) come back as
an error of ours; exits 1 where one does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

WHEEL = "onnx==1.21.0"
INSIDE = "onnx/backend/test/data/node/"


class Verdict(NamedTuple):
    """What became of one model: pass, differs, refused, ours or died; `inspect` empty where it went well."""

    name: str
    status: str
    detail: str = ""
    inspect: str = ""


class Child(Protocol):
    """A process that is asked about one model at a time; None where it died of it."""

    def ask(self, folder: Path) -> Verdict | None: ...
    def end(self) -> None: ...


class Process:
    """A real one."""

    def __init__(self, runtime: str) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.operator_models_child", runtime]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def ask(self, folder: Path) -> Verdict | None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(f"{folder}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return None
        line = self._process.stdout.readline()
        return Verdict(*json.loads(line)) if line else None

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def verdicts(folders: Sequence[Path], start: Callable[[], Child]) -> Iterator[Verdict]:
    """One for each model; a process that dies is replaced, and the model that it died of is named."""
    child = start()
    try:
        for folder in folders:
            found = child.ask(folder)
            if found is None:
                child.end()
                child = start()
                found = Verdict(folder.name, "died")
            yield found
    finally:
        child.end()


def summary(found: Sequence[Verdict]) -> list[str]:
    """The figures as lines."""
    counts = Counter(one.status for one in found)
    words = {
        "pass": "answer as ONNX says", "differs": "answer otherwise", "refused": "the runtime refuses",
        "died": "kill the process", "ours": "come back as an error of ours",
    }  # fmt: skip
    lines = [f"{len(found):5} models"]
    lines += [f"{counts[status]:5} {text}" for status, text in words.items()]
    kinds = Counter(one.detail.partition(":")[0] for one in found if one.status == "refused")
    lines += [f"      refused as {kind}: {count}" for kind, count in kinds.most_common()]
    lines.append(f"{sum(bool(one.inspect) for one in found):5} that inspect does not describe")
    return lines


def is_clean(found: Sequence[Verdict]) -> bool:
    return not any(one.status == "ours" or one.inspect for one in found)


def _wheel(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", WHEEL, "--no-deps", "-q", "-d", str(folder)]
    subprocess.run(command, check=True)
    return next(folder.glob("onnx-*.whl"))


def _unpacked(wheel: Path, folder: Path) -> list[Path]:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith(INSIDE)]
        archive.extractall(folder, names)
    return sorted(path.parent for path in (folder / INSIDE).glob("*/model.onnx"))


def main() -> int:
    parser = argparse.ArgumentParser(description="ONNX's operator models through our backends.")
    parser.add_argument("--wheel", type=Path)
    parser.add_argument("--runtime", default="onnxruntime", choices=("onnxruntime", "openvino"))
    parser.add_argument("--list", action="store_true", help="also name every model that does not pass")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wheel = arguments.wheel or _wheel(Path(folder))
        folders = _unpacked(wheel, Path(folder))
        found = list(verdicts(folders, lambda: Process(arguments.runtime)))
    print("\n".join(summary(found)))
    for one in found:
        if (
            one.status in ("ours", "died", "differs")
            or one.inspect
            or (arguments.list and one.status != "pass")
        ):
            print(f"{one.status:8} {one.name}  {one.detail}  {one.inspect}")
    return 0 if is_clean(found) else 1


if __name__ == "__main__":
    sys.exit(main())

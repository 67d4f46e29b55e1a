"""The sample as OpenVINO IR, from digits.onnx.

    python tools/samples_openvino.py resources/samples/digits.onnx resources/samples/digits.xml

Weights stay in fp32. OpenVINO numbers the layers that it adds as it goes, so the bytes are the same each time
for one version of it, in a process of its own.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from profiler.backends import openvino_import


def write(onnx_path: Path, path: Path) -> None:
    """Writes the .xml and beside it the .bin."""
    openvino = openvino_import.openvino()
    model = openvino.Core().read_model(str(onnx_path))
    openvino.save_model(model, str(path), compress_to_fp16=False)


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the sample as OpenVINO IR.")
    parser.add_argument("onnx", type=Path)
    parser.add_argument("xml", type=Path)
    arguments = parser.parse_args()
    write(arguments.onnx, arguments.xml)
    return 0


if __name__ == "__main__":
    sys.exit(main())

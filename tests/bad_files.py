"""Files that are no model, or damaged, or hostile, made when they are asked for; no payload does harm."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

SAMPLES = Path(__file__).parent.parent / "resources" / "samples"
Make = Callable[[Path], Path]
MARKER = "payload-has-run"


class Payload:
    """Unpickling this creates a file: harmless, and impossible to overlook."""

    def __init__(self, folder: Path) -> None:
        self._marker = str(folder / MARKER)

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (self._marker, "w")


def holding(name: str, data: bytes) -> Make:
    """A file of this name with these bytes."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(data)
        return path

    return make


def missing(folder: Path) -> Path:
    return folder / "gone.onnx"


def subfolder(folder: Path) -> Path:
    path = folder / "models"
    path.mkdir()
    return path


def forbidden(folder: Path) -> Path:
    path = holding("secret.onnx", onnx_bytes())(folder)
    path.chmod(0)
    return path


def pipe(folder: Path) -> Path:
    path = folder / "pipe.onnx"
    os.mkfifo(path)
    return path


def saved_model(folder: Path) -> Path:
    path = folder / "saved"
    path.mkdir()
    (path / "saved_model.pb").write_bytes(b"\x08\x01")
    return path


def transformers_folder(folder: Path) -> Path:
    path = folder / "bert"
    path.mkdir()
    (path / "config.json").write_text("{}")
    (path / "model.safetensors").write_bytes(safetensors())
    return path


def onnx_model(**changes: Any) -> onnx.ModelProto:
    """One matrix product with its weights inside."""
    weight = helper.make_tensor("w", TensorProto.FLOAT, [4, 2], np.ones(8, np.float32).tobytes(), raw=True)
    node = helper.make_node("MatMul", ["x", "w"], ["y"])
    graph = helper.make_graph(
        [node],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 2])],
        [changes.get("weight", weight)],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="test")


def onnx_bytes(**changes: Any) -> bytes:
    return bytes(onnx_model(**changes).SerializeToString())


def external(location: str, length: int = 32) -> TensorProto:
    """A weight whose data lies at `location`."""
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4, 2])
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", "0"), ("length", str(length))):
        tensor.external_data.add(key=key, value=value)
    return tensor


def outside_by_link(folder: Path) -> Path:
    """A link beside the model that leads out of its folder."""
    inner = folder / "model"
    inner.mkdir()
    (folder / "elsewhere.bin").write_bytes(bytes(32))
    (inner / "weights.bin").symlink_to(folder / "elsewhere.bin")
    return holding("link.onnx", onnx_bytes(weight=external("weights.bin")))(inner)


def short_external(folder: Path) -> Path:
    (folder / "weights.bin").write_bytes(bytes(31))
    return holding("short.onnx", onnx_bytes(weight=external("weights.bin")))(folder)


def device_external(folder: Path) -> Path:
    (folder / "weights.bin").symlink_to("/dev/zero")
    return holding("device.onnx", onnx_bytes(weight=external("weights.bin")))(folder)


def weight_of(dims: list[int], raw: bytes) -> TensorProto:
    return TensorProto(name="w", data_type=TensorProto.FLOAT, dims=dims, raw_data=raw)


def archive(entries: dict[str, bytes], name: str = "model.pt", compression: int = zipfile.ZIP_STORED) -> Make:
    """A zip with these entries."""

    def make(folder: Path) -> Path:
        path = folder / name
        with zipfile.ZipFile(path, "w", compression) as target:
            for entry, data in entries.items():
                target.writestr(entry, data)
        return path

    return make


def script() -> dict[str, bytes]:
    """The entries of the bundled TorchScript sample."""
    with zipfile.ZipFile(SAMPLES / "digits.torchscript.pt") as source:
        return {name: source.read(name) for name in source.namelist()}


def script_with(**changes: bytes | None) -> Make:
    """The sample with entries replaced (`data_pkl`, `version`, ...) or left out (None)."""
    names = {
        "data_pkl": "archive/data.pkl",
        "constants_pkl": "archive/constants.pkl",
        "weight": "archive/data/0",
        "signature": "archive/extra/inferometer.json",
    }
    entries = script()
    for key, data in changes.items():
        if data is None:
            del entries[names[key]]
        else:
            entries[names[key]] = data
    return archive(entries)


def checkpoint_with_payload(folder: Path) -> Path:
    data = {"archive/data.pkl": pickle.dumps(Payload(folder)), "archive/version": b"3\n"}
    return archive(data, "checkpoint.pt")(folder)


def script_with_payload(folder: Path) -> Path:
    return script_with(data_pkl=pickle.dumps(Payload(folder), protocol=2))(folder)


def script_with_payload_inside(folder: Path) -> Path:
    """The sample's own pickle with one more attribute: a call of `open`."""
    marker = str(folder / MARKER).encode()
    text = b"X" + struct.pack("<I", len(marker)) + marker
    call = b"X\x07\0\0\0payload" + b"cbuiltins\nopen\n" + text + b"X\x01\0\0\0w" + b"\x86R"
    data = script()["archive/data.pkl"]
    end = data.rindex(b"ub")
    return script_with(data_pkl=data[:end] + call + data[end:])(folder)


def pickle_with_payload(protocol: int) -> Make:
    def make(folder: Path) -> Path:
        return holding("model.pkl", pickle.dumps(Payload(folder), protocol))(folder)

    return make


def cut(make: Make, share: float) -> Make:
    """The first part of another file."""

    def make_cut(folder: Path) -> Path:
        path = make(folder)
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        return path

    return make_cut


def twice_named(folder: Path) -> Path:
    """Two entries of one name, and PyTorch reads another one than a scanner may."""
    path = archive(script())(folder)
    data = path.read_bytes().replace(b"archive/data/1", b"archive/data/0")
    path.write_bytes(data)
    return path


def renamed_entry(old: bytes, new: bytes) -> Make:
    def make(folder: Path) -> Path:
        path = archive(script())(folder)
        path.write_bytes(path.read_bytes().replace(old, new))
        return path

    return make


def encrypted(folder: Path) -> Path:
    """The flag that says so, set on the first entry of the directory."""
    path = archive(script())(folder)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    return path


def wrong_checksum(folder: Path) -> Path:
    """One byte of data.pkl changed, the checksum not."""
    path = archive(script())(folder)
    with zipfile.ZipFile(path) as source:
        info = source.getinfo("archive/data.pkl")
    data = bytearray(path.read_bytes())
    data[info.header_offset + 30 + len("archive/data.pkl") + 20] ^= 0xFF
    path.write_bytes(bytes(data))
    return path


def lying_directory(folder: Path) -> Path:
    """An end record that claims a directory of nearly 4 GiB."""
    path = archive(script())(folder)
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.rindex(b"PK\x05\x06") + 12, 0xFFFFFFF0)
    path.write_bytes(bytes(data))
    return path


def bomb(folder: Path) -> Path:
    """Weights of zeros that are small in the archive and large outside."""
    entries = script()
    entries["archive/data/0"] = bytes(8 << 20)
    return archive(entries, compression=zipfile.ZIP_DEFLATED)(folder)


def source_bomb(folder: Path) -> Path:
    """Sources may be compressed, but not without limit."""
    path = folder / "model.pt"
    with zipfile.ZipFile(path, "w") as target:
        for name, data in script().items():
            target.writestr(name, data)
        large = zipfile.ZipInfo("archive/code/large.py")
        large.compress_type = zipfile.ZIP_DEFLATED
        target.writestr(large, bytes(65 << 20), compresslevel=1)
    return path


def npz() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, x=np.ones(3))
    return buffer.getvalue()


def npy() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ones(3))
    return buffer.getvalue()


def safetensors() -> bytes:
    header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(4)


def exported(program: bytes = b"{}", weights: bytes | None = b'{"config": {}}') -> Make:
    """A .pt2 with this program and this list of weights."""
    entries = {"m/archive_format": b"pt2", "m/models/model.json": program}
    if weights is not None:
        entries["m/data/weights/model_weights_config.json"] = weights
    return archive(entries, "m.pt2")

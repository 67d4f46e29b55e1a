"""Programs of torch.export counted from their file, against ONNX, against torch that runs, by hand."""

from __future__ import annotations

import subprocess
import sys
import warnings
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from profiler import inspection, messages
from profiler.backends import onnx_flops, pt2_program, pt2_rules, pt2_survey, torch_flops
from profiler.errors import KnownError
from profiler.metrics.flops import Tally
from tests import networks, networks_export


def _read(network: nn.Module, folder: Path, *inputs: torch.Tensor, **options: Any) -> Tally:
    path = networks_export.save(network, folder / "model.pt2", *inputs, **options)
    program = pt2_program.read(path)
    shapes = {spec.name: tuple(given.shape) for spec, given in zip(program.inputs, inputs, strict=True)}
    return pt2_survey.survey(program, shapes).tally


def _run(network: nn.Module, *inputs: torch.Tensor) -> Tally:
    return torch_flops.count(lambda: network(*inputs))


@pytest.mark.parametrize(
    ("make", "inputs"),
    [(networks.tagger, (torch.randint(0, 50, (2, 7)),)),
     (networks.vision_transformer, (torch.randn(2, 3, 32, 48),)),
     (networks.convolutions, (torch.randn(2, 3, 32, 40),))],
)  # fmt: skip
def test_the_file_tells_the_work_that_running_and_onnx_tell(
    make: Any, inputs: tuple[torch.Tensor, ...], tmp_path: Path
) -> None:
    network = make()
    found, ran = _read(network, tmp_path, *inputs), _run(network, *inputs)
    shapes = {f"input_{position}": tuple(value.shape) for position, value in enumerate(inputs)}
    exported = onnx_flops.count(networks.exported(network, *inputs), shapes)
    assert found.macs == ran.macs == exported.macs > 0
    assert found.counted_fraction == 1.0
    assert found.other == pytest.approx(ran.other, rel=0.1)


def test_resnet50_does_the_published_work(tmp_path: Path) -> None:
    tally = _read(networks.resnet50(), tmp_path, torch.randn(1, 3, 224, 224))
    assert tally.macs == 4_089_184_256
    assert tally.counted_fraction == 1.0


class _Attention(nn.Module):
    def forward(self, query: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
        return functional.scaled_dot_product_attention(query, key, key)


def test_attention_of_the_cpu_is_counted(tmp_path: Path) -> None:
    tally = _read(_Attention(), tmp_path, torch.randn(2, 4, 5, 8), torch.randn(2, 4, 9, 8))
    assert tally.macs == 2 * 4 * 5 * 9 * (8 + 8)


class _Cells(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cell, self.projected = nn.LSTMCell(5, 6), nn.LSTM(6, 8, proj_size=3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.projected(self.cell(x)[0].unsqueeze(0))[0]


def test_cells_and_projections_are_counted(tmp_path: Path) -> None:
    tally = _read(_Cells(), tmp_path, torch.randn(2, 5))
    assert tally.macs == 2 * (24 * (5 + 6) + 32 * (6 + 3) + 8 * 3)


class _Products(nn.Module):
    def forward(self, a: torch.Tensor, b: torch.Tensor) -> Any:
        return torch.einsum("ij,kj->ik", a, b), a @ b.T, torch.addmm(a[:, :1], a, b.T), torch.mv(a, b[0])


def test_products_of_every_kind_are_counted(tmp_path: Path) -> None:
    tally = _read(_Products(), tmp_path, torch.randn(2, 5), torch.randn(3, 5))
    assert tally.macs == 3 * 2 * 5 * 3 + 2 * 5


class _Quiet(nn.Module):
    """Part of it is exported as a graph of its own, under another setting."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            y = self.layer(x) * 2
        return y + 1


def test_a_graph_under_another_setting_is_walked_in_its_place(tmp_path: Path) -> None:
    assert _read(_Quiet(), tmp_path, torch.randn(2, 4)).macs == 2 * 4 * 3


def test_a_branch_is_uncounted_and_named(tmp_path: Path) -> None:
    class Branch(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.cond(x.sum() > 0, lambda y: y @ y, lambda y: y + 1, (x,))

    tally = _read(Branch(), tmp_path, torch.randn(3, 3))
    assert tally.uncounted == {"higher_order.cond": 1}


def test_free_sizes_take_the_values_asked_for(tmp_path: Path) -> None:
    class Halves(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x[:, : x.shape[1] // 2] @ x[:, : x.shape[1] // 2].transpose(0, 1)

    free = {"x": {0: torch.export.Dim.AUTO, 1: torch.export.Dim.AUTO}}
    path = networks_export.save(Halves(), tmp_path / "h.pt2", torch.zeros(3, 8), dynamic_shapes=free)
    program = pt2_program.read(path)
    assert pt2_survey.survey(program, {"x": (5, 14)}).tally.macs == 5 * 7 * 5
    assert pt2_survey.survey(program, {"x": (5, 15)}).nodes[-1].shape == (5, 5)


def test_sizes_beyond_any_machine_are_unknown(tmp_path: Path) -> None:
    free = {"query": {0: torch.export.Dim.AUTO}, "key": {0: torch.export.Dim.AUTO}}
    inputs = (torch.randn(2, 4, 5, 8), torch.randn(2, 4, 9, 8))
    path = networks_export.save(_Attention(), tmp_path / "a.pt2", *inputs, dynamic_shapes=free)
    shapes = {"query": (2**55, 4, 5, 8), "key": (2**55, 4, 9, 8)}
    found = inspection.describe(messages.Inspect(str(path), "torch_export", shapes=shapes))
    assert found.nodes[0].bytes_read is None
    assert found.flops.per_inference is None
    assert found.memory is not None
    assert found.memory.peak_activations_bytes is None
    assert messages.encode(found)


def test_products_of_dequantised_tensors_are_on_integers(tmp_path: Path) -> None:
    class Quantised(nn.Module):
        def forward(self, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
            return functional.linear(_dequantised(x), _dequantised(w))

    def _dequantised(x: torch.Tensor) -> torch.Tensor:
        library = torch.ops.quantized_decomposed
        whole = library.quantize_per_tensor.default(x, 0.1, 0, -128, 127, torch.int8)
        return library.dequantize_per_tensor.default(whole, 0.1, 0, -128, 127, torch.int8)

    import_module("torch.ao.quantization.fx._decomposed")  # registers the operators

    tally = _read(Quantised(), tmp_path, torch.randn(2, 4), torch.randn(3, 4))
    assert (tally.macs, tally.integer_macs) == (24, 24)


@pytest.mark.parametrize("tag", ["pointwise", "reduction"])
def test_the_tables_agree_with_torchs_own_marks(tag: str) -> None:
    names = pt2_rules._POINTWISE if tag == "pointwise" else pt2_rules._REDUCTIONS
    other = torch.Tag.reduction if tag == "pointwise" else torch.Tag.pointwise
    for name in names.split():
        packet = getattr(torch.ops.aten, name)
        assert not any(other in getattr(packet, each).tags for each in packet.overloads()), name


def test_what_moves_data_does_no_arithmetic() -> None:
    for name in pt2_rules._MOVES.split():
        packet = getattr(torch.ops.aten, name)
        assert not any(torch.Tag.pointwise in getattr(packet, each).tags for each in packet.overloads()), name


def test_a_description_holds_rows_memory_and_the_table_of_an_embedding(tmp_path: Path) -> None:
    path = networks_export.save(networks.tagger(), tmp_path / "t.pt2", torch.randint(0, 50, (2, 7)))
    found = inspection.describe(messages.Inspect(str(path), "torch_export"))
    assert found.input_limits == {"words": 50}
    assert found.parameters == networks.parameters(networks.tagger())
    assert found.weights_bytes == 4 * found.parameters
    assert sum(node.flops or 0 for node in found.nodes) == found.flops.per_inference
    assert found.memory is not None
    assert found.memory.inputs_bytes == 2 * 7 * 8
    assert found.memory.unknown_tensors == 0


def test_inspecting_a_program_needs_no_torch(tmp_path: Path) -> None:
    path = networks_export.nested(tmp_path / "n.pt2")
    code = (
        "import sys; from profiler import inspection, messages; "
        f"inspection.describe(messages.Inspect({str(path)!r}, 'torch_export')); "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_thousand_operators_are_read_within_a_second(tmp_path: Path) -> None:
    class Deep(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            for _ in range(500):
                x = (x + 1).relu()
            return x

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = networks_export.save(Deep(), tmp_path / "d.pt2", torch.zeros(2, 3))
    begin = perf_counter()
    found = inspection.describe(messages.Inspect(str(path), "torch_export"))
    assert perf_counter() - begin < 1
    assert len(found.nodes) == 1000


def test_the_range_of_a_dimension_is_told_and_bounds_it(tmp_path: Path) -> None:
    sizes = torch.export.Dim("batch", min=1, max=9), torch.export.Dim("length", min=4, max=64)
    network = nn.Conv1d(2, 2, 3)
    path = networks_export.save(
        network, tmp_path / "r.pt2", torch.zeros(2, 2, 20), dynamic_shapes=({0: sizes[0], 2: sizes[1]},)
    )
    (spec,) = pt2_program.read(path).inputs
    assert [(each.least, each.most, each.usual) for each in spec.free] == [(1, 9, None), (4, 64, 20)]
    found = inspection.describe(messages.Inspect(str(path), "torch_export"))
    assert found.shapes[spec.name] == (1, 2, 20)
    for wanted in (
        {"batch": 10},
        {"dimensions": {spec.free[1].name: 65}},
        {"shapes": {spec.name: (1, 2, 2)}},
    ):
        with pytest.raises(KnownError) as caught:
            inspection.describe(messages.Inspect(str(path), "torch_export", **wanted))
        assert caught.value.info.parameters["what"] == "range"


def test_the_sample_does_the_work_of_the_onnx_sample() -> None:
    samples = Path(__file__).parent.parent / "resources" / "samples"
    program = inspection.describe(messages.Inspect(str(samples / "digits.pt2"), "torch_export", batch=4))
    onnx = inspection.describe(messages.Inspect(str(samples / "digits.onnx"), "onnx", batch=4))
    assert program.flops.per_inference == onnx.flops.per_inference
    assert program.parameters == onnx.parameters
    assert (program.inputs, program.outputs) == (onnx.inputs, onnx.outputs)


class _Call(nn.Module):
    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, *inputs: torch.Tensor) -> Any:
        return self.function(*inputs)


class _Bag(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.bag = nn.EmbeddingBag(10, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.bag(x)


_CONTRACTIONS: dict[str, tuple[nn.Module, list[tuple[int, ...]], int]] = {
    "tensordot": (
        _Call(lambda a, b: torch.tensordot(a, b, dims=([1, 2], [0, 1]))), [(3, 4, 5), (4, 5, 6)], 3 * 20 * 6),
    "tensordot of no dimension": (_Call(lambda a, b: torch.tensordot(a, b, dims=0)), [(3,), (4,)], 12),
    "tensordot from the end": (
        _Call(lambda a, b: torch.tensordot(a, b, dims=([-1], [-2]))), [(3, 4), (4, 5)], 60),
    "inner": (_Call(torch.inner), [(3, 4), (6, 4)], 3 * 4 * 6),
    "outer": (_Call(torch.outer), [(3,), (6,)], 0),
    "kron": (_Call(torch.kron), [(3, 4), (6, 4)], 0),
    "vecdot": (_Call(torch.linalg.vecdot), [(3, 4), (3, 4)], 0),
    "chain of three": (
        _Call(lambda *all: torch.linalg.multi_dot(all)), [(10, 100), (100, 5), (5, 50)], 5000 + 2500),
    "chain of four": (
        _Call(lambda *all: torch.linalg.multi_dot(all)), [(30, 35), (35, 15), (15, 5), (5, 10)], 9375),
    "chain from a row to a column": (
        _Call(lambda *all: torch.linalg.multi_dot(all)), [(4,), (4, 5), (5, 6), (6,)], 30 + 20 + 4),
    "distances of many rows": (_Call(torch.cdist), [(30, 8), (40, 8)], 30 * 40 * 10),
    "distances of few rows": (_Call(torch.cdist), [(2, 3, 8), (1, 4, 8)], 0),
    "sums of differences": (_Call(lambda a, b: torch.cdist(a, b, p=1.0)), [(30, 8), (40, 8)], 0),
    "distances by a product": (
        _Call(lambda a, b: torch.cdist(a, b, compute_mode="use_mm_for_euclid_dist")), [(3, 8), (4, 8)], 120),
    "bilinear": (nn.Bilinear(4, 5, 6), [(3, 4), (3, 5)], 3 * 6 * (4 * 5 + 5)),
    "bilinear in more dimensions": (
        nn.Bilinear(4, 5, 6, bias=False), [(2, 3, 4), (2, 3, 5)], 6 * 6 * (4 * 5 + 5)),
    "attention of one query": (
        _Call(functional.scaled_dot_product_attention), [(1, 4, 7, 8), (3, 4, 9, 8), (3, 4, 9, 6)],
        3 * 4 * 7 * 9 * (8 + 6)),
    "attention of one key": (
        _Call(functional.scaled_dot_product_attention), [(3, 4, 7, 8), (1, 4, 9, 8), (1, 4, 9, 8)],
        3 * 4 * 7 * 9 * 16),
    "attention of groups": (
        _Call(lambda q, k, v: functional.scaled_dot_product_attention(q, k, v, enable_gqa=True)),
        [(3, 8, 7, 4), (3, 2, 9, 4), (3, 2, 9, 4)], 3 * 8 * 7 * 9 * 8),
}  # fmt: skip


@pytest.mark.parametrize("name", _CONTRACTIONS)
def test_what_contracts_dimensions_counts_alike_in_a_file_and_running(name: str, tmp_path: Path) -> None:
    network, shapes, macs = _CONTRACTIONS[name]
    inputs = [torch.randn(shape) for shape in shapes]
    found, ran = _read(network, tmp_path, *inputs), _run(network, *inputs)
    assert found.macs == ran.macs == macs
    assert found.counted_fraction == ran.counted_fraction == 1.0
    if "attention" not in name:
        assert found.other == ran.other


def test_a_bag_of_embeddings_is_counted(tmp_path: Path) -> None:
    indices = torch.zeros(3, 5, dtype=torch.long)
    tally = _read(_Bag(), tmp_path, indices)
    assert (tally.macs, tally.other, tally.counted_fraction) == (0, 3 * 5 * 4, 1.0)


def test_a_chain_of_very_many_matrices_is_uncounted() -> None:
    class Chain:
        def shapes(self, name: str) -> list[tuple[int, ...]]:
            return [(2, 2)] * 10_000

    with pytest.raises(ValueError, match="10000 matrices"):
        pt2_rules.RULES["aten.linalg_multi_dot"](Chain())  # type: ignore[arg-type]

"""FLOPs of torch against hand counts and against ONNX: eager, traced, scripted, frozen and quantised."""

import warnings

import pytest
import torch
from torch import nn
from torch.nn import functional

from profiler.backends import onnx_flops, torch_flops
from tests import networks


def _count(module, *inputs):
    return torch_flops.count(lambda: module(*inputs))


def _both(network, *inputs):
    """The tallies of the traced network and of its ONNX export."""
    shapes = {f"input_{position}": tuple(value.shape) for position, value in enumerate(inputs)}
    exported = onnx_flops.count(networks.exported(network, *inputs), shapes)
    return _count(networks.traced(network, *inputs), *inputs), exported


@pytest.fixture(scope="module")
def resnet50():
    return networks.resnet50(), torch.randn(1, 3, 224, 224)


def test_resnet50_does_the_published_work_in_both_formats(resnet50):
    network, image = resnet50
    torchscript, exported = _both(network, image)
    assert networks.parameters(network) == 25_557_032
    assert torchscript.macs == exported.macs == 4_089_184_256
    assert torchscript.to_flops(1).per_inference == pytest.approx(8.178e9, rel=1e-4)
    assert torchscript.counted_fraction == exported.counted_fraction == 1.0


@pytest.mark.parametrize(
    ("make", "inputs"),
    [
        (networks.tagger, (torch.randint(0, 50, (2, 7)),)),
        (networks.vision_transformer, (torch.randn(2, 3, 32, 48),)),
        (networks.convolutions, (torch.randn(2, 3, 32, 40),)),
    ],
)
def test_both_formats_give_the_same_macs(make, inputs):
    torchscript, exported = _both(make(), *inputs)
    assert torchscript.macs == exported.macs > 0
    assert torchscript.counted_fraction == exported.counted_fraction == 1.0


def test_recurrent_network_counts_every_step_layer_and_direction():
    cells = 2 * 7
    first, second = 2 * 64 * (12 + 16), 2 * 64 * (32 + 16)
    expected = cells * (first + second + 30 * (32 + 10) + 6 * (10 + 6) + 6 * 5)
    assert _count(networks.tagger(), torch.randint(0, 50, (2, 7))).macs == expected


def test_recurrent_network_counts_the_same_by_every_kernel():
    words = torch.randint(0, 50, (2, 7))
    network = networks.tagger()
    fused = _count(network, words)
    plain = _count(network.double(), words)  # oneDNN has no recurrent layer for float64
    assert "aten.mkldnn_rnn_layer" in fused.counted
    assert "aten.mkldnn_rnn_layer" not in plain.counted
    assert fused.macs == plain.macs


def test_packed_sequences_count_only_the_steps_they_hold():
    layer = nn.LSTM(5, 6).eval()
    packed = nn.utils.rnn.pack_padded_sequence(torch.randn(7, 2, 5), torch.tensor([7, 3]))
    assert _count(layer, packed).macs == (7 + 3) * 24 * (5 + 6)


def test_fused_attention_of_the_cpu_is_counted():
    query, key = torch.randn(2, 4, 5, 8), torch.randn(2, 4, 9, 8)
    tally = torch_flops.count(lambda: functional.scaled_dot_product_attention(query, key, key))
    assert "aten._scaled_dot_product_flash_attention_for_cpu" in tally.counted
    assert tally.macs == 2 * 4 * 5 * 9 * (8 + 8)


def test_attention_counts_the_same_by_every_kernel():
    query, mask = torch.randn(2, 4, 5, 8), torch.zeros(5, 5)
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        plain = torch_flops.count(lambda: functional.scaled_dot_product_attention(query, query, query, mask))
    fused = torch_flops.count(lambda: functional.scaled_dot_product_attention(query, query, query, mask))
    assert plain.counted["aten.bmm"] == 2
    assert plain.macs == fused.macs == 2 * 4 * 5 * 5 * 16


def test_fused_transformer_layer_counts_what_its_parts_do():
    layer = nn.TransformerEncoderLayer(16, 4, 24, batch_first=True).eval()
    data = torch.randn(2, 5, 16)
    fused = _count(layer, data)
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        parts = _count(layer, data)
    finally:
        torch.backends.mha.set_fastpath_enabled(True)
    assert "aten._transformer_encoder_layer_fwd" in fused.counted
    tokens = 2 * 5
    assert fused.macs == parts.macs == tokens * (4 * 16 * 16 + 2 * 16 * 24) + 2 * 4 * 25 * 8


def test_fused_multi_head_attention_counts_what_its_parts_do():
    layer = nn.MultiheadAttention(16, 4, batch_first=True).eval()
    data = torch.randn(2, 5, 16)
    fused = _count(layer, data, data, data)
    assert "aten._native_multi_head_attention" in fused.counted
    assert fused.macs == 2 * 5 * 4 * 16 * 16 + 2 * 4 * 25 * 8


@pytest.mark.parametrize(
    ("layer", "data", "macs"),
    [
        (nn.Conv1d(4, 6, 3), (2, 4, 9), 2 * 6 * 7 * 4 * 3),
        (nn.Conv2d(8, 12, 3, 2, groups=4), (2, 8, 10, 10), 2 * 12 * 16 * 2 * 9),
        (nn.Conv2d(8, 8, 3, padding=1, groups=8), (1, 8, 6, 6), 8 * 36 * 9),
        (nn.Conv3d(2, 3, 3), (1, 2, 5, 5, 5), 3 * 27 * 2 * 27),
        (nn.ConvTranspose1d(4, 6, 3), (2, 4, 9), 2 * 4 * 9 * 6 * 3),
        (nn.ConvTranspose2d(6, 6, 4, 2, groups=3), (1, 6, 5, 5), 6 * 25 * 2 * 16),
        (nn.ConvTranspose3d(2, 3, 3), (1, 2, 4, 4, 4), 2 * 64 * 3 * 27),
        (nn.Linear(8, 5), (2, 3, 8), 6 * 8 * 5),
        (nn.Linear(8, 5), (8,), 8 * 5),
    ],
)
def test_layer_counts_its_exact_macs(layer, data, macs):
    tally = _count(layer.eval(), torch.randn(*data))
    assert (tally.macs, tally.counted_fraction) == (macs, 1.0)


@pytest.mark.parametrize(
    ("call", "macs"),
    [
        (lambda: torch.matmul(torch.ones(7, 1, 2, 3), torch.ones(4, 3, 5)), 7 * 4 * 30),
        (lambda: torch.baddbmm(torch.ones(4, 2, 5), torch.ones(4, 2, 3), torch.ones(4, 3, 5)), 120),
        (lambda: torch.addbmm(torch.ones(2, 5), torch.ones(4, 2, 3), torch.ones(4, 3, 5)), 120),
        (lambda: torch.einsum("bhqd,bhkd->bhqk", torch.ones(2, 4, 5, 8), torch.ones(2, 4, 7, 8)), 2240),
        (lambda: torch.mv(torch.ones(2, 3), torch.ones(3)), 6),
        (lambda: torch.addmv(torch.ones(2), torch.ones(2, 3), torch.ones(3)), 6),
        (lambda: torch.dot(torch.ones(6), torch.ones(6)), 6),
        (lambda: torch.conv_tbc(torch.ones(9, 2, 4), torch.ones(3, 4, 5), torch.ones(5)), 7 * 2 * 5 * 3 * 4),
        (lambda: torch.ones(3, 4).t() @ torch.ones(3, 5), 60),
    ],
)
def test_product_counts_its_exact_macs(call, macs):
    tally = torch_flops.count(call)
    assert (tally.macs, tally.counted_fraction) == (macs, 1.0)


def _meta(*shape):
    return torch.empty(shape, device="meta")


@pytest.mark.parametrize("batch_sizes", [[], [2, 2, 2, 1, 1, 1, 1]])
def test_recurrent_layers_of_a_gpu_are_counted_whole(batch_sizes):
    """Two directions of an LSTM in cuDNN's one operator; packed sequences hold 10 steps instead of 14."""
    tokens = (10,) if batch_sizes else (7, 2)
    one = [_meta(24, 5), _meta(24, 6), _meta(24), _meta(24)]
    state = _meta(2, 2, 6)
    options = (2, 6, 0, 1, False, 0.0, False, True, batch_sizes, None)
    tally = torch_flops.count(
        lambda: torch.ops.aten._cudnn_rnn(_meta(*tokens, 5), one * 2, 4, None, state, state, *options)
    )
    assert tally.macs == 2 * (10 if batch_sizes else 14) * 24 * 11
    assert not tally.uncounted


def test_fused_attention_of_a_gpu_is_counted():
    query, key = _meta(2, 4, 5, 8), _meta(2, 4, 9, 8)
    tally = torch_flops.count(lambda: torch.ops.aten._scaled_dot_product_flash_attention(query, key, key))
    assert tally.macs == 2 * 4 * 5 * 9 * 16
    assert not tally.uncounted


def test_nested_tensors_are_uncounted_rather_than_guessed():
    layer = nn.TransformerEncoderLayer(16, 4, 24, batch_first=True).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nested = torch.nested.nested_tensor([torch.randn(3, 16), torch.randn(5, 16)])
        tally = _count(layer, nested)
    assert tally.uncounted["aten._transformer_encoder_layer_fwd"] == 1
    assert tally.to_flops(1).per_inference is None


def test_other_work_is_counted_apart():
    def call():
        return functional.max_pool2d(torch.softmax(torch.relu(torch.ones(1, 2, 4, 4)), 1), 2).mean()

    tally = torch_flops.count(call)
    assert (tally.macs, tally.other) == (0, 32 + 32 * 5 + 8 * 4 + 8)


@pytest.mark.parametrize("warm", [0, 3])
def test_traced_scripted_and_frozen_modules_count_alike_cold_and_warm(warm):
    """After some runs TorchScript's optimiser has replaced the graph; the count may not notice."""
    network, image = networks.vision_transformer(), torch.randn(2, 3, 32, 48)
    expected = _count(network, image)
    modules = [networks.traced(network, image), networks.scripted(network)]
    modules += [networks.frozen(module) for module in modules]
    for module in modules:
        with torch.inference_mode():
            for _ in range(warm):
                module(image)
        tally = _count(module, image)
        assert (tally.macs, tally.counted_fraction) == (expected.macs, 1.0)


def test_counting_inside_inference_mode_and_with_gradients_is_the_same():
    layer, data = nn.LSTM(5, 6).eval(), torch.randn(7, 2, 5)
    expected = _count(layer, data)
    with torch.inference_mode():
        inside = _count(layer, data)
    with torch.no_grad():
        without = _count(layer, data)
    assert expected.macs == inside.macs == without.macs == 14 * 24 * 11


class _Control(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.small, self.large = nn.Linear(8, 8), nn.Linear(8, 80)

    def forward(self, x: torch.Tensor, trips: int) -> torch.Tensor:
        for _ in range(trips):
            x = self.small(x)
        if bool(x.sum() > 1e30):
            return self.large(x)
        return x


def test_loops_and_branches_of_a_script_count_as_they_run():
    module = networks.scripted(_Control().eval())
    assert torch_flops.count(lambda: module(torch.zeros(2, 8), 5)).macs == 5 * 2 * 64
    assert torch_flops.count(lambda: module(torch.full((2, 8), 1e38), 0)).macs == 2 * 640


class _Forked(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(8, 8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tasks = [torch.jit.fork(self.inner, x) for _ in range(3)]
        return torch.stack([torch.jit.wait(task) for task in tasks])


def test_forked_tasks_of_a_script_are_counted():
    module = networks.scripted(_Forked().eval())
    assert _count(module, torch.randn(2, 8)).macs == 3 * 2 * 64


def test_quantised_layers_count_as_integer_macs():
    network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 4)).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wrapped = torch.ao.quantization.QuantWrapper(network)
        wrapped.qconfig = torch.ao.quantization.get_default_qconfig("x86")
        torch.ao.quantization.fuse_modules(wrapped, [["module.0", "module.1"]], inplace=True)
        torch.ao.quantization.prepare(wrapped, inplace=True)
        wrapped(torch.randn(1, 3, 8, 8))
        torch.ao.quantization.convert(wrapped, inplace=True)
    tally = _count(networks.scripted(wrapped), torch.randn(2, 3, 8, 8))
    assert tally.macs == tally.integer_macs == 2 * (8 * 36 * 27 + 288 * 4)
    assert tally.counted_fraction == 1.0


def test_custom_operator_is_named_as_uncounted():
    library = torch.library.Library("inferometer_tests", "FRAGMENT")
    library.define("mystery(Tensor x) -> Tensor")
    library.impl("mystery", lambda x: x @ x, "CPU")
    tally = torch_flops.count(lambda: torch.relu(torch.ops.inferometer_tests.mystery(torch.ones(3, 3))))
    assert dict(tally.uncounted) == {"inferometer_tests.mystery": 1}
    assert tally.counted["aten.relu"] == 1
    assert tally.to_flops(1).per_inference is None


def test_operators_of_torch_without_a_rule_are_named():
    tally = torch_flops.count(lambda: torch.fft.fft(torch.ones(8)).abs())
    assert dict(tally.uncounted) == {"aten._fft_r2c": 1}


def test_call_runs_once_and_its_error_comes_through():
    calls = []
    torch_flops.count(lambda: calls.append(torch.ones(2) + 1))
    assert len(calls) == 1
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        torch_flops.count(lambda: torch.ones(2, 3) @ torch.ones(2, 3))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_quantised_recurrent_layers_count_every_layer_and_direction():
    network = nn.Sequential(nn.GRU(12, 16, num_layers=2, bidirectional=True)).eval()
    data = torch.randn(7, 2, 12)
    quantised = torch.ao.quantization.quantize_dynamic(network, {nn.GRU}, dtype=torch.qint8)
    tally = _count(quantised, data)
    assert tally.macs == tally.integer_macs == _count(network, data).macs
    assert tally.counted_fraction == 1.0

"""Small networks of our own, and their TorchScript and ONNX forms, for tests and benchmarks of counting."""

from __future__ import annotations

import io
import warnings
from typing import Any

import onnx
import torch
from torch import nn
from torch.nn import functional


class _Bottleneck(nn.Module):
    """1x1, 3x3 (with the stride), 1x1 and a shortcut: He et al. 2015, the stride as in v1.5."""

    def __init__(self, entry: int, width: int, stride: int) -> None:
        super().__init__()
        self.reduce = _normalised(entry, width, 1, 1)
        self.spatial = _normalised(width, width, 3, stride)
        self.expand = _normalised(width, 4 * width, 1, 1)
        same = entry == 4 * width and stride == 1
        self.shortcut = nn.Identity() if same else _normalised(entry, 4 * width, 1, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner = self.expand(functional.relu(self.spatial(functional.relu(self.reduce(x)))))
        return functional.relu(inner + self.shortcut(x))


def _normalised(entry: int, width: int, kernel: int, stride: int) -> nn.Sequential:
    convolution = nn.Conv2d(entry, width, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(width))


def resnet50() -> nn.Module:
    """ResNet-50 for 1000 classes: 25,557,032 parameters, 4.089 GMACs at 224x224."""
    layers: list[nn.Module] = [_normalised(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    entry = 64
    for stage, blocks in enumerate((3, 4, 6, 3)):
        for block in range(blocks):
            stride = 2 if stage and not block else 1
            layers.append(_Bottleneck(entry, 64 << stage, stride))
            entry = 4 * (64 << stage)
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(entry, 1000)]
    return nn.Sequential(*layers).eval()


class _Inverted(nn.Module):
    """Wide 1x1, depthwise 3x3 (with the stride), narrow 1x1: Sandler et al. 2018."""

    def __init__(self, entry: int, leave: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = entry * expansion
        spatial = nn.Conv2d(wide, wide, 3, stride, 1, groups=wide, bias=False)
        self.wide = (
            nn.Sequential(_normalised(entry, wide, 1, 1), nn.ReLU6()) if expansion > 1 else nn.Identity()
        )
        self.spatial = nn.Sequential(spatial, nn.BatchNorm2d(wide), nn.ReLU6())
        self.narrow = _normalised(wide, leave, 1, 1)
        self.is_added = stride == 1 and entry == leave

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner: torch.Tensor = self.narrow(self.spatial(self.wide(x)))
        return x + inner if self.is_added else inner


def mobilenet() -> nn.Module:
    """Three inverted residuals as in MobileNetV2; input (B, 3, H, W)."""
    blocks = (_Inverted(16, 8, 1, 1), _Inverted(8, 12, 2, 6), _Inverted(12, 12, 1, 6))
    entry = (_normalised(3, 16, 3, 2), nn.ReLU6())
    return nn.Sequential(*entry, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(12, 10)).eval()


class _Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(12, 16, num_layers=2, batch_first=True)
        self.classes = nn.Linear(16, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        classes: torch.Tensor = self.classes(self.lstm(x)[0])
        return classes


def lstm() -> nn.Module:
    """Two layers of 16 cells and a class for each step; input (B, T, 12)."""
    return _Recurrent().eval()


class _Tagger(nn.Module):
    """Embeddings, a two-layer bidirectional LSTM, a GRU and a plain RNN, and a class per token."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(50, 12)
        self.lstm = nn.LSTM(12, 16, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(32, 10, batch_first=True)
        self.rnn = nn.RNN(10, 6, batch_first=True)
        self.classes = nn.Linear(6, 5)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        states = self.gru(self.lstm(self.words(words))[0])[0]
        return self.classes(self.rnn(states)[0])


def tagger() -> nn.Module:
    """A recurrent network; input int64 (B, T) below 50."""
    return _Tagger().eval()


class _Attention(nn.Module):
    """One pre-norm transformer block over patches of an image, with scaled_dot_product_attention."""

    def __init__(self, width: int = 32, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.patches = nn.Conv2d(3, width, 8, 8)
        self.before, self.after = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mixed, self.projected = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = self.patches(image).flatten(2).transpose(1, 2)
        mixed = self.mixed(self.before(x)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(mixed[0], mixed[1], mixed[2])
        x = x + self.projected(attended.transpose(1, 2).flatten(2))
        return (x + self.wide(self.after(x))).mean(1)


def vision_transformer() -> nn.Module:
    """A small vision transformer; input (B, 3, H, W), H and W multiples of 8."""
    return _Attention().eval()


def convolutions() -> nn.Module:
    """Plain, depthwise, grouped, dilated and transposed convolutions with pooling; input (B, 3, H, W)."""
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, 2, 1),
        nn.Conv2d(16, 16, 3, padding=1, groups=16),
        nn.Hardswish(),
        nn.Conv2d(16, 24, 3, groups=4, dilation=2),
        nn.GroupNorm(4, 24),
        nn.AvgPool2d(2),
        nn.ConvTranspose2d(24, 12, 4, 2, 1, groups=3),
        nn.Softmax(1),
    ).eval()


def parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def traced(network: nn.Module, *inputs: torch.Tensor) -> Any:
    """The network as torch.jit.load gives it back after tracing."""
    return _reloaded(_quietly(torch.jit.trace, network, inputs, check_trace=False))


def scripted(network: nn.Module) -> Any:
    """The network as torch.jit.load gives it back after scripting."""
    return _reloaded(_quietly(torch.jit.script, network))


def frozen(module: Any) -> Any:
    """A TorchScript module whose weights are folded into its graph, saved and loaded again."""
    return _reloaded(_quietly(torch.jit.freeze, module.eval()))


def _reloaded(module: Any) -> Any:
    stream = io.BytesIO()
    _quietly(torch.jit.save, module, stream)
    stream.seek(0)
    return _quietly(torch.jit.load, stream)


def exported(network: nn.Module, *inputs: torch.Tensor, folded: bool = True) -> onnx.ModelProto:
    """The network as ONNX by the exporter that needs no further package; inputs are input_0, ...

    `folded` as the exporter does by itself: normalisation into convolutions, constants into results.
    """
    stream = io.BytesIO()
    names = [f"input_{position}" for position in range(len(inputs))]
    axes = {name: {0: "batch"} for name in names}
    _quietly(
        torch.onnx.export,
        network,
        inputs,
        stream,
        dynamo=False,
        opset_version=17,
        do_constant_folding=folded,
        training=torch.onnx.TrainingMode.EVAL if folded else torch.onnx.TrainingMode.PRESERVE,
        input_names=names,
        dynamic_axes=axes,
    )
    return onnx.load_from_string(stream.getvalue())


def _quietly(function: Any, *arguments: Any, **named: Any) -> Any:
    """Call it without torch's words about TorchScript and its exporter being old."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*arguments, **named)

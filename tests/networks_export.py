"""Small networks exported with torch.export, for tests."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import torch
from torch import nn


class Nested(nn.Module):
    """Takes a tensor and a dictionary with a list, answers with a dictionary with a tuple."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(8, 4)
        self.register_buffer("shift", torch.ones(3))

    def forward(self, image: Any, more: Any, *, mask: Any = None) -> Any:
        constant = torch.tensor([1.0, 2.0, 3.0])
        parts = (more["left"] + self.shift + constant, more["right"][0] * 2)
        return {"logits": self.layer(image), "parts": parts}


def save(module: nn.Module, path: Path, *args: Any, **options: Any) -> Path:
    """Export by example arguments and write the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exported = torch.export.export(module.eval(), args, **options)
        torch.export.save(exported, path)
    return path


def nested(path: Path) -> Path:
    """`Nested` with a batch of 1 to 64 that all inputs share."""
    batch = torch.export.Dim("batch", min=1, max=64)
    more = {"left": torch.zeros(2, 3), "right": [torch.zeros(2, 5)]}
    free = {"image": {0: batch}, "more": {"left": {0: batch}, "right": [{0: batch}]}, "mask": None}
    return save(Nested(), path, torch.zeros(2, 8), more, kwargs={"mask": None}, dynamic_shapes=free)

"""Variants of torch.export programs in half precision, exported anew; PyTorch itself makes no others of them.

Quantising such a program is torchao's work since torch.ao lost it, and what comes of that computes in floats
unless Inductor compiles it.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from profiler.backends import pt2_program
from profiler.backends.base import Array
from profiler.backends.pt2_archive import Pt2Archive
from profiler.backends.pt2_program import Program
from profiler.variants import signature_file, torch_casts
from profiler.variants.refusal import NoVariant

_HALVES = {"float16", "bfloat16"}
# Checks of dtypes that torch.export leaves behind where a model casts; behind a cast of all they are wrong.
_DTYPE_CHECKS = "aten._assert_tensor_metadata.default"
# Of a constant; it changes nothing where there are no gradients, and a cast one is a view that refuses it.
_DETACH = "aten.detach_.default"


def make(kind: str, path: Path, target: Path, working: Path, sets: Sequence[Mapping[str, Array]]) -> None:
    """Write the variant; a copy of the program and its tensors alone is opened, as for measuring.

    The first of `sets` is what it is exported with. Raises NoVariant, KnownError(MODEL_DAMAGED), and whatever
    torch raises.
    """
    import torch

    archive = Pt2Archive(path)
    program = pt2_program.of(archive)
    _refuse_pointless(program)
    copy = working / "whole.pt2"
    archive.write_copy(copy)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        exported = torch.export.load(copy)
        nest = _Nest(torch, program, exported.call_spec.in_spec)
        casts = torch_casts.wrapped(torch, _module(torch, exported, nest), kind)
        tensors = {name: torch.from_numpy(array) for name, array in sets[0].items()}
        positional, named = nest.filled(tensors, constants=True)
        again = torch.export.export(
            casts, positional, named, dynamic_shapes=_dynamic(torch, casts, program, nest), strict=False
        )
        told = signature_file.of_specs(program.inputs, program.outputs).decode()
        torch.export.save(again, target, extra_files={signature_file.NAME: told})


class _Nest:
    """How the call's arguments are nested."""

    def __init__(self, torch: Any, program: Program, in_spec: Any) -> None:
        self._unflatten, self._in_spec = torch.utils._pytree.tree_unflatten, in_spec
        self.leaves = program.leaves

    def filled(
        self, values: Mapping[str, Any], *, constants: bool = False
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Positional and named arguments with these in the place of tensors, by input name; in the place of
        what the export fixed the constant, or None."""
        leaves = [
            values[leaf.name] if leaf.tensor else leaf.constant if constants else None for leaf in self.leaves
        ]
        positional, named = self._unflatten(leaves, self._in_spec)
        return tuple(positional), dict(named)


def _module(torch: Any, exported: Any, nest: _Nest) -> Any:
    """The program as a module. torch makes the checks of inputs from sample inputs, which the copy lacks."""
    stand_ins = {leaf.name: torch.zeros(()) for leaf in nest.leaves if leaf.tensor}
    exported._example_inputs = nest.filled(stand_ins, constants=True)
    module = exported.module()
    for node in list(module.graph.nodes):
        if node.op == "call_function" and str(node.target) in (_DTYPE_CHECKS, _DETACH):
            if str(node.target) == _DETACH:
                node.replace_all_uses_with(node.args[0])
            module.graph.erase_node(node)
    module.recompile()
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    return module


def _dynamic(torch: Any, casts: Any, program: Program, nest: _Nest) -> dict[str, Any]:
    """Dimensions that are free in the original are left free, by the name of the argument."""
    free = {
        spec.name: {
            at: torch.export.Dim.AUTO for at, size in enumerate(spec.shape or ()) if not isinstance(size, int)
        }
        for spec in program.inputs
    }
    positional, named = nest.filled({name: found or None for name, found in free.items()})
    return dict(inspect.signature(casts.forward).bind(*positional, **named).arguments)


def _refuse_pointless(program: Program) -> None:
    if program.computes_on_integers:
        raise NoVariant("variant_already_int8")
    floats = {name for name in program.weight_dtypes if name.startswith(("float", "bfloat"))}
    if floats and floats <= _HALVES:
        raise NoVariant("variant_already_half", precision=", ".join(sorted(floats)))

"""The sources in a TorchScript archive, parsed and never run: classes, attributes, operator counts."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

_BOOKKEEPING = {"dim", "size", "len", "format", "warn", "list", "append", "device", "item", "keys", "values"}
_DEPTH_LIMIT = 200


class CodeUnreadableError(ValueError):
    """A source file is no Python, or nested deeper than any export."""


class Argument(NamedTuple):
    """An argument of a method: `annotation` as written."""

    name: str
    annotation: str
    has_default: bool


class Class(NamedTuple):
    """A class of the archive: names of its parameters and buffers, type of each attribute, its methods."""

    parameters: frozenset[str]
    buffers: frozenset[str]
    attributes: dict[str, str]
    constants: dict[str, object]
    methods: dict[str, ast.FunctionDef]


class Code:
    """All sources of an archive; `classes` and `functions` by qualified name (`__torch__.torch.nn...`)."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        """`sources`: qualified module name to text; raises CodeUnreadableError."""
        self.classes: dict[str, Class] = {}
        self.functions: dict[str, ast.FunctionDef] = {}
        for module, text in sources.items():
            self._add(module, text)

    def arguments(self, class_name: str, method: str = "forward") -> tuple[Argument, ...]:
        """What a method takes besides its object; nothing where there is no such method."""
        found = self.classes.get(class_name)
        function = found.methods.get(method) if found else None
        if function is None:
            return ()
        listed = function.args.args[1:]
        first_default = len(listed) - len(function.args.defaults)
        return tuple(
            Argument(
                each.arg, ast.unparse(each.annotation) if each.annotation else "", index >= first_default
            )
            for index, each in enumerate(listed)
        )

    def operators(self, class_name: str, method: str = "forward") -> Counter[str]:
        """Calls of operators (`aten::conv2d`) from a method down, each submodule counted where it is called.

        A call in a loop counts once, both sides of a branch count, except a branch for training. What only
        handles sizes, lists and texts is left out. Raises CodeUnreadableError where calls nest too deep.
        """
        found = self.classes.get(class_name)
        if found is None or method not in found.methods:
            return Counter()
        try:
            return _Counting(self).of(f"{class_name}.{method}", found.methods[method])
        except RecursionError as error:
            raise CodeUnreadableError("nested too deep") from error

    def _add(self, module: str, text: str) -> None:
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise CodeUnreadableError(f"{module}: {type(error).__name__}") from error
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                self.classes[f"{module}.{node.name}"] = _class(node)
            elif isinstance(node, ast.FunctionDef):
                self.functions[f"{module}.{node.name}"] = node


def dotted(node: ast.AST | None) -> str:
    """`a.b.c` for a chain of attributes, else nothing."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join(reversed([*names, node.id])) if isinstance(node, ast.Name) else ""


def _class(node: ast.ClassDef) -> Class:
    listed: dict[str, frozenset[str]] = {}
    attributes: dict[str, str] = {}
    constants: dict[str, object] = {}
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            attributes[item.target.id] = dotted(item.annotation)
            if item.value is not None:
                constants[item.target.id] = _literal(item.value)
        elif isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            listed[item.targets[0].id] = _texts(item.value)
        elif isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Subscript):
            attributes[str(_literal(item.targets[0].slice))] = dotted(item.value)
    methods = {item.name: item for item in node.body if isinstance(item, ast.FunctionDef)}
    empty: frozenset[str] = frozenset()
    return Class(
        listed.get("__parameters__", empty), listed.get("__buffers__", empty), attributes, constants, methods
    )


def _literal(node: ast.AST) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _texts(node: ast.AST) -> frozenset[str]:
    items = node.elts if isinstance(node, ast.List) else []
    return frozenset(str(_literal(item)) for item in items)


class _Counting:
    """Counts of every function that was met, each found once: calls form no circles in TorchScript."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self._done: dict[str, Counter[str]] = {}
        self._depth = 0

    def of(self, name: str, function: ast.FunctionDef) -> Counter[str]:
        if name not in self._done:
            self._done[name] = Counter()
            self._depth += 1
            if self._depth > _DEPTH_LIMIT:
                raise CodeUnreadableError("calls nested too deep")
            self._done[name] = _Body(self, function).counted
            self._depth -= 1
        return self._done[name]


class _Body(ast.NodeVisitor):
    """One function: follows which name holds which class or function, and counts the calls."""

    def __init__(self, counting: _Counting, function: ast.FunctionDef) -> None:
        self.counted: Counter[str] = Counter()
        self._counting, self._code = counting, counting.code
        self._holds = {each.arg: dotted(each.annotation) for each in function.args.args}
        self._training: set[str] = set()
        for statement in function.body:
            self.visit(statement)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        target = node.targets[0]
        if isinstance(target, ast.Name):
            self._holds[target.id] = self._resolved(node.value)
            if isinstance(node.value, ast.Attribute) and node.value.attr == "training":
                self._training.add(target.id)

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        for_training = isinstance(node.test, ast.Name) and node.test.id in self._training
        for statement in node.orelse if for_training else [*node.body, *node.orelse]:
            self.visit(statement)

    def visit_Call(self, node: ast.Call) -> None:
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            self.visit(argument)
        name = dotted(node.func)
        if name.startswith(("torch.", "ops.")):
            self._operator(name)
        elif isinstance(node.func, ast.Name):
            self._function(self._holds.get(node.func.id, ""))
        elif name.startswith("__torch__."):
            self._function(name)
        elif isinstance(node.func, ast.Attribute):
            self.visit(node.func.value)
            self._method(self._resolved(node.func.value), node.func.attr)

    def _operator(self, name: str) -> None:
        space, _, operator = name.removeprefix("ops.").rpartition(".")
        space = "aten" if name.startswith("torch.") else space
        if space == "prim" or operator in _BOOKKEEPING or operator.startswith("__"):
            return
        self.counted[f"{space}::{operator}"] += 1

    def _function(self, name: str) -> None:
        function = self._code.functions.get(name)
        if function is not None:
            self.counted += self._counting.of(name, function)

    def _method(self, class_name: str, method: str) -> None:
        found = self._code.classes.get(class_name)
        if found is not None and method in found.methods:
            self.counted += self._counting.of(f"{class_name}.{method}", found.methods[method])

    def _resolved(self, node: ast.AST) -> str:
        """The qualified name of the class of this object, or of this function; else nothing."""
        if isinstance(node, ast.Name):
            return self._holds.get(node.id, "")
        if isinstance(node, ast.Attribute):
            name = dotted(node)
            return name if name.startswith("__torch__.") else self._attribute(node.value, node.attr)
        if isinstance(node, ast.Call) and dotted(node.func) == "getattr" and len(node.args) == 2:
            return self._attribute(node.args[0], str(_literal(node.args[1])))
        return ""

    def _attribute(self, owner: ast.AST, name: str) -> str:
        found = self._code.classes.get(self._resolved(owner))
        return found.attributes.get(name, "") if found else ""

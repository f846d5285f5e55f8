"""The code of a network followed without running it: TorchScript's, or the source that old whole modules carry.

Python's own parser reads the text; the statements of `forward` are then walked with a chain in the place of the image. Only names of
torch's own functions have a meaning; everything else is refused, and nothing of the file is executed.
"""

import ast
import math
import operator
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.importing import torch_steps
from core.importing.chain import Chain
from core.importing.pickles import Record
from core.importing.refusal import Refused, refuse, shortly

MOST_STEPS = 20_000
DEEPEST = 40
COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
BINARY = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.FloorDiv: "floordiv"}
NUMBERS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "floordiv": operator.floordiv,
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "__is__": lambda a, b: a is b,
    "__isnot__": lambda a, b: a is not b,
    "__not__": operator.not_,
    "__and__": operator.and_,
    "__or__": operator.or_,
}


@dataclass(frozen=True)
class Path:
    """A dotted name that stands for something outside: torch, F, nn, __torch__.net.Net."""

    text: str


class _Return(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


class Code:
    """The functions and classes of a file's texts."""

    def __init__(self, texts: Mapping[str, str], constants: Sequence[Any] = ()) -> None:
        """Raises Refused: a text is no code."""
        self.functions: dict[str, ast.FunctionDef] = {}  # "__torch__.net.Net.forward", or "forward"
        self.constants = list(constants)
        self.steps = 0
        for path, text in texts.items():
            module = path.removeprefix("code/").removesuffix(".py").replace("/", ".")
            try:
                tree = ast.parse(textwrap.dedent(_readable(text)))
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                raise Refused("The code in the file cannot be read; load the network and save its state_dict() instead.") from error
            for node in tree.body:
                if isinstance(node, ast.FunctionDef):
                    self.functions[f"{module}.{node.name}"] = node
                elif isinstance(node, ast.ClassDef):
                    for inner in node.body:
                        if isinstance(inner, ast.FunctionDef):
                            self.functions[f"{module}.{node.name}.{inner.name}"] = inner

    def method(self, record: Record, name: str) -> ast.FunctionDef | None:
        """A method of a record's class."""
        found = self.functions.get(f"{record.name}.{name}") or (
            self.functions.get(f"main.{name}") if record.name == "__torch__.Main" else None
        )
        if found is None:
            kind = record.name.rsplit(".", 1)[-1]
            matches = [node for path, node in self.functions.items() if path.endswith(f".{kind}.{name}")]
            found = matches[0] if len(matches) == 1 else None
        return found

    # ---- modules

    def call_module(self, record: Record, x: Any, depth: int = 0) -> Any:
        """What a module makes of a chain."""
        self._tick(depth)
        settings = attributes(record)
        if record.name.rsplit(".", 1)[-1] == "Sequential" and self.method(record, "forward") is None:
            for part in children(record).values():
                x = self.call_module(part, x, depth + 1)
            return x
        forward = self.method(record, "forward")
        if forward is not None and not (self._known(record) and isinstance(x, Chain)):
            return self.call(forward, [record, x], {}, depth + 1)
        if isinstance(x, Chain):
            found = torch_steps.module(record, x, settings)
            if found is not None:
                return found
        if forward is not None:
            return self.call(forward, [record, x], {}, depth + 1)
        return refuse(f"What its class {shortly(record.name)} does is not in the file; save its state_dict(), or TorchScript.")

    def _known(self, record: Record) -> bool:
        """Modules of eager torch, whose settings say everything; TorchScript's are followed by their code."""
        return not record.name.startswith("__torch__.") and record.name.startswith("torch.nn")

    def call(self, function: ast.FunctionDef, arguments: list[Any], named: Mapping[str, Any], depth: int) -> Any:
        """What a function of the file returns."""
        self._tick(depth)
        names = [one.arg for one in function.args.args]
        scope: dict[str, Any] = {}
        defaults = function.args.defaults
        for name, default in zip(names[len(names) - len(defaults) :], defaults, strict=True):
            scope[name] = self.value(default, {}, depth)
        scope |= dict(zip(names, arguments, strict=False))
        scope |= {k: v for k, v in named.items() if k in names}
        try:
            self.block(function.body, scope, depth)
        except _Return as done:
            return done.value
        return None

    # ---- statements

    def block(self, body: Sequence[ast.stmt], scope: dict[str, Any], depth: int) -> None:
        for line in body:
            self._tick(depth)
            match line:
                case ast.Assign(targets=targets, value=value):
                    found = self.value(value, scope, depth)
                    for target in targets:
                        self.assign(target, found, scope)
                case ast.AnnAssign(target=target, value=value) if value is not None:
                    self.assign(target, self.value(value, scope, depth), scope)
                case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                    scope[name] = self.binary(op, scope.get(name), self.value(value, scope, depth))
                case ast.Return(value=value):
                    raise _Return(None if value is None else self.value(value, scope, depth))
                case ast.If(test=test, body=yes, orelse=no):
                    self.block(yes if self.truth(test, scope, depth) else no, scope, depth)
                case ast.For(target=target, iter=over, body=inner):
                    items = self.value(over, scope, depth)
                    if isinstance(items, Record):
                        items = list(children(items).values())
                    if not isinstance(items, list | tuple | range) or len(items) > 500:
                        refuse("It repeats something whose number is not known before it runs; this app does not follow that.")
                    for item in items:
                        self.assign(target, item, scope)
                        self.block(inner, scope, depth)
                case ast.Expr(value=ast.Call() as call):
                    self.ignored(call, scope, depth)
                case ast.Expr() | ast.Pass() | ast.Assert() | ast.Import() | ast.ImportFrom() | ast.AnnAssign():
                    pass
                case ast.Raise():
                    refuse("Its code ends in an error for an image of this size.")
                case _:
                    refuse(f"Its code has a statement that this app does not follow: {type(line).__name__}.")

    def ignored(self, call: ast.Call, scope: dict[str, Any], depth: int) -> None:
        """A call for its effect alone, such as print; one of torch that changes a tensor in place would be missed, so it is refused."""
        name = ast.unparse(call.func)
        if name.endswith("_") and not name.endswith("__"):
            refuse("Its code changes a tensor in place, which this app does not follow.")

    def assign(self, target: ast.expr, value: Any, scope: dict[str, Any]) -> None:
        match target:
            case ast.Name(id=name):
                scope[name] = value
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                values = list(value) if isinstance(value, list | tuple) else [None] * len(parts)
                for part, one in zip(parts, values, strict=False):
                    self.assign(part, one, scope)
            case _:
                pass  # attributes and items: counters of a training

    def truth(self, test: ast.expr, scope: dict[str, Any], depth: int) -> bool:
        found = self.value(test, scope, depth)
        if isinstance(found, Chain | np.ndarray):
            refuse("What its code does depends on the image, which this app does not follow.")
        return bool(found)

    # ---- expressions

    def value(self, node: ast.expr, scope: dict[str, Any], depth: int) -> Any:
        self._tick(depth)
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return scope[name] if name in scope else Path(name)
            case ast.Attribute(value=inner, attr=name):
                return self.attribute(self.value(inner, scope, depth + 1), name)
            case ast.Call():
                return self.call_expression(node, scope, depth + 1)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return [self.value(one, scope, depth + 1) for one in parts]
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                found = self.value(inner, scope, depth + 1)
                return torch_steps.apply("mul", [found, -1.0], {}) if isinstance(found, Chain) else -found
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return not self.truth(inner, scope, depth + 1)
            case ast.BinOp(left=left, op=op, right=right):
                return self.binary(op, self.value(left, scope, depth + 1), self.value(right, scope, depth + 1))
            case ast.BoolOp(op=op, values=values):
                answers = [self.truth(one, scope, depth + 1) for one in values]
                return all(answers) if isinstance(op, ast.And) else any(answers)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                a, b = self.value(left, scope, depth + 1), self.value(right, scope, depth + 1)
                if isinstance(op, ast.Is | ast.IsNot):
                    return (a is b) == isinstance(op, ast.Is)
                if type(op) in COMPARE and not isinstance(a, Chain) and not isinstance(b, Chain):
                    return COMPARE[type(op)](a, b)
            case ast.IfExp(test=test, body=yes, orelse=no):
                return self.value(yes if self.truth(test, scope, depth + 1) else no, scope, depth + 1)
            case ast.Subscript(value=inner, slice=place):
                return self.item(self.value(inner, scope, depth + 1), place, scope, depth + 1)
            case ast.JoinedStr():
                return ""
        return refuse(f"Its code has an expression that this app does not follow: {shortly(ast.unparse(node))}.")

    def binary(self, op: ast.operator, a: Any, b: Any) -> Any:
        name = BINARY.get(type(op))
        if isinstance(op, ast.MatMult):
            return torch_steps.apply("matmul", [a, b], {})
        if name is None:
            if isinstance(op, ast.Pow) and isinstance(a, Chain) and b == 2:
                return a.activate("square")
            return refuse("Its code computes in a way that this app does not follow.")
        if isinstance(a, Chain | np.ndarray) or isinstance(b, Chain | np.ndarray):
            return torch_steps.apply(name, [a, b], {})
        return NUMBERS[name](a, b)

    def attribute(self, owner: Any, name: str) -> Any:
        if isinstance(owner, Path):
            if owner.text == "CONSTANTS":
                at = int(name.removeprefix("c")) if name.removeprefix("c").isdigit() else -1
                return self.constants[at] if 0 <= at < len(self.constants) else refuse("A constant of its code is missing from the file.")
            return Path(f"{owner.text}.{name}")
        if isinstance(owner, Record):
            if name == "training":
                return False
            found = attributes(owner)
            return found[name] if name in found else children(owner).get(name, _Method(owner, name))
        if isinstance(owner, Chain):
            if name in ("shape", "size"):
                return _Shape([1, *owner.lengths()])
            return _Method(owner, name)
        if isinstance(owner, np.ndarray) and name in ("shape", "T"):
            return list(owner.shape) if name == "shape" else owner.T
        return _Method(owner, name)

    def item(self, owner: Any, place: ast.expr, scope: dict[str, Any], depth: int) -> Any:
        if isinstance(place, ast.Slice) and isinstance(owner, list):
            low, high = (None if end is None else self.value(end, scope, depth) for end in (place.lower, place.upper))
            return owner[low:high]
        at = self.value(place, scope, depth) if not isinstance(place, ast.Slice | ast.Tuple) else None
        if isinstance(owner, Record):
            owner = list(children(owner).values())
        if isinstance(owner, list | tuple) and isinstance(at, int) and -len(owner) <= at < len(owner):
            return owner[at]
        return refuse("Its code takes a part of an array, which this app does not follow.")

    def call_expression(self, node: ast.Call, scope: dict[str, Any], depth: int) -> Any:
        function = self.value(node.func, scope, depth)
        arguments: list[Any] = []
        for one in node.args:
            if isinstance(one, ast.Starred):
                arguments += list(self.value(one.value, scope, depth))
            elif isinstance(function, Path) and function.text in ("annotate", "unchecked_cast", "uninitialized") and not arguments:
                arguments.append(None)  # a type
            else:
                arguments.append(self.value(one, scope, depth))
        named = {one.arg: self.value(one.value, scope, depth) for one in node.keywords if one.arg}
        if isinstance(function, Record):
            return self.call_module(function, arguments[0] if arguments else None, depth)
        if isinstance(function, _Shape):
            return function.sizes if not arguments else function.sizes[arguments[0]]
        if isinstance(function, _Method):
            return self.call_method(function, arguments, named, depth)
        if isinstance(function, Path):
            return self.call_path(function.text, arguments, named, depth)
        return refuse("Its code calls something that this app does not follow.")

    def call_method(self, method: "_Method", arguments: list[Any], named: Mapping[str, Any], depth: int) -> Any:
        owner, name = method.owner, method.name
        if isinstance(owner, Record):
            if name in ("forward", "__call__") and self.method(owner, "forward") is None:
                return self.call_module(owner, arguments[0] if arguments else None, depth)
            found = self.method(owner, name)
            if found is None:
                return refuse(f"What its function {shortly(name)} does is not in the file; save its state_dict() instead.")
            return self.call(found, [owner, *arguments], named, depth)
        return self.function(name, [owner, *arguments], named)

    def call_path(self, path: str, arguments: list[Any], named: Mapping[str, Any], depth: int) -> Any:
        name = path.rsplit(".", 1)[-1]
        if path in ("annotate", "unchecked_cast"):
            return arguments[1]
        if path in ("uninitialized", "print"):
            return None
        if path == "getattr":
            return self.attribute(arguments[0], str(arguments[1]))
        if path == "super":
            return Path("super")
        if path == "range" and all(isinstance(n, int) for n in arguments) and len(range(*arguments)) <= 500:
            return list(range(*arguments))
        if path == "len" and isinstance(arguments[0], list | tuple):
            return len(arguments[0])
        if path in ("int", "float", "bool") and not isinstance(arguments[0], Chain):
            return {"int": int, "float": float, "bool": bool}[path](arguments[0])
        if "functional" in path.split(".") or path.startswith("F."):
            if name == "batch_norm":
                return torch_steps.functional_batch_norm(*arguments, **named)
            return self.function(name, arguments, named)
        if path in self.functions:
            return self.call(self.functions[path], arguments, named, depth)
        if "nn" in path.split(".") and name[:1].isupper():  # a module made within forward
            return Record(f"torch.nn.{name}", (), _settings(name, arguments, named))
        if path.split(".")[0] in ("torch", "ops", "np", "F", "aten"):
            return self.function(name, arguments, named)
        return refuse(f"Its code calls a function that is not in the file: {shortly(path)}.")

    def function(self, name: str, arguments: list[Any], named: Mapping[str, Any]) -> Any:
        """A function of torch, of numbers or of a chain."""
        first = arguments[0] if arguments else None
        if name in (
            "NumToTensor",
            "Int",
            "Float",
            "Bool",
            "IntImplicit",
            "FloatImplicit",
            "ScalarImplicit",
            "data",
            "scalar_tensor",
            "tensor",
        ):
            return first
        if name in ("size", "dim", "numel", "len") and isinstance(first, Chain | np.ndarray | list):
            sizes = [1, *first.lengths()] if isinstance(first, Chain) else list(np.shape(first))
            if name == "len":
                return len(first) if isinstance(first, list) else sizes[0]
            if name == "size":
                return sizes[arguments[1]] if len(arguments) > 1 else sizes
            return len(sizes) if name == "dim" else math.prod(sizes)
        if name in NUMBERS and not any(isinstance(one, Chain | np.ndarray) for one in arguments):
            return NUMBERS[name](*arguments[:2])
        if name == "is_tensor" or name.startswith("is_"):
            return False
        return torch_steps.apply(name, arguments, named)

    def _tick(self, depth: int) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS or depth > DEEPEST * 6:
            refuse("Its code is longer than that of any network of this size.")


@dataclass(frozen=True)
class _Method:
    owner: Any
    name: str


@dataclass(frozen=True)
class _Shape:
    sizes: list[int]

    def __getitem__(self, at: int) -> int:
        return self.sizes[at]


def _readable(text: str) -> str:
    """TorchScript's text as Python: it has "inf" and "-inf" as names, else it is Python already."""
    return text.replace("op_version_set = 0", "").replace("op_version_set = 1", "")


def _settings(name: str, arguments: list[Any], named: Mapping[str, Any]) -> dict[str, Any]:
    orders = {
        "MaxPool2d": ("kernel_size", "stride", "padding"),
        "AvgPool2d": ("kernel_size", "stride", "padding"),
        "LeakyReLU": ("negative_slope",),
    }
    return dict(zip(orders.get(name, ()), arguments, strict=False)) | dict(named)


def attributes(record: Record) -> dict[str, Any]:
    """Attributes and parameters of a module, eager or TorchScript; a missing bias is None."""
    state = record.attributes
    out = {k: v for k, v in state.items() if k not in ("_parameters", "_buffers", "_modules")}
    for group in ("_parameters", "_buffers"):
        if isinstance(state.get(group), dict):
            out |= state[group]
    return out


def children(record: Record) -> dict[str, Record]:
    """Modules inside a module, in the order in which they were made."""
    inner = record.attributes.get("_modules")
    found = inner if isinstance(inner, dict) else record.attributes
    return {str(k): v for k, v in found.items() if isinstance(v, Record) and isinstance(v.state, dict | tuple)}


def leaves(record: Record, depth: int = 0) -> list[tuple[str, Record]]:
    """Modules without modules inside, with their dotted names, in the order in which they were made."""
    if depth > DEEPEST:
        return []
    inside = children(record)
    if not inside:
        return [("", record)]
    return [(f"{name}.{path}".rstrip("."), leaf) for name, part in inside.items() for path, leaf in leaves(part, depth + 1)]

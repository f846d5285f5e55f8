"""Pickles read without running them: their opcodes build tensors and inert records, and nothing is ever imported or called.

A pickle is a program for a small stack machine. Here every instruction that would import or call makes a `Record` of what it would
have called instead; the few names that mean "a tensor", "an array" or "a dict" are known by their text alone.
"""

import pickletools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import numpy as np

from core.importing.refusal import Refused, refuse, shortly

MOST_STEPS = 2_000_000  # instructions of one pickle
DAMAGED = "The file is damaged or cut short: its pickle cannot be read to the end. Get it again, or save it again."
DTYPES = {
    "Float": "<f4",
    "Double": "<f8",
    "Half": "<f2",
    "BFloat16": "bf16",
    "Long": "<i8",
    "Int": "<i4",
    "Short": "<i2",
    "Char": "i1",
    "Byte": "u1",
    "Bool": "?",
    "Untyped": "u1",
}
_TORCH_DTYPES = {
    "float32": "<f4",
    "float": "<f4",
    "float64": "<f8",
    "double": "<f8",
    "float16": "<f2",
    "half": "<f2",
    "bfloat16": "bf16",
    "int64": "<i8",
    "long": "<i8",
    "int32": "<i4",
    "int16": "<i2",
    "int8": "i1",
    "uint8": "u1",
    "bool": "?",
}


@dataclass(frozen=True)
class Name:
    """Something that the pickle would have imported."""

    text: str  # "torch.nn.modules.conv.Conv2d"


@dataclass
class Record:
    """What the pickle would have made by a call: of which class, and with which attributes."""

    name: str
    arguments: tuple[Any, ...] = ()
    state: Any = None
    items: dict[Any, Any] = field(default_factory=dict)

    @property
    def attributes(self) -> dict[str, Any]:
        """Its attributes by name, as far as there are any."""
        state = self.state
        if isinstance(state, tuple) and len(state) == 2 and isinstance(state[1], dict):
            state = {**(state[0] if isinstance(state[0], dict) else {}), **state[1]}
        return {k: v for k, v in state.items() if isinstance(k, str)} if isinstance(state, dict) else {}


@dataclass(frozen=True)
class Storage:
    """Numbers of one type somewhere in the file."""

    key: str
    dtype: str
    count: int


@dataclass(frozen=True)
class Tensor:
    """A view of a storage; its numbers are read when they are wanted."""

    storage: Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


class _Mark:
    pass


def load(file: BytesIO, persistent: Callable[[Any], Any] | None = None) -> Any:
    """What one pickle describes; the file stands behind it afterwards.

    Args:
        persistent: what stands for an object that is kept outside the pickle, from its id.

    Raises:
        Refused: it is damaged, or larger than any network.
    """
    try:
        return _Machine(persistent).run(pickletools.genops(file))
    except Refused:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError, OverflowError, RecursionError, UnicodeError) as error:
        raise Refused(DAMAGED) from error


class _Machine:
    def __init__(self, persistent: Callable[[Any], Any] | None) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.persistent = persistent

    def run(self, program: Iterator[Any]) -> Any:
        for count, (opcode, argument, _) in enumerate(program):
            if count > MOST_STEPS:
                refuse(f"Its pickle has more than {MOST_STEPS:,} instructions; no network of this size needs so many.")
            if opcode.name == "STOP":
                return self.stack.pop()
            self.step(opcode.name, argument)
        raise ValueError("no end")

    def to_mark(self) -> list[Any]:
        at = len(self.stack) - 1
        while not isinstance(self.stack[at], _Mark):
            at -= 1
            if at < 0:
                raise ValueError("no mark")
        items = self.stack[at + 1 :]
        del self.stack[at:]
        return items

    def step(self, name: str, argument: Any) -> None:
        stack = self.stack
        match name:
            case "PROTO" | "FRAME":
                pass
            case "MARK":
                stack.append(_Mark())
            case "POP":
                stack.pop()
            case "POP_MARK":
                self.to_mark()
            case "DUP":
                stack.append(stack[-1])
            case "NONE":
                stack.append(None)
            case "NEWTRUE":
                stack.append(True)
            case "NEWFALSE":
                stack.append(False)
            case "EMPTY_DICT":
                stack.append({})
            case "EMPTY_LIST":
                stack.append([])
            case "EMPTY_TUPLE":
                stack.append(())
            case "EMPTY_SET":
                stack.append([])
            case "TUPLE":
                stack.append(tuple(self.to_mark()))
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                count = int(name[-1])
                if len(stack) < count:
                    raise ValueError("stack")
                stack[-count:] = [tuple(stack[-count:])]
            case "LIST" | "FROZENSET":
                stack.append(self.to_mark())
            case "DICT":
                items = self.to_mark()
                stack.append(dict(zip(map(_key, items[::2]), items[1::2], strict=True)))
            case "APPEND":
                value = stack.pop()
                _listed(stack[-1], [value])
            case "APPENDS" | "ADDITEMS":
                values = self.to_mark()
                _listed(stack[-1], values)
            case "SETITEM":
                value, key = stack.pop(), stack.pop()
                _mapped(stack[-1])[_key(key)] = value
            case "SETITEMS":
                items = self.to_mark()
                _mapped(stack[-1]).update(zip(map(_key, items[::2]), items[1::2], strict=True))
            case "PUT" | "BINPUT" | "LONG_BINPUT":
                self.memo[argument] = stack[-1]
            case "MEMOIZE":
                self.memo[len(self.memo)] = stack[-1]
            case "GET" | "BINGET" | "LONG_BINGET":
                stack.append(self.memo[argument])
            case "GLOBAL":
                stack.append(Name(str(argument).replace(" ", ".")))
            case "STACK_GLOBAL":
                attribute, module = stack.pop(), stack.pop()
                stack.append(Name(f"{module}.{attribute}" if isinstance(module, str) else str(attribute)))
            case "REDUCE" | "NEWOBJ":
                arguments, function = stack.pop(), stack.pop()
                stack.append(made(function, arguments))
            case "NEWOBJ_EX":
                stack.pop()  # arguments by name
                arguments, function = stack.pop(), stack.pop()
                stack.append(made(function, arguments))
            case "INST":
                stack.append(Record(str(argument).replace(" ", "."), tuple(self.to_mark())))
            case "OBJ":
                function, *arguments = self.to_mark()
                stack.append(made(function, tuple(arguments)))
            case "BUILD":
                state = stack.pop()
                stack[-1] = built(stack[-1], state)
                # what was memoised before it was built is the same object, except for arrays, which are made here
            case "PERSID" | "BINPERSID":
                key = stack.pop() if name == "BINPERSID" else argument
                if self.persistent is None:
                    raise ValueError("an object outside the pickle")
                stack.append(self.persistent(key))
            case "EXT1" | "EXT2" | "EXT4" | "NEXT_BUFFER" | "READONLY_BUFFER":
                raise ValueError(name)
            case _:
                stack.append(argument)  # numbers and strings


def _key(key: Any) -> Any:
    """A key of a dict; what cannot be one stands there as its text."""
    return key if isinstance(key, str | int | float | bool | bytes | Name) or key is None else shortly(type(key).__name__)


def _listed(target: Any, values: list[Any]) -> None:
    if isinstance(target, list):
        target.extend(values)
    elif isinstance(target, Record):
        for value in values:
            target.items[len(target.items)] = value
    else:
        raise ValueError("a list was expected")


def _mapped(target: Any) -> dict[Any, Any]:
    if isinstance(target, dict):
        return target
    if isinstance(target, Record):
        return target.items
    raise ValueError("a dict was expected")


def made(function: Any, arguments: Any) -> Any:
    """What a call would have made: a tensor or a plain container where the name says so, else a record of it."""
    if not isinstance(arguments, tuple):
        raise ValueError("arguments")
    name = function.text if isinstance(function, Name) else ""
    match name:
        case "collections.OrderedDict" | "collections.defaultdict" | "builtins.dict":
            pairs = arguments[0] if arguments and isinstance(arguments[0], list) else []
            return {_key(p[0]): p[1] for p in pairs if isinstance(p, list | tuple) and len(p) == 2}
        case "builtins.set" | "builtins.list" | "builtins.frozenset":
            return list(arguments[0]) if arguments and isinstance(arguments[0], list | tuple) else []
        case "torch._utils._rebuild_tensor_v2" | "torch._utils._rebuild_tensor":
            return _tensor(*arguments[:4])
        case "torch._utils._rebuild_tensor_v3":
            return _retyped(_tensor(*arguments[:4]), arguments[6] if len(arguments) > 6 else None)
        case "torch._utils._rebuild_parameter" | "torch._utils._rebuild_parameter_with_state":
            return arguments[0]
        case "torch._tensor._rebuild_from_type_v2":
            return made(arguments[0], arguments[2])
        case "torch.Size" | "torch.jit._pickle.build_intlist" | "torch.jit._pickle.build_doublelist" | "torch.jit._pickle.build_boollist":
            return tuple(arguments[0]) if arguments and isinstance(arguments[0], list | tuple) else ()
        case "torch.jit._pickle.build_tensorlist":
            return list(arguments[0]) if arguments else []
        case "torch.jit._pickle.restore_type_tag":
            return arguments[0]
        case "_codecs.encode":
            return arguments[0].encode("latin-1") if arguments and isinstance(arguments[0], str) else b""
        case "numpy.dtype":
            return Record("numpy.dtype", arguments)
        case "numpy.core.multiarray.scalar" | "numpy._core.multiarray.scalar":
            kind = _numpy_dtype(arguments[0])
            return np.frombuffer(arguments[1], kind, 1)[0] if isinstance(arguments[1], bytes) else None
        case "numpy.core.multiarray._reconstruct" | "numpy._core.multiarray._reconstruct":
            return Record("numpy.ndarray")
        case "torch._utils._rebuild_qtensor":
            return refuse("Its weights are quantised to whole numbers of 8 bits; bring the network as it was before the quantisation.")
    return Record(name or shortly(type(function).__name__), arguments)


def built(target: Any, state: Any) -> Any:
    """An object with the state that BUILD gives it."""
    if isinstance(target, Record):
        if target.name == "numpy.ndarray" and isinstance(state, tuple) and len(state) >= 5:
            target.state = _array(state)
            return target
        target.state = state
    return target  # of a dict or a tensor: attributes that carry no numbers


def _array(state: tuple[Any, ...]) -> np.ndarray | list[Any] | None:
    """The array of numpy's own pickled state: version, shape, type, whether columns come first, bytes; of objects their list."""
    _, shape, kind, columns_first, data = state[:5]
    if isinstance(data, list):
        return data[0] if shape == () and len(data) == 1 else data
    if not isinstance(data, bytes) or not isinstance(shape, tuple):
        return None
    order = "F" if columns_first is True else "C"
    return np.frombuffer(data, _numpy_dtype(kind)).reshape(tuple(int(n) for n in shape), order=order)  # type: ignore[call-overload]


def _numpy_dtype(record: Any) -> np.dtype[Any]:
    code = record.arguments[0] if isinstance(record, Record) and record.arguments else ""
    if not isinstance(code, str) or code.lstrip("<>|=") not in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"):
        raise ValueError("a type of numbers")
    order = record.state[1] if isinstance(record.state, tuple) and len(record.state) > 1 else "<"
    return np.dtype(code.lstrip("<>|=")).newbyteorder(">" if order == ">" else "<")


def _tensor(storage: Any, offset: Any, size: Any, stride: Any) -> Tensor:
    numbers = (*size, *stride, offset)
    if not isinstance(storage, Storage) or not all(isinstance(n, int) and 0 <= n < 1 << 40 for n in numbers) or len(size) != len(stride):
        raise ValueError("a tensor")
    return Tensor(storage, offset, tuple(size), tuple(stride))


def _retyped(tensor: Tensor, dtype: Any) -> Tensor:
    kind = _TORCH_DTYPES.get(dtype.text.removeprefix("torch.")) if isinstance(dtype, Name) else None
    if kind is None:
        return tensor
    return Tensor(Storage(tensor.storage.key, kind, tensor.storage.count), tensor.offset, tensor.size, tensor.stride)


def storage_of(key: Any) -> Any:
    """What stands for an object outside the pickle of torch, from its id ("storage", type, key, device, count, ...)."""
    if isinstance(key, tuple) and key and key[0] in ("storage", b"storage") and len(key) >= 5:
        kind = key[1].text.rsplit(".", 1)[-1].removesuffix("Storage") if isinstance(key[1], Name) else ""
        if kind.startswith("Q"):
            refuse("Its weights are quantised to whole numbers of 8 bits; bring the network as it was before the quantisation.")
        view = key[5] if len(key) > 5 else None
        if kind not in DTYPES or not isinstance(key[4], int):
            raise ValueError("a storage")
        if isinstance(view, tuple) and len(view) == 3:  # a view of another storage, as old files have it
            return Storage(f"{key[2]}", DTYPES[kind], key[4])
        return Storage(f"{key[2]}", DTYPES[kind], key[4])
    if isinstance(key, tuple) and len(key) >= 2 and key[0] in ("module", b"module"):
        return key[1] if not (len(key) > 3 and isinstance(key[3], str)) else _Sourced(key[1].text, key[3])
    raise ValueError("an object outside the pickle")


class _Sourced(Name):
    """A class whose source stands in the file."""

    def __init__(self, text: str, source: str) -> None:
        super().__init__(text)
        object.__setattr__(self, "source", source)


def source_of(name: Any) -> str:
    """The source of a class that a whole module carries with it; empty where there is none."""
    return getattr(name, "source", "")

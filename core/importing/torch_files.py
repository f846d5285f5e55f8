"""PyTorch's files: zip and legacy, state_dict or whole module, TorchScript; read without torch and without running anything."""

import json
import re
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import numpy as np

from core.importing import pickles
from core.importing.archive import Archive
from core.importing.pickles import Record, Storage, Tensor
from core.importing.refusal import Refused, refuse, shortly

MAGIC = 0x1950A86A20F9469CFC6C
MOST_VALUES = 1 << 25  # of all tensors of a file


@dataclass
class Loaded:
    """What a file of PyTorch holds."""

    root: Any  # tensors as arrays, containers, records
    wrapping: str
    code: dict[str, str] = field(default_factory=dict)  # TorchScript: path -> text
    sources: dict[str, str] = field(default_factory=dict)  # whole modules of old files: class -> text
    constants: list[Any] = field(default_factory=list)


def is_legacy(data: bytes) -> bool:
    """Whether the bytes start as torch.save wrote them before version 1.6."""
    return data[:2] == b"\x80\x02" and b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19." in data[:32]


def read_zip(archive: Archive) -> Loaded:
    """A zip of torch.save or torch.jit.save."""
    names = archive.names
    pickle = next((n for n in names if n.endswith("/data.pkl") or n == "data.pkl"), None)
    if pickle is None:
        model = next((n for n in names if n.endswith("model.json")), None)
        if model is not None:
            return _read_first_torchscript(archive, model)
        if any(n.endswith(("/attributes.pkl",)) for n in names):
            refuse("It is TorchScript of a version that was never released widely; load it in PyTorch and save its state_dict().")
        refuse("It is a ZIP without anything that PyTorch or Keras puts in one; drop the network's own file.")
    prefix = pickle[: -len("data.pkl")]
    order = archive.read(f"{prefix}byteorder").decode("ascii", "replace") if f"{prefix}byteorder" in names else "little"
    swap = order.strip() == "big"

    def data_of(storage: Storage) -> bytes:
        for folder in (f"{prefix}data/", f"{prefix}constants/", f"{prefix}tensors/"):
            if folder + storage.key in names:
                return archive.read(folder + storage.key)
        return refuse("A tensor's numbers are missing from the file: it was cut or packed again; get it once more.")

    reader = _Reader(data_of, swap)
    root = reader.filled(pickles.load(BytesIO(archive.read(pickle)), pickles.storage_of))
    code = {
        n[len(prefix) :]: archive.read(n).decode("utf-8", "replace") for n in names if n.startswith(f"{prefix}code/") and n.endswith(".py")
    }
    constants: list[Any] = []
    if code and f"{prefix}constants.pkl" in names:

        def constant_of(storage: Storage) -> bytes:
            return archive.read(f"{prefix}constants/{storage.key}")

        found = _Reader(constant_of, swap).filled(pickles.load(BytesIO(archive.read(f"{prefix}constants.pkl")), pickles.storage_of))
        constants = list(found) if isinstance(found, tuple | list) else []
    return Loaded(root, "TorchScript" if code else "zip", code, {}, constants)


def _read_first_torchscript(archive: Archive, model: str) -> Loaded:
    """TorchScript as PyTorch 1.0 wrote it: model.json names tensors, modules and the code."""
    prefix = model[: -len("model.json")]
    try:
        about = json.loads(archive.read(model))
        tensors = []
        for one in about["tensors"]:
            storage = Storage(str(one["data"]["key"]), _proto_dtype(one["dataType"]), 0)
            sizes = tuple(int(n) for n in one.get("dims", []))
            strides = tuple(int(n) for n in one.get("strides", []))
            raw = archive.read(prefix + storage.key)
            tensors.append(_view(np.frombuffer(raw, storage.dtype), int(one.get("offset", 0)), sizes, strides))
        root = _module(about["mainModule"], tensors, 0)
        arena = about["mainModule"]["torchscriptArena"]["key"]
        code = {"code/main.py": archive.read(prefix + arena).decode("utf-8", "replace")}
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Refused("It is TorchScript of PyTorch 1.0 whose description cannot be read; save it again with a newer PyTorch.") from error
    return Loaded(root, "TorchScript 1.0", code)


def _proto_dtype(name: Any) -> str:
    kinds = {"FLOAT": "<f4", "DOUBLE": "<f8", "FLOAT16": "<f2", "INT64": "<i8", "INT32": "<i4", "BOOL": "?", "UINT8": "u1", "INT8": "i1"}
    return kinds[str(name)]


def _module(about: Any, tensors: list[np.ndarray], depth: int) -> Record:
    if depth > 32:
        raise ValueError("modules")
    state: dict[str, Any] = {}
    for parameter in about.get("parameters", []):
        state[str(parameter["name"])] = tensors[int(parameter.get("tensorId", 0))]
    for sub in about.get("submodules", []):
        state[str(sub["name"])] = _module(sub, tensors, depth + 1)
    return Record("__torch__.Main" if depth == 0 else f"__torch__.Module{depth}", (), state)


def read_legacy(data: bytes) -> Loaded:
    """A file of torch.save before version 1.6: five pickles, then the numbers of each storage."""
    file = BytesIO(data)
    sources: dict[str, str] = {}

    def persistent(key: Any) -> Any:
        found = pickles.storage_of(key)
        if source := pickles.source_of(found):
            sources[found.text] = source
        return found

    if pickles.load(file) != MAGIC:
        refuse(pickles.DAMAGED)
    pickles.load(file)  # version of the protocol
    system = pickles.load(file)
    root = pickles.load(file, persistent)
    keys = pickles.load(file)
    wanted: dict[str, Storage] = {}
    _storages(root, wanted)
    found: dict[str, bytes] = {}
    swap = isinstance(system, dict) and system.get("little_endian") is False
    for key in keys if isinstance(keys, list) else []:
        head = file.read(8)
        count = int.from_bytes(head, "little")
        storage = wanted.get(str(key))
        width = _width(storage.dtype) if storage else 4
        body = file.read(count * width) if len(head) == 8 and count * width <= len(data) else b""
        if len(body) != count * width or len(head) != 8:
            refuse("The file is cut short: some of its weights are missing. Get it again, or save it again.")
        found[str(key)] = body

    def data_of(storage: Storage) -> bytes:
        return found[storage.key] if storage.key in found else refuse("A tensor's numbers are missing from the file; get it once more.")

    return Loaded(_Reader(data_of, swap).filled(root), "legacy", {}, sources)


def read_plain(data: bytes) -> Loaded:
    """A bare pickle, of numpy's arrays or of an object that holds them."""
    return Loaded(_Reader(_nowhere, False).filled(pickles.load(BytesIO(data), None)), "pickle")


def _nowhere(_: Storage) -> bytes:
    return refuse("A tensor's numbers are missing from the file; get it once more.")


def _width(dtype: str) -> int:
    return 2 if dtype == "bf16" else np.dtype(dtype).itemsize


def _storages(value: Any, found: dict[str, Storage]) -> None:
    """Every storage that tensors of a structure view."""
    for one in _walk(value):
        if isinstance(one, Tensor):
            found.setdefault(one.storage.key, one.storage)
        elif isinstance(one, Storage):
            found.setdefault(one.key, one)


def _walk(value: Any) -> Any:
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting.extend(_children(one))


def _children(one: Any) -> list[Any]:
    if isinstance(one, dict):
        return list(one.values())
    if isinstance(one, list | tuple):
        return list(one)
    if isinstance(one, Record):
        return [one.state, one.items, one.arguments]
    return []


class _Reader:
    """Puts arrays in the place of tensors, each read once."""

    def __init__(self, data_of: Any, swap: bool) -> None:
        self.data_of = data_of
        self.swap = swap
        self.values = 0
        self.stores: dict[tuple[str, str], np.ndarray] = {}

    def filled(self, root: Any) -> Any:
        """The structure with arrays, in place where it can be; deep ones need no deep stack."""
        holder = [root]
        seen: set[int] = set()
        waiting: list[Any] = [holder]
        while waiting:
            one = waiting.pop()
            if id(one) in seen:
                continue
            seen.add(id(one))
            if isinstance(one, Record):
                one.state = self._made(one.state)
                waiting.extend((one.state, one.items))
                one.arguments = tuple(map(self._made, one.arguments))
                waiting.extend(one.arguments)
                continue
            for key, value in list(one.items()) if isinstance(one, dict) else list(enumerate(one)) if isinstance(one, list) else []:
                one[key] = self._made(value)
                waiting.append(one[key])
        return holder[0]

    def _made(self, value: Any) -> Any:
        if isinstance(value, Tensor):
            return self.array(value)
        if isinstance(value, Record) and value.name == "numpy.ndarray":
            return value.state
        if isinstance(value, tuple):
            return [self._made(one) for one in value] if any(isinstance(one, Tensor | Record | dict | list) for one in value) else value
        return value

    def array(self, tensor: Tensor) -> np.ndarray:
        key = (tensor.storage.key, tensor.storage.dtype)
        if key not in self.stores:
            raw = self.data_of(tensor.storage)
            width = _width(tensor.storage.dtype)
            if len(raw) % width:
                refuse("The file is cut short: some of its weights are missing. Get it again, or save it again.")
            self.stores[key] = from_bytes(raw, tensor.storage.dtype, self.swap)
        size = int(np.prod(tensor.size, dtype=np.float64)) if tensor.size else 1
        self.values += size
        if self.values > MOST_VALUES:
            refuse(f"Its tensors hold more than {MOST_VALUES:,} numbers; this app shows smaller networks.")
        return _view(self.stores[key], tensor.offset, tensor.size, tensor.stride)


def from_bytes(raw: bytes, dtype: str, swap: bool = False) -> np.ndarray:
    """Numbers of a type as an array; bfloat16, which numpy does not know, as float32."""
    if dtype == "bf16":
        halves = np.frombuffer(raw, ">u2" if swap else "<u2").astype(np.uint32)
        return (halves << 16).view(np.float32)
    array = np.frombuffer(raw, dtype)
    return array.byteswap() if swap and array.itemsize > 1 else array


def _view(store: np.ndarray, offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> np.ndarray:
    last = offset + sum((n - 1) * s for n, s in zip(size, stride, strict=True)) if all(size) else offset - 1
    if offset < 0 or last >= len(store) or any(s < 0 for s in stride) or len(size) > 8:
        refuse("The file is cut short: some of its weights are missing. Get it again, or save it again.")
    width = store.itemsize
    return np.lib.stride_tricks.as_strided(store[offset:], size, tuple(s * width for s in stride), writeable=False).copy()


# ---- what a loaded structure means

PREFIXES = ("module.", "_orig_mod.", "model.", "net.", "network.", "_model.")
WRAPPER = re.compile("state_dict|model|net|params|module|ema|student|classifier", re.IGNORECASE)
OPTIMISER = re.compile(r"optim|sched|scaler|amp|rng|ema_opt|_opt$|^opt$", re.IGNORECASE)


def is_tensor(value: Any) -> bool:
    """Whether it is an array of numbers."""
    return isinstance(value, np.ndarray) and value.dtype.kind in "fiub"


def is_module(value: Any) -> bool:
    """Whether it is a record of a torch module."""
    return isinstance(value, Record) and isinstance(value.attributes.get("_modules"), dict)


def is_optimiser(value: Any) -> bool:
    """Whether it is an optimiser's state."""
    return isinstance(value, dict) and "param_groups" in value and "state" in value


def candidates(root: Any) -> list[tuple[str, Any]]:
    """What in a loaded structure may be a network: (path, dict of tensors by name, or a module), the likeliest first."""
    if is_module(root):
        return [("", root)]
    if is_optimiser(root):
        refuse("It holds an optimiser's state (momenta and learning rates) and no network; bring the file with the weights instead.")
    if isinstance(root, list) and root and all(is_tensor(one) for one in root):
        return [("", {str(i): one for i, one in enumerate(root)})]
    if isinstance(root, Record):
        root = {**root.attributes, **{k: v for k, v in root.items.items() if isinstance(k, str)}}
    if isinstance(root, list):
        root = {str(i): one for i, one in enumerate(root)}
    if not isinstance(root, dict):
        return []
    found: list[tuple[str, Any]] = []
    own = flat({k: v for k, v in root.items() if not is_optimiser(v) and not is_module(v)})
    direct = [k for k, v in root.items() if is_tensor(v)]
    if any(own[k].ndim >= 2 for k in map(str, direct) if k in own):
        found.append(("", own))
    inner: list[tuple[str, Any]] = []
    for key, value in root.items():
        if is_optimiser(value) or is_tensor(value):
            continue
        if is_module(value):
            inner.append((str(key), value))
        elif isinstance(value, dict | list | Record):
            tensors = flat(value)
            if any(t.ndim >= 2 for t in tensors.values()):
                inner.append((str(key), tensors))
            elif isinstance(value, dict) and any(is_module(v) for v in value.values()):
                inner += [(f"{key}.{k}", v) for k, v in value.items() if is_module(v)]
    inner.sort(key=lambda pair: (bool(OPTIMISER.search(pair[0])), not WRAPPER.search(pair[0])))
    inner = [pair for pair in inner if not OPTIMISER.search(pair[0])] or inner
    # "model_state_dict" beside other things is a network; "layer1" beside "layer2", or weights beside biases, is a part of one
    whole = [pair for pair in inner if is_module(pair[1]) or (WRAPPER.search(pair[0]) and {t.ndim for t in pair[1].values()} & {1})]
    if own and not direct and all(is_module(thing) or len(own) > len(thing) for _, thing in inner):
        found += [*whole, ("", own)]
    found += [pair for pair in inner if not any(pair is one for one in found)]
    if not found and any(is_optimiser(v) for v in root.values()):
        refuse("It holds an optimiser's state (momenta and learning rates) and no network; bring the file with the weights instead.")
    return found


def flat(value: Any) -> dict[str, np.ndarray]:
    """Every tensor of nested dicts and lists by its dotted name, in order; optimiser state left out."""
    out: dict[str, np.ndarray] = {}
    seen: set[int] = set()

    def visit(one: Any, name: str, depth: int) -> None:
        if is_tensor(one):
            out[name] = one
            return
        if depth > 12 or id(one) in seen or is_optimiser(one):
            return
        seen.add(id(one))
        if is_module(one):
            inner: Any = {
                **_plain(one.attributes.get("_parameters")),
                **_plain(one.attributes.get("_buffers")),
                **_plain(one.attributes.get("_modules")),
            }
        elif isinstance(one, Record):
            inner = {**one.attributes, **one.items}
        else:
            inner = one
        if isinstance(inner, dict):
            for key, part in inner.items():
                if not OPTIMISER.search(str(key)) or is_tensor(part):
                    visit(part, f"{name}.{key}" if name else str(key), depth + 1)
        elif isinstance(inner, list | tuple):
            for i, part in enumerate(inner):
                visit(part, f"{name}.{i}" if name else str(i), depth + 1)

    visit(value, "", 0)
    return out


def _plain(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def without_prefix(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same tensors without a prefix that all names share."""
    while tensors:
        prefix = next((p for p in PREFIXES if all(name.startswith(p) for name in tensors)), None)
        if prefix is None:
            return tensors
        tensors = {name[len(prefix) :]: value for name, value in tensors.items()}
    return tensors


def describe(record: Record) -> str:
    """A record's class as a sentence can hold it."""
    return shortly(record.name)


__all__ = ["Loaded", "candidates", "flat", "is_legacy", "is_module", "read_legacy", "read_plain", "read_zip", "without_prefix", "zipfile"]

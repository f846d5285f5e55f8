"""PyTorch's files understood: which of their contents is the network, followed by its code or settings, else inferred."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.importing import inferring, naming, torch_code, torch_files
from core.importing.chain import Chain, start
from core.importing.inferring import Hints
from core.importing.layouts import POOLS
from core.importing.pickles import Record
from core.importing.refusal import Refused, refuse, shortly
from core.importing.torch_files import Loaded
from core.importing.understanding import Images, Understood, exact


def network(loaded: Loaded, images: Images) -> Understood:
    found = torch_files.candidates(loaded.root)
    if loaded.code and isinstance(loaded.root, Record):
        found = [("", loaded.root), *[pair for pair in found if pair[0] == ""]]
    if not found:
        what = torch_files.describe(loaded.root) if isinstance(loaded.root, Record) else "no tensors"
        refuse(f"It holds no network whose weights can be reached ({what}); load it and save its state_dict().")
    trouble: Refused | None = None
    for path, thing in found[:6]:
        try:
            return replace(_torch_thing(thing, loaded, images, path), classes=naming.of_checkpoint(loaded.root))
        except Refused as refused:
            trouble = trouble or refused
    raise trouble or Refused("It holds no network.")


def _torch_thing(thing: Any, loaded: Loaded, images: Images, path: str) -> Understood:
    where = f", in {shortly(path, 30)!r}" if path else ""
    if not isinstance(thing, Record):
        tensors = torch_files.without_prefix(thing)
        known = {name: tuple(v.shape) for name, v in tensors.items()}
        puzzle = inferring.puzzle(tensors, Hints("torch"), images.side, images.channels, images.classes)
        return Understood(f"PyTorch ({loaded.wrapping}), state_dict{where}", puzzle, False, known)
    words = (
        "TorchScript" if loaded.code else f"PyTorch ({loaded.wrapping}), whole module {shortly(thing.name.rsplit('.', 1)[-1], 30)}{where}"
    )
    own = {name: text for name, text in loaded.sources.items() if not name.startswith("torch.")}
    code = torch_code.Code(loaded.code or own, loaded.constants)
    try:
        return exact(run_module(code, thing, images), words, images)
    except Refused as refused:
        tensors = torch_files.without_prefix(torch_files.flat(thing))
        try:
            hints = hints_of(thing) if not loaded.code else Hints("torch")
            puzzle = inferring.puzzle(tensors, hints, images.side, images.channels, images.classes)
        except Refused:
            raise refused from None
        return Understood(words, puzzle, False, {name: tuple(v.shape) for name, v in tensors.items()})


def run_module(code: torch_code.Code, module: Record, images: Images) -> Chain:
    """The network of a module that is followed by its code or its settings, at the input that fits.

    Raises:
        Refused: at no input; the first one's sentence.
    """
    parameters = [v for v in torch_files.flat(module).values() if v.ndim in (2, 4)]
    first = parameters[0] if parameters else None
    channels = first.shape[1] if first is not None and first.ndim == 4 and first.shape[1] in (1, 3) else images.channels
    inputs: list[Sequence[int]] = [(channels, side, side) for side in dict.fromkeys((images.side, 28, 32, 14, 8, 64, 224))]
    if first is not None and first.ndim == 2:
        inputs = [(channels, images.side, images.side), (first.shape[1],), *inputs]
    trouble: Refused | None = None
    for sides in inputs:
        try:
            found = code_result(code, module, start(sides, flat_last=False))
        except Refused as refused:
            trouble = trouble or refused
            continue
        except (TypeError, ValueError, KeyError, IndexError, AttributeError, RecursionError, ZeroDivisionError, OverflowError) as error:
            trouble = trouble or Refused("Its code does not fit its settings; load the network and save its state_dict() instead.")
            trouble.__cause__ = error
            continue
        return found
    raise trouble or Refused("Its code gives no network.")


def code_result(code: torch_code.Code, module: Record, chain: Chain) -> Chain:
    """What a module makes of an input, as a chain."""
    code.steps = 0
    found = code.call_module(module, chain)
    if isinstance(found, list | tuple):
        found = next((one for one in found if isinstance(one, Chain)), None)
    if not isinstance(found, Chain) or not found.stages:
        refuse("Its code returns something else than what it makes of an image.")
    return found


def hints_of(module: Record) -> Hints:
    """What the modules of a whole pickled network say of its architecture where its code is missing."""
    known: dict[str, dict[str, Any]] = {}
    activations: list[str] = []
    pools: list[str] = []
    kind_of_pool = ""
    words = {
        "ReLU": "ReLU",
        "Tanh": "tanh",
        "Sigmoid": "sigmoid",
        "ELU": "ELU",
        "SELU": "SELU",
        "GELU": "GELU",
        "SiLU": "SiLU",
        "Softplus": "softplus",
    }
    for name, leaf in torch_code.leaves(module):
        kind, settings = leaf.name.rsplit(".", 1)[-1], torch_code.attributes(leaf)
        if kind == "Conv2d":
            known[name] = {
                k: v
                for k, v in {
                    "stride": _square(settings.get("stride")),
                    "pad": _square(settings.get("padding")),
                    "dilation": _square(settings.get("dilation")),
                }.items()
                if v is not None
            }
        elif kind.startswith("BatchNorm"):
            known[name] = {"epsilon": float(settings.get("eps", 1e-5))}
        elif kind in words:
            activations.append(words[kind])
        elif kind == "LeakyReLU":
            activations.append({0.1: "leaky ReLU 0.1", 0.2: "leaky ReLU 0.2"}.get(settings.get("negative_slope", 0.01), "leaky ReLU 0.01"))
        elif kind in ("MaxPool2d", "AvgPool2d"):
            kind_of_pool = "maxpool" if kind == "MaxPool2d" else "avgpool"
            size, stride, pad = (_square(settings.get(n)) for n in ("kernel_size", "stride", "padding"))
            for key, (k, s, p, ceil, _) in POOLS.items():
                if (k, s, p, ceil) == (size, stride or size, pad or 0, bool(settings.get("ceil_mode"))):
                    pools.append(key)
    return Hints("torch", known, list(dict.fromkeys(activations)), list(dict.fromkeys(pools)) or None, kind_of_pool)


def _square(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, list | tuple) and len(value) == 2 and value[0] == value[1] and isinstance(value[0], int):
        return value[0]
    return None

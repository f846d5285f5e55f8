"""What a file is, told by its first bytes, and the puzzle that its network leaves open."""

import json
import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np

from core.importing import inferring, keras_files, keras_layers, onnx_files, own_header, tfjs_files, torch_files
from core.importing.archive import Archive
from core.importing.inferring import Hints
from core.importing.refusal import Refused, refuse, shortly
from core.importing.torch_reading import network
from core.importing.understanding import Images, Understood, again, exact, ours

Array = np.ndarray
MOST_BYTES = 64 << 20
TEXTS = (  # how a file starts that is no network -> what it is and the cure
    (
        b"version https://git-lfs",
        "It is a Git LFS pointer, three lines that name the real file: fetch that with `git lfs pull` and drop it.",
    ),
    (b"<!DOCTYPE", "It is a web page, not the file: use the page's link for downloading (raw)."),
    (b"<!doctype", "It is a web page, not the file: use the page's link for downloading (raw)."),
    (b"<html", "It is a web page, not the file: use the page's link for downloading (raw)."),
    (b"GGUF", "It is a GGUF file of a language model; this app shows networks that read images."),
    (b"\x1f\x8b", "It is packed with gzip; unpack it and drop what is inside."),
    (b"BZh", "It is packed with bzip2; unpack it and drop what is inside."),
    (b"7z\xbc\xaf", "It is packed with 7-Zip; unpack it and drop what is inside."),
    (b"Rar!", "It is packed with RAR; unpack it and drop what is inside."),
    (b"MATLAB", "It is a MATLAB file; save its arrays as .npz (scipy.io.loadmat, np.savez) and drop that."),
    (b"\x89PNG", "It is a picture and no network."),
    (b"\xff\xd8\xff", "It is a picture and no network."),
    (b"%PDF", "It is a PDF and no network."),
    (b"\x7fELF", "It is a program and no network."),
    (b"MZ", "It is a program and no network."),
)


def understood(files: Mapping[str, bytes], images: Images) -> Understood:
    """The network of one file, or of several that belong together (TensorFlow.js with its shards, weights and biases apart).

    Args:
        files: name -> contents; the first one leads.

    Raises:
        Refused: in a sentence that says what it is and the cure.
    """
    if sum(map(len, files.values())) > MOST_BYTES:
        refuse(f"It is larger than {MOST_BYTES >> 20} MB; this app shows networks of up to that size.")
    names = sorted(files, key=lambda name: not name.lower().endswith((".json", ".h5", ".hdf5")))
    tables = {name: table for name in files if (table := _named_arrays(files[name])) is not None}
    if len(files) > 1 and len(tables) == len(files):
        merged = {key: value for table in tables.values() for key, value in table.items()}
        return _from_tensors(merged, Hints(), images, "numpy's .npz, several together")
    if len(files) > 1:
        about = next((json_ for name in names if (json_ := _json(files[name])) is not None), None)
        rest = {name.replace("\\", "/").split("/")[-1]: data for name, data in files.items()}
        if about is not None and tfjs_files.is_model(about):
            chain, wrapping = tfjs_files.read(about, rest, images.side)
            return exact(chain, wrapping, images)
        weights = next((data for data in files.values() if data[:8] == b"\x89HDF\r\n\x1a\n"), None)
        if isinstance(about, dict) and weights is not None and "class_name" in about:
            return _keras(keras_files.with_config(about, weights), images)
        lead = next((name for name in names if name.lower().endswith(".onnx")), names[0])
        return _one(lead, files[lead], images, beside=rest)
    (name, data), *_ = files.items()
    return _one(name, data, images)


def _json(data: bytes) -> Any:
    if data.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _one(name: str, data: bytes, images: Images, depth: int = 0, beside: Mapping[str, bytes] | None = None) -> Understood:
    if not data:
        refuse("It is empty: the download or the saving stopped before it began.")
    head = data[:16].lstrip(b"\xef\xbb\xbf\r\n\t ")
    for start_, sentence in TEXTS:
        if data.startswith(start_) or head.startswith(start_):
            refuse(sentence)
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return _zip(Archive(data), images, depth)
    if data[:8] == b"\x89HDF\r\n\x1a\n":
        return _keras(keras_files.read_h5(data), images)
    if data[:6] == b"\x93NUMPY":
        return _npy(data, images)
    if data[4:8] == b"TFL3":
        refuse("It is TensorFlow Lite, made for phones; bring the Keras or ONNX file that it was made from.")
    if torch_files.is_legacy(data):
        return network(torch_files.read_legacy(data), images)
    size = int.from_bytes(data[:8], "little")
    if len(data) > 9 and data[8:9] == b"{" and size < 100_000_000:
        return _safetensors(data, images)
    if data[:1] == b"\x80" and data[1:2] in b"\x02\x03\x04\x05":
        return network(torch_files.read_plain(data), images)
    if data[257:262] == b"ustar":
        refuse("It is a TAR archive; unpack it and drop the network's file.")
    if head[:1] in (b"{", b"["):
        return _about_json(data, images)
    if _is_text(data):
        refuse(f'It is text and no network (it begins "{shortly(data[:60].decode("utf-8", "replace").strip(), 40)}"); drop the network.')
    chain, writer, found_header = onnx_files.read(data, images.side, beside or {})
    if found_header:
        return again(chain, found_header, "ONNX", images)
    return exact(chain, f"ONNX{f', written by {shortly(writer, 40)}' if writer else ''}", images)


def _is_text(data: bytes) -> bool:
    part = data[:2_000]
    try:
        text = part.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter in "\r\n\t" for letter in text)


def _about_json(data: bytes, images: Images) -> Understood:
    about = keras_files.parsed(data)
    if tfjs_files.is_model(about):
        chain, wrapping = tfjs_files.read(about, {}, images.side)
        return exact(chain, wrapping, images)
    if isinstance(about, dict) and ("class_name" in about or "modelTopology" in about):
        refuse("It is the architecture of a Keras network without its weights; drop it together with the .h5 file of the weights.")
    tensors = torch_files.flat(_arrays(about, 0))
    if any(t.ndim >= 2 and t.size > 200 for t in tensors.values()):
        return _from_tensors(tensors, Hints(), images, "JSON with lists of numbers")
    return refuse("It is JSON that describes something, without the numbers of a network; drop the file with the weights.")


def _arrays(value: Any, depth: int) -> Any:
    """JSON with arrays in the place of lists of numbers."""
    if depth > 12:
        return None
    if isinstance(value, list):
        try:
            array = np.array(value, np.float64)
        except (ValueError, TypeError):
            return [_arrays(one, depth + 1) for one in value]
        return array if array.size else None
    return {str(k): _arrays(v, depth + 1) for k, v in value.items()} if isinstance(value, dict) else None


def _zip(archive: Archive, images: Images, depth: int) -> Understood:
    names = archive.names
    last = {name.split("/")[-1]: name for name in names}
    if "config.json" in names and any(name.endswith(".h5") for name in names):
        return _keras(keras_files.read_keras(archive), images)
    found_header = next((name for name in names if name.endswith(f"/extra/{own_header.HEADER}.json")), None)
    if found_header:
        text = archive.read(found_header).decode("utf-8", "replace")
        given, steps = own_header.returned(text)
        tensors = torch_files.flat(torch_files.read_zip(archive).root)
        chain = own_header.chain_of(given, steps, own_header.by_torch_names(steps, tensors))
        return ours(chain, given, "PyTorch (zip), state_dict", images, own_header.classes(text))
    if any(name.endswith("data.pkl") for name in names):
        return network(torch_files.read_zip(archive), images)
    if names and all(name.endswith(".npy") for name in names):
        return _from_tensors(_npz(archive), Hints(), images, "numpy's .npz")
    if "saved_model.pb" in last:
        refuse("It is a TensorFlow SavedModel; save it as .keras or .h5, or convert it to TensorFlow.js or ONNX.")
    models = [name for name in names if name.endswith(".json") and not name.startswith("__MACOSX")]
    for name in models:
        about = _json(archive.read(name))
        if isinstance(about, dict) and "mainModule" in about:
            return network(torch_files.read_zip(archive), images)
        if tfjs_files.is_model(about):
            folder = name.rpartition("/")[0]
            shards = {n.split("/")[-1]: archive.read(n) for n in names if n.rpartition("/")[0] == folder and n != name}
            chain, wrapping = tfjs_files.read(about, shards, images.side)
            return exact(chain, wrapping, images)
    inside = [n for n in names if re.search(r"\.(pt|pth|h5|hdf5|keras|onnx|safetensors|npz|ckpt|bin|pkl)$", n) and "__MACOSX" not in n]
    if len(inside) == 1 and depth < 2:
        return _one(inside[0], archive.read(inside[0]), images, depth + 1)
    return refuse("It is a ZIP without a network that this app knows in it; drop the network's own file.")


def _named_arrays(data: bytes) -> dict[str, Array] | None:
    """The arrays of an .npz; None of another file."""
    if data[:4] != b"PK\x03\x04":
        return None
    archive = Archive(data)
    return _npz(archive) if archive.names and all(name.endswith(".npy") for name in archive.names) else None


def arrays_in(data: bytes) -> dict[str, Array]:
    """The arrays of an .npz; none of another or a damaged file."""
    try:
        return _named_arrays(data) or {}
    except Refused:
        return {}


def _npz(archive: Archive) -> dict[str, Array]:
    out: dict[str, Array] = {}
    for name in archive.names:
        data = archive.read(name)
        try:
            out[name.removesuffix(".npy")] = np.lib.format.read_array(BytesIO(data), allow_pickle=False)
        except Exception as error:  # numpy parses a header as Python's literals, which can fail in any way
            word = "object" if "pickle" in str(error).lower() or "Object" in str(error) else ""
            if word:
                out |= _objects(name.removesuffix(".npy"), data, error)
                continue
            raise Refused("An array in it is damaged or cut short; save it again.") from error
    lists = {k: v for k, v in out.items() if v.dtype.kind in "fiub"}
    return lists


def _objects(name: str, data: bytes, error: Exception) -> dict[str, Array]:
    """Arrays in an array of objects of an .npz, read without opening its pickle."""
    at = data.find(b"\n", 8) + 1 if data[:6] == b"\x93NUMPY" else 0
    found = torch_files.flat(torch_files.read_plain(data[at:]).root) if at else {}
    if not found:
        raise Refused("It holds arrays of Python objects without numbers in them; save plain arrays of numbers.") from error
    return {f"{name}.{inner}" if inner else name: value for inner, value in found.items()}


def _npy(data: bytes, images: Images) -> Understood:
    """One array of numpy; one of objects, as np.save makes of a list or dict of arrays, is read without opening its pickle."""
    file = BytesIO(data)
    try:
        version = np.lib.format.read_magic(file)
        reader = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        kind = reader(file)[2]
    except Exception as error:  # as above
        raise Refused("The array in it is damaged or cut short; save it again.") from error
    if kind.kind != "O":
        refuse("It is one array of numpy; put all arrays of the network into one .npz (np.savez) and drop that.")
    return network(torch_files.read_plain(data[file.tell() :]), images)


def _safetensors(data: bytes, images: Images) -> Understood:
    from safetensors import SafetensorError, deserialize

    kinds = {
        "F64": "<f8",
        "F32": "<f4",
        "F16": "<f2",
        "BF16": "bf16",
        "I64": "<i8",
        "I32": "<i4",
        "I16": "<i2",
        "I8": "i1",
        "U8": "u1",
        "BOOL": "?",
    }
    tensors: dict[str, Array] = {}
    try:
        found = deserialize(data)
    except (SafetensorError, ValueError, OverflowError) as error:
        raise Refused("The file is damaged or cut short: its safetensors cannot be read. Get it again, or save it again.") from error
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])  # which safetensors has just found sound
    at = {name: about["data_offsets"][0] for name, about in header.items() if name != "__metadata__"}
    for name, about in sorted(found, key=lambda pair: at.get(pair[0], 0)):
        if about["dtype"] not in kinds:
            refuse(f"It holds numbers of a type that is not read here: {shortly(about['dtype'])}.")
        tensors[name] = torch_files.from_bytes(bytes(about["data"]), kinds[about["dtype"]]).reshape(about["shape"])
    found_header = header.get("__metadata__", {}).get(own_header.HEADER) if isinstance(header.get("__metadata__", {}), dict) else None
    if isinstance(found_header, str):
        given, steps = own_header.returned(found_header)
        chain = own_header.chain_of(given, steps, own_header.by_own_names(steps, tensors))
        return ours(chain, given, "safetensors", images, own_header.classes(found_header))
    return _from_tensors(torch_files.without_prefix(tensors), Hints("torch"), images, "safetensors")


def _keras(file: keras_files.KerasFile, images: Images) -> Understood:
    if not file.layers:
        return _from_tensors(file.tensors, Hints("keras", turned=_turned(file)), images, file.wrapping)
    turns = file.theano == "yes"
    chain = keras_layers.network(file.layers, keras_layers.Weights(file.weights.by_name, turns), images.side)
    if file.header:
        return again(chain, file.header, f"Keras, {file.wrapping}", images)
    return exact(chain, f"Keras, {file.wrapping}", images)


def _turned(file: keras_files.KerasFile) -> bool | None:
    """Whether Keras's convolutions turn their kernels: with Theano, and perhaps in the first generation, which does not say."""
    if file.theano == "yes":
        return True
    return False if not file.theano and any(re.search(r"(_W|param_\d+)$", name) for name in file.tensors) else None


def _from_tensors(tensors: Mapping[str, Array], hints: Hints, images: Images, words: str) -> Understood:
    puzzle = inferring.puzzle(tensors, hints, images.side, images.channels, images.classes)
    return Understood(words, puzzle, False, {name: tuple(value.shape) for name, value in tensors.items()})


def halves(files: Sequence[bytes]) -> bool:
    """Whether of two files of numpy one holds matrices alone and the other vectors alone: weights and biases of one network."""
    sets = [arrays_in(data) for data in files] if len(files) == 2 else []
    if not sets or any(not one for one in sets):
        return False
    flat = [all(max(v.shape, default=0) == v.size for v in one.values()) for one in sets if one]
    return flat[0] != flat[1]

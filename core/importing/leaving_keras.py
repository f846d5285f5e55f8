"""A network as HDF5 that Keras opens."""

import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.importing.own_header import HEADER, Array, Steps, header
from core.importing.refusal import refuse
from core.models.sequence_steps import output_shape
from core.specs import Step

KERAS = {"leaky": "LeakyReLU", "elu": "ELU", "softmax": "Softmax", "relu6": "ReLU"}
KERAS_WORDS = ("relu", "tanh", "sigmoid", "selu", "gelu", "silu", "mish", "softplus", "softsign")


def keras(given: Step, steps: Steps, classes: Sequence[str] = ()) -> bytes:
    """A .h5 file that Keras opens with load_model: channels last, dense kernels (inputs, outputs)."""
    import h5py

    layers: list[dict[str, Any]] = []
    arrays: dict[str, dict[str, Array]] = {}
    shape: tuple[int, ...] = (given.units, *given.kernel)
    flat = False  # whether the maps were flattened here, so that rows of the next kernel stand channels last

    def layer(kind: str, values: dict[str, Array] | None, /, **config: Any) -> None:
        name = f"{kind.lower()}_{len(layers)}"
        layers.append({"class_name": kind, "config": {"name": name, "trainable": True, "dtype": "float32", **config}})
        if values:
            arrays[name] = values

    layers.append(
        {
            "class_name": "InputLayer",
            "config": {"name": "image", "batch_input_shape": [None, *given.kernel, given.units], "dtype": "float32"},
        }
    )
    if (given.value, given.shift) != (1.0, 0.0):
        layer("Rescaling", None, scale=given.value, offset=given.shift)
    if given.flags:
        refuse("Keras's layers cannot make the image black and white or turn it; take this network away as ONNX or safetensors.")
    maps: tuple[int, ...] = shape
    for step, values in steps:
        if step.pad != (0, 0, 0, 0) and step.kind in ("conv", "avgpool", "pad"):
            if (step.kind == "avgpool" and step.mode == "inside") or (step.kind == "pad" and step.value not in (0.0, 1.0)):
                refuse("Keras's layers cannot pad as this network does; take it away as ONNX or safetensors.")
            top, left, bottom, right = step.pad
            layer("ZeroPadding2D", None, padding=[[top, bottom], [left, right]], data_format="channels_last")
        pool = {"pool_size": list(step.kernel), "strides": list(step.stride), "padding": "valid", "data_format": "channels_last"}
        match step.kind:
            case "conv":
                sizes = {"strides": list(step.stride), "dilation_rate": list(step.dilation), "groups": step.groups, "padding": "valid"}
                kernel = np.ascontiguousarray(values["kernel"].transpose(2, 3, 1, 0))
                both = {"kernel": kernel, "bias": values["bias"]}
                layer("Conv2D", both, filters=step.units, kernel_size=list(step.kernel), activation="linear", use_bias=True, **sizes)
            case "dense":
                kernel = values["kernel"]
                if len(shape) == 3:
                    layer("Flatten", None, data_format="channels_last")
                    flat, maps = True, shape
                if flat:
                    order = np.arange(kernel.shape[0]).reshape(maps).transpose(1, 2, 0).ravel()
                    kernel, flat = np.ascontiguousarray(kernel[order]), False
                layer("Dense", {"kernel": kernel, "bias": values["bias"]}, units=step.units, activation="linear", use_bias=True)
            case "norm":
                four = {
                    "gamma": values["gamma"],
                    "beta": values["beta"],
                    "moving_mean": values["mean"],
                    "moving_variance": values["variance"],
                }
                if flat:
                    order = np.arange(len(values["mean"])).reshape(maps).transpose(1, 2, 0).ravel()
                    four = {name: np.ascontiguousarray(value[order]) for name, value in four.items()}
                layer("BatchNormalization", four, axis=-1, epsilon=step.value, center=True, scale=True)
            case "flatten":
                layer("Flatten", None, data_format="channels_last")
                flat, maps = True, shape
            case "maxpool" | "avgpool":
                kind = "Max" if step.kind == "maxpool" else "Average"
                if step.kernel == (0, 0):
                    layer(f"Global{kind}Pooling2D", None, data_format="channels_last", keepdims=True)
                elif any(step.pad) and kind == "Max":
                    refuse("Keras's layers cannot pad as this network does; take it away as ONNX or safetensors.")
                else:
                    layer(f"{kind}Pooling2D", None, **pool)
            case "leaky" | "elu":
                layer(KERAS[step.kind], None, **({"negative_slope": step.value} if step.kind == "leaky" else {"alpha": step.value}))
            case "relu6":
                layer("ReLU", None, max_value=6.0, negative_slope=0.0, threshold=0.0)
            case "softmax":
                layer("Softmax", None, axis=-1)
            case "scale":
                layer("Rescaling", None, scale=step.value, offset=step.shift)
            case "pad":
                pass
            case kind if kind in KERAS_WORDS and not (kind == "gelu" and step.mode):
                layer("Activation", None, activation=kind)
            case _:
                refuse(f"Keras has no layer for {step.title}; take this network away as ONNX or safetensors.")
        shape = output_shape(step, shape)
    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": {"name": "network", "layers": layers}})
        file.attrs["keras_version"], file.attrs["backend"] = "2.15.0", "tensorflow"
        file.attrs[HEADER] = header(given, steps, classes)
        group = file.create_group("model_weights")
        names = [one["config"]["name"] for one in layers]
        group.attrs["layer_names"] = [name.encode() for name in names]
        for name in names:
            inside = group.create_group(name)
            inside.attrs["weight_names"] = [f"{name}/{part}:0".encode() for part in arrays.get(name, {})]
            for part, value in arrays.get(name, {}).items():
                inside.create_dataset(f"{name}/{part}:0", data=np.asarray(value, "<f4"))
    return out.getvalue()

"""The one door to torchvision: its Python parts, beside any torch.

PyPI's torchvision is built for CUDA torch. Beside a CPU-only torch its compiled operators cannot load, and its import
stops at "operator torchvision::nms does not exist", because it describes `nms` and `qnms` to a torch that has never
heard of them. Neither is called here, so their schemas are declared where they are missing. The compiled operators get
their chance first: where they load (a matching pair) nothing is declared, since a second declaration would be refused.
"""

import importlib.util
import sysconfig
from pathlib import Path

import torch

SCHEMAS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}


def _load_compiled() -> None:
    """Register torchvision's own operators if its extension fits this torch."""
    spec = importlib.util.find_spec("torchvision")  # finds the package, does not run it
    if spec is None or spec.origin is None:
        return
    folder = Path(spec.origin).parent
    for suffix in (sysconfig.get_config_var("EXT_SUFFIX") or "", ".so", ".pyd"):
        if suffix and (folder / f"_C{suffix}").exists():
            try:
                torch.ops.load_library(str(folder / f"_C{suffix}"))
            except (ImportError, OSError):
                continue  # built for another torch: the Python parts are all that is needed
            return


def _declare_missing() -> torch.library.Library | None:
    """Declare the schemas that this torch does not know yet; they live as long as the library object does."""
    missing = [name for name in SCHEMAS if not hasattr(torch.ops.torchvision, name)]
    if not missing:
        return None
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in missing:
        library.define(SCHEMAS[name])
    return library


_load_compiled()
_library = _declare_missing()

from torchvision import datasets, utils  # noqa: E402
from torchvision.models import feature_extraction  # noqa: E402
from torchvision.transforms import v2 as transforms  # noqa: E402

__all__ = ["datasets", "feature_extraction", "transforms", "utils"]

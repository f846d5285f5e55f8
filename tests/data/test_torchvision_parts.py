"""torchvision comes in through one door, beside a torch that it fits and beside one that it does not."""

import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]

# What a matching torchvision's extension does when it loads: it registers every operator itself, once.
MATCHING_EXTENSION = """
import torch
loaded = []
def load_library(path):
    assert "torchvision" in path
    if loaded:
        return
    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.impl(name, lambda dets, scores, iou_threshold: torch.tensor([41, 42]), "CPU")
    library.define("_cuda_version() -> int")
    library.impl("_cuda_version", lambda: -1, "CompositeExplicitAutograd")
    others = ["roi_align", "ps_roi_align", "roi_pool", "ps_roi_pool", "deform_conv2d"]
    for name in [*others, *(f"_{o}_backward" for o in others), "qroi_align"]:
        library.define(name + "(Tensor x) -> Tensor")
    loaded.append(library)
torch.ops.load_library = load_library
"""


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


USE = """
import numpy as np
from core.data.torchvision_parts import datasets, feature_extraction, transforms, utils
picture = transforms.functional.resize(torch.arange(16, dtype=torch.uint8).reshape(1, 4, 4), [2, 2])
print(tuple(picture.shape), datasets.MNIST.__name__, tuple(utils.make_grid(torch.zeros(4, 1, 3, 3), nrow=2, padding=0).shape))
net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU())
print(sorted(feature_extraction.create_feature_extractor(net, ["0", "1"])(torch.ones(1, 3))))
"""


def test_parts_work_beside_the_installed_torch() -> None:
    assert run("import torch\n" + USE).splitlines() == ["(1, 2, 2) MNIST (3, 6, 6)", "['0', '1']"]


def test_matching_pair_keeps_its_own_operators() -> None:
    box = "torch.zeros(2, 4), torch.zeros(2), 0.5"
    out = run(f"{MATCHING_EXTENSION}\n{USE}\nprint(len(loaded), torch.ops.torchvision.nms({box}).tolist())")
    assert out.splitlines() == ["(1, 2, 2) MNIST (3, 6, 6)", "['0', '1']", "1 [41, 42]"]


def test_schemas_stay_declared_when_the_extension_cannot_load() -> None:
    out = run("""
        import torch
        def refuse(path):
            raise OSError("libcudart.so.13: cannot open shared object file")
        torch.ops.load_library = refuse
        import core.data.torchvision_parts, gc
        gc.collect()
        print(torch.ops.torchvision.nms.default._schema, torch.ops.torchvision.qnms.default._schema)
    """)
    assert out.count("iou_threshold") == 2


def test_alone_torchvision_may_fail_and_then_the_door_matters() -> None:
    """Where the bare import works, the pair matches and nothing has to be declared; elsewhere the schemas are."""
    bare = subprocess.run([sys.executable, "-c", "import torchvision"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    declared = run("import core.data.torchvision_parts as parts; print(parts._library is not None)")
    assert declared == str(bare.returncode != 0)

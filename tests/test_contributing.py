"""The worked examples of CONTRIBUTING.md are run as they stand there."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data.catalog import DataSet
from core.frame.site import Entry

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = {code.splitlines()[0].removeprefix("# "): code for code in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)}


def test_the_initialiser_is_one() -> None:
    names: dict = {"np": np, "math": math}
    exec(BLOCKS["core/models/initializers.py"], names)
    kernel = names["lecun"](400, 300, "tanh", np.random.default_rng(0))
    assert kernel.shape == (400, 300) and kernel.var() == pytest.approx(1 / 400, rel=0.02)
    assert "lecun" in eval("{" + BLOCKS["core/specs/model.py, in INITIALIZERS"].partition("\n")[2] + "}")


def test_the_data_set_is_what_its_entry_says() -> None:
    data = eval(BLOCKS["core/data/catalog.py, in _ALL"].partition("\n")[2], {"DataSet": DataSet})
    names: dict = {}
    exec(BLOCKS["core/data/bars.py"], names)
    assert isinstance(data, DataSet) and data.module == "bars"
    for split, count in data.splits.items():
        images, labels = names["load"](split)
        assert images.shape == (count, *data.shape) and images.dtype == labels.dtype == np.uint8
        assert set(labels) == set(range(len(data.classes)))
        assert (images.sum(axis=(1, 2)) == 8 * 255).all()
        assert [np.ptp(image.max(axis=1)) == 0 for image in images] == [bool(label) for label in labels], "a standing bar fills every row"
        assert np.array_equal(images, names["load"](split)[0])


def test_the_page_runs() -> None:
    entry = eval(BLOCKS["core/frame/site.py, in ENTRIES"].partition("\n")[2], {"Entry": Entry})
    assert entry.file == "pages/saturation/page.py" and entry.file in BLOCKS
    at = AppTest.from_string(BLOCKS[entry.file], default_timeout=60).run()
    assert not at.exception and not at.error
    assert at.title[0].value == entry.headline
    from core.ui import shown

    norm = np.linalg.norm(shown.of("mlp-random").weights["dense1.kernel"], axis=0).min()
    assert f"{norm:.3g}" in at.caption[0].value


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:core|pages|tests|docs|benchmarks)/[\w/.]+)`", TEXT))))
def test_files_that_it_names_are_there(name: str) -> None:
    assert (ROOT / name).exists() or name in BLOCKS or "<" in name

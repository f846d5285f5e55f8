"""The random network and images that the tests of dense analyses share."""

import numpy as np
import pytest

from tests.analysis.dense_case import made_images, made_state


@pytest.fixture
def state() -> dict[str, np.ndarray]:
    return made_state()


@pytest.fixture
def images() -> np.ndarray:
    return made_images()

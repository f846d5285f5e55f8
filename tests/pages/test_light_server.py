"""The server's process stays light: no page loads torch, whose place is in the workers that train."""

import os
import subprocess
import sys

from core.frame.site import ENTRIES
from tests.app import ENTRY

ANSWERS = (
    "mlp?image",
    "templates?mistakes",
    "learning?pulses",
    "cnn?convolution",
    "cnn?response",
    "cnn?tests",
    "digits?breaking",
    "digits?map",
)  # where networks are asked
VISIT = """
import sys
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash


class NoTorch:  # whoever imports it gets an error; in sys.modules it is not, where scipy looks
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ModuleNotFoundError("torch is not to be imported")

sys.meta_path.insert(0, NoTorch())
for view in sys.argv[2:]:
    path, _, section = view.partition("?")
    at = AppTest.from_file(sys.argv[1], default_timeout=120)
    at._page_hash = calc_hash(path)
    if section:
        at.query_params["section"] = section
    at.run()
    assert not at.exception and not at.error, (view, [one.message for one in at.exception], [one.value for one in at.error])
"""


def test_no_page_needs_torch() -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    views = [*(entry.path for entry in ENTRIES), *ANSWERS]
    done = subprocess.run([sys.executable, "-c", VISIT, ENTRY, *views], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr[-3_000:]

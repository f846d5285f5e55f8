"""Who may import whom: the table of the design, read from the sources."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARIES = {"torch", "torchvision", "streamlit", "altair"}
CORE = {
    "specs",
    "data",
    "models",
    "runs",
    "training",
    "importing",
    "analysis",
    "charts",
    "serving",
    "words",
    "lesson",
    "breaking",
    "frame",
    "ui",
}
# layer -> (layers of core it may import, libraries of the four above it may import)
RULES: dict[str, tuple[set[str], set[str]]] = {
    "specs": ({"specs"}, set()),
    "data": ({"specs", "data"}, {"torch", "torchvision"}),
    "models": ({"specs", "models"}, {"torch", "torchvision"}),
    "runs": ({"specs", "data", "models", "runs"}, set()),
    "training": ({"specs", "data", "models", "runs", "training"}, {"torch", "torchvision"}),
    "importing": ({"specs", "data", "models", "runs", "importing"}, set()),
    "analysis": ({"specs", "data", "models", "runs", "analysis"}, {"torch", "torchvision"}),
    "charts": ({"charts"}, {"altair"}),
    "serving": ({"specs", "models", "runs", "training", "serving"}, {"streamlit"}),
    "words": ({"words", "serving"}, set()),
    "frame": (CORE - {"breaking", "lesson", "ui"}, {"streamlit"}),
    "lesson": (CORE, {"streamlit"}),
    "breaking": (CORE, {"streamlit"}),
    "ui": (CORE, {"streamlit", "altair", "torch"}),
    "pages": (CORE, {"streamlit", "altair"}),
    "streamlit_app": (CORE, {"streamlit"}),
}
FILES = sorted([*ROOT.glob("core/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "streamlit_app.py"])


def layer_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "core" and len(parts) > 1 else parts[0]


def topic_of(path: Path) -> str:
    """The folder below pages/ that a file lies in; empty elsewhere."""
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "pages" else ""


def imported(path: Path) -> set[str]:
    """Full names of what a file imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively; use the full name"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def breaches(layer: str, names: set[str], topic: str = "") -> list[str]:
    """What of `names` the layer must not import; a page may import its own topic and no other."""
    rooms, libraries = RULES[layer]

    def breach(name: str) -> bool:
        top, _, rest = name.partition(".")
        first = rest.split(".")[0]
        if layer == "runs" and first == "data":  # what data sets there are is all that runs may know of them
            return name != "core.data.catalog" and not name.startswith("core.data.catalog.")
        if top == "core":
            return first not in rooms
        if top == "pages":
            return first != topic
        return top == "tests" or (top in LIBRARIES and top not in libraries)

    return sorted(filter(breach, names))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_follow_the_design(path: Path) -> None:
    if path == ROOT / "core" / "__init__.py":
        return
    assert breaches(layer_of(path), imported(path), topic_of(path)) == []


def test_a_breach_is_seen() -> None:
    assert breaches("charts", {"torch", "core.runs.run.Run", "core.charts.theme.theme"}) == ["core.runs.run.Run", "torch"]
    assert breaches("pages", {"torch.nn", "pages.home.draw", "pages.mlp.view"}, "mlp") == ["pages.home.draw", "torch.nn"]
    assert breaches("ui", {"pages.mlp.view"}) == ["pages.mlp.view"]
    assert breaches("data", {"core.models.dense.forward"}) == ["core.models.dense.forward"]
    assert breaches("runs", {"core.data.catalog.get", "core.data.digits.load"}) == ["core.data.digits.load"]
    assert breaches("runs", {"core.data.digits"}) == ["core.data.digits"]


def test_torchvision_comes_through_one_module() -> None:
    users = [p.relative_to(ROOT).as_posix() for p in FILES if any(n.split(".")[0] == "torchvision" for n in imported(p))]
    assert users in ([], ["core/data/torchvision_parts.py"])

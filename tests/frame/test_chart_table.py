"""Every chart's data are offered under it, and made when somebody asks."""

import ast
from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.charts import reading

ROOT = Path(__file__).parents[2]


def page_with_a_chart() -> None:
    import numpy as np

    from core.charts.matrix import matrix
    from core.charts.theme import LIGHT
    from core.frame import page

    page.chart(matrix(np.ones((2, 3, 4)), np.zeros((2, 4)), LIGHT), alt_text="Twelve weights", key="weights")


def test_the_table_is_made_when_it_is_opened(monkeypatch) -> None:
    made, tables = [], reading.tables
    monkeypatch.setattr(reading, "tables", lambda picture: made.append(picture) or tables(picture))
    at = AppTest.from_function(page_with_a_chart, default_timeout=60).run()
    assert not at.exception and not at.dataframe and not made
    at.session_state["weights-as-table"] = True
    at.run()
    assert not at.exception and len(made) == 1
    assert list(at.dataframe[0].value.columns) == ["part", "input", "output", "state 0", "state 1"]
    assert [caption.value for caption in at.caption] == ["Twelve weights"]


def test_charts_are_drawn_in_one_place() -> None:
    """So that none is without its words and its table."""
    calls = {
        path.relative_to(ROOT).as_posix()
        for path in [*ROOT.glob("core/**/*.py"), *ROOT.glob("pages/**/*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("vega_lite_chart", "altair_chart", "line_chart", "bar_chart", "scatter_chart")
    }
    assert calls == {"core/frame/page.py"}

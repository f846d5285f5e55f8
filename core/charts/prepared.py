"""Charts built once and shown often: a finished spec whose data and opening values are put in at each showing.

Building and validating a large Altair chart costs some 0.3 s; the browser needs the same spec every time anyway.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import pandas as pd
from altair.utils.schemapi import debug_mode

from core.charts.theme import Theme, finish

# One pick shared by several views is what we mean.
warnings.filterwarnings("ignore", message="Automatically deduplicated selection parameter")


@dataclass(frozen=True)
class Prepared:
    """A Vega-Lite spec with its tables by name."""

    spec: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def shown(self, values: Mapping[str, Any] | None = None, renderer: str = "canvas") -> dict[str, Any]:
        """The spec with its tables, and with `values` as the opening values of its top-level parameters."""
        meta = {"embedOptions": {"renderer": renderer, "actions": False}}
        parameters = [p | {"value": values[p["name"]]} if values and p["name"] in values else p for p in self.spec.get("params", [])]
        return {**self.spec, "usermeta": meta, "params": parameters, "datasets": dict(self.tables)}


def prepare(build: Callable[[], alt.TopLevelMixin], tables: Mapping[str, pd.DataFrame], colours: Theme) -> Prepared:
    """Build a chart on `alt.NamedData` tables without checking each step; the tests check the same chart in full."""
    with debug_mode(False):
        spec = finish(build(), colours).to_dict(validate=False)
    for parameter in spec.get("params", []):
        # Altair hands a brush to every layer of its view; Vega allows it once and needs the layer with the fields, the first.
        if isinstance(parameter.get("select"), dict) and parameter["select"].get("type") == "interval":
            parameter["views"] = parameter["views"][:1]
    return Prepared(spec, tables)

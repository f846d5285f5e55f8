"""Charts built once and shown often: a finished spec whose data and opening values are put in at each showing.

Building and validating a large Altair chart costs some 0.3 s; the browser needs the same spec every time anyway. So a chart
is a function of its options alone, marked `built`, on tables that it names; whoever shows it brings the tables.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, wraps
from typing import Any, cast

import altair as alt
import pandas as pd
import pyarrow as pa
from altair.utils import schemapi
from altair.utils.schemapi import debug_mode

from core.charts.theme import Theme, finish

# One pick shared by several views is what we mean.
warnings.filterwarnings("ignore", message="Automatically deduplicated selection parameter")


class Tables(dict[str, pd.DataFrame]):
    """Tables by name; what is sent of them is made once."""

    @cached_property
    def sent(self) -> dict[str, bytes]:
        """Each as an Arrow stream, without its index."""
        return {name: arrow(table) for name, table in self.items()}


def arrow(table: pd.DataFrame) -> bytes:
    """A table's columns as an Arrow stream, which is how the browser gets them."""
    # Column by column: half of what the conversion of a whole table takes.
    columns = pa.Table.from_arrays([pa.Array.from_pandas(column) for _, column in table.items()], names=[str(name) for name in table])
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, columns.schema) as stream:
        stream.write_table(columns)
    return out.getvalue().to_pybytes()


@dataclass(frozen=True)
class Prepared:
    """A Vega-Lite spec with its tables by name, and the values of its top-level parameters."""

    spec: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)  # they belong to the tables: where the scales end
    opening: Mapping[str, Any] = field(default_factory=dict)  # what it is first drawn with; afterwards the browser moves them

    def __post_init__(self) -> None:
        if not isinstance(self.tables, Tables):
            object.__setattr__(self, "tables", Tables(self.tables))  # which `opened` hands on

    def opened(self, opening: Mapping[str, Any]) -> "Prepared":
        """The same chart of the same tables, with other opening values."""
        return replace(self, opening=opening)

    def shown(self, opening: Mapping[str, Any] | None = None, renderer: str = "canvas") -> dict[str, Any]:
        """The spec with its tables and values; `opening` in place of its own opening values."""
        meta = {"embedOptions": {"renderer": renderer, "actions": False}}
        values = {**self.values, **(self.opening if opening is None else opening)}
        parameters = [p | {"value": values[p["name"]]} if p["name"] in values else p for p in self.spec.get("params", [])]
        return {**self.spec, "usermeta": meta, "params": parameters, "datasets": cast(Tables, self.tables).sent}


# Altair copies whole charts at each layer and concatenation around them, three quarters of the time that a large one takes. What a part
# draws is never changed once it stands, so copies may share it; the tests compare.
SHARED = {"data", "encoding", "mark", "transform"}
deep_copy = schemapi._deep_copy


def _copy(obj: Any, by_ref: set[str]) -> Any:
    return deep_copy(obj, by_ref | SHARED)


schemapi._deep_copy = _copy


def built(build: Callable[..., alt.TopLevelMixin]) -> Callable[..., Mapping[str, Any]]:
    """For a function (colours, options) -> chart on `alt.NamedData`: its spec, made once for each set of hashable options.

    It is not checked step by step; the tests check the same chart in full.
    """

    @lru_cache(maxsize=256)
    @wraps(build)
    def spec(colours: Theme, *arguments: Any, **options: Any) -> Mapping[str, Any]:
        with debug_mode(False):
            made = finish(build(colours, *arguments, **options), colours).to_dict(validate=False)
        assert "datasets" not in made, "inline rows would be lost: name the table, or generate it"
        for parameter in made.get("params", []):
            # Altair hands a brush to every layer of its view; Vega allows it once and needs the layer with the fields, the first.
            if parameter.get("views") and isinstance(parameter.get("select"), dict) and parameter["select"].get("type") == "interval":
                parameter["views"] = parameter["views"][:1]
        return made

    return spec

"""A chart's spec, checked against Vega-Lite's schema."""

from typing import Any

from altair.vegalite.v6.schema import core

from core.charts.prepared import Prepared


def checked(chart: Prepared) -> dict[str, Any]:
    """The spec as it is sent, without its tables' rows; every table that a mark names is there, and every table is named.

    Raises:
        altair's SchemaValidationError: it is no valid spec.
    """
    spec = chart.shown()
    named = set(names(spec))
    assert set(chart.tables) <= named, f"no mark reads {set(chart.tables) - named}"
    core.Root.validate({**spec, "datasets": {}})
    return spec


def names(part: Any) -> list[str]:
    """Names of all tables that a spec's marks read."""
    if isinstance(part, list):
        return [name for item in part for name in names(item)]
    if not isinstance(part, dict):
        return []
    own = [part["data"]["name"]] if isinstance(part.get("data"), dict) and "name" in part["data"] else []
    return own + [name for key, item in part.items() if key not in ("datasets", "usermeta") for name in names(item)]


def parameters(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {p["name"]: p for p in spec["params"]}

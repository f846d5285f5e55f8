"""A chart's data under it, made when somebody opens it."""

import streamlit as st

from core.charts import reading
from core.charts.prepared import Prepared
from core.frame.plain import plain

SHOWN = 200_000  # cells of a table that the browser shows at ease; a larger one is a file


def under(picture: Prepared, name: str, key: str) -> None:
    """Offer the data of a chart as tables.

    Args:
        name: what the chart shows and what its finding is.
        key: of the chart.
    """
    box = st.popover("Table", icon=":material/table:", type="tertiary", key=f"{key}-as-table", on_change="rerun", help=plain(name))
    if not box.open:
        return
    with box:
        st.caption(plain(name))
        for table_name, table in reading.tables(picture).items():
            if table.size <= SHOWN:
                st.dataframe(table, hide_index=True, key=f"{key}-as-table-{table_name}")
            else:
                st.markdown(f"{len(table):,} rows of {table.shape[1]:,} columns: too large to show here.")
                text = table.to_csv(index=False)
                st.download_button("Download CSV", text, f"{key}-{table_name}.csv", "text/csv", key=f"{key}-csv-{table_name}")

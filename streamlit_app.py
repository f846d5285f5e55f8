"""Kernel Explorer: look inside small neural networks. Start with `streamlit run streamlit_app.py`."""

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from core.frame import choices, page, present, sheet
from core.frame.onward import onward
from core.frame.site import ENTRIES, pages
from core.serving import doors, forged, known, limits, lookup, people, process, qr, returning, seen
from core.serving.ahead import Ahead
from core.training import jobs
from core.ui import drawing_pad, networks

if __name__ == "__main__":  # somebody's visit
    st.set_page_config(page_title="Kernel Explorer", page_icon=page.icon(), layout="wide")
    current = st.navigation(pages(), position="top")
    if people.welcome():
        with choices.page(current.url_path, [e.path for e in ENTRIES]):
            page.remark(drawing_pad.from_link())
            current.run()
            onward(current.url_path)
            sheet.fill(networks.on_view())
            present.check()
    else:
        people.wait()
else:  # the server, once, before anyone comes: else the first link to a page would find Streamlit's older way of many pages
    limits.check()
    process.settle()
    forged.guard()
    lookup.ease()
    jobs.serve()
    PagesManager.uses_pages_directory = False
    before = [Middleware(doors.Doors), Middleware(Ahead), Middleware(returning.Whole), Middleware(known.Known)]
    app = st.App(__file__, routes=seen.routes() + qr.routes(), middleware=before)

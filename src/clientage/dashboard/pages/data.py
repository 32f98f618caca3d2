"""The page Data: choose a source, see what its columns are taken for, correct it, and make segments."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from clientage.config import Settings
from clientage.dashboard.drawing import show_blocks
from clientage.dashboard.finishing import Look
from clientage.dashboard.launch import UPLOAD_MB
from clientage.dashboard.messages import page_link, show_hint, show_refusal
from clientage.dashboard.roles_form import rows_of, settings_of, uses_of
from clientage.dashboard.session import Chosen, Session
from clientage.dashboard.settings_form import edit_settings
from clientage.dashboard.sources import ENDINGS, begin_look, begin_shop, begin_study, keep_upload
from clientage.dashboard.words import plain
from clientage.errors import ClientageError

UPLOAD, PATH, RUN, SHOP = "Upload a file", "A file on this machine", "A saved run", "A simulated shop"


def show(session: Session) -> None:
    """Show the page."""
    st.title("Data")
    busy = session.job is not None
    look: Look | None = st.session_state.get("_look")
    if look is not None and (session.chosen is None or look.chosen != session.chosen):
        look = None
    if session.chosen is None:
        st.markdown("A table of customers, or of their purchases. Everything stays on this machine.")
        _choose_source(session, busy)
        _open_run(session)
        return
    if look is None and not busy and st.session_state.get("_tried") != session.chosen:
        begin_look(session, session.chosen, session.settings)
        st.rerun()
    _chosen_source(session, session.chosen, busy)
    if look is None:
        settings = _more_settings(session.settings)
        if st.button("Look at it again", disabled=busy or settings is None) and settings is not None:
            begin_look(session, session.chosen, settings)
            st.rerun()
        return
    _study_of(session, look, busy)


def _choose_source(session: Session, busy: bool) -> None:
    way = st.segmented_control(
        "Where are the data?", [UPLOAD, PATH, RUN, SHOP], default=UPLOAD, required=True, key="source_way"
    )
    with st.container(border=True):
        if way == UPLOAD:
            _upload(session, busy)
        elif way == PATH:
            _path(session, busy)
        elif way == RUN:
            _run()
        else:
            _shop(session, busy)


def _upload(session: Session, busy: bool) -> None:
    round_ = st.session_state.setdefault("_upload_round", 0)
    file = st.file_uploader(
        f"CSV, TSV, Parquet or XLSX, at most {UPLOAD_MB / 1024:.0f} GB", ENDINGS, key=f"upload_{round_}", disabled=busy
    )
    with st.expander("Are there invoice lines of these customers in a second file?"):
        lines = st.file_uploader("Invoice lines (optional)", ENDINGS, key=f"lines_{round_}", disabled=busy)
        st.caption("Add this file first: the work begins when the customers' file is there.")
    if file is None:
        return
    transactions = "" if lines is None else str(keep_upload(session, lines))
    path = keep_upload(session, file)
    st.session_state["_upload_round"] = round_ + 1  # an empty field: the bytes are on disk now
    begin_look(session, Chosen(str(path), path.name, transactions), Settings())
    st.rerun()


def _path(session: Session, busy: bool) -> None:
    with st.form("path_form", border=False):
        path = st.text_input("Path of a file, or a database URL", placeholder="customers.csv", key="path_given")
        lines = st.text_input("Path of invoice lines of these customers (optional)", key="path_lines")
        if st.form_submit_button("Look at it", type="primary", disabled=busy) and path.strip():
            name = path.strip().replace("\\", "/").rstrip("/").rpartition("/")[2].partition("?")[0]
            begin_look(session, Chosen(path.strip(), name, lines.strip()), Settings())
            st.rerun()


def _run() -> None:
    st.markdown("The page Runs lists what was made before: open a run there to see its segments and to classify.")
    page_link("runs", "Go to the runs")


def _shop(session: Session, busy: bool) -> None:
    with st.form("shop_form", border=False):
        st.markdown("A shop with seven planted groups of customers, to try everything without data of your own.")
        left, right = st.columns(2)
        customers = left.number_input("Customers", 100, 1_000_000, 1_000, step=100, key="shop_customers")
        seed = right.number_input("Seed", 0, 10_000, 0, help="Same seed, same shop.", key="shop_seed")
        if st.form_submit_button("Simulate the shop", type="primary", disabled=busy):
            begin_shop(session, int(customers), int(seed))
            st.rerun()


def _open_run(session: Session) -> None:
    report = session.report
    if report is None:
        show_hint(
            "Nothing is open yet",
            "Choose a file above. You will see what its columns are taken for, and can correct it before any segment "
            "is made.",
        )
        return
    st.subheader(f"Open: {plain(session.run_name)}")
    show_blocks(report.document.section("quality").blocks, key="open_run")


def _chosen_source(session: Session, chosen: Chosen, busy: bool) -> None:
    words, button = st.columns([5, 1], vertical_alignment="center")
    beside = " with invoice lines beside it" if chosen.transactions else ""
    words.markdown(f"**{plain(chosen.name)}**{beside}")
    if button.button("Other data", key="other_data", disabled=busy, width="stretch"):
        session.chosen = None
        session.settings = Settings()
        for key in ("_look", "_refusal"):
            st.session_state.pop(key, None)
        st.rerun()


def _study_of(session: Session, look: Look, busy: bool) -> None:
    actions = st.container(horizontal=True)  # in sight at once, though it needs what is edited below
    if look.doubt is not None:
        show_refusal(look.doubt)
    edited = _more_settings(_roles_table(look, session.settings))
    off = busy or edited is None
    make = actions.button("Make segments", type="primary", icon=":material/play_arrow:", disabled=off, key="make")
    again = actions.button("Look again", disabled=off, key="look_again", help="Read the file anew, as set below")
    if edited is not None and (make or again):
        (begin_study if make else begin_look)(session, look.chosen, edited)
        st.rerun()
    if look.document is not None:
        section = look.document.section("quality")
        st.subheader(section.title)
        show_blocks(_without_roles(section.blocks), key="look")


def _roles_table(look: Look, settings: Settings) -> Settings:
    """The main input's columns, to be corrected; those of a second file are told below."""
    roles = look.roles[0]
    st.subheader("What each column is")
    what = "a line of a purchase" if roles.kind == "transactions" else "a customer"
    st.caption(f"Each row of the file is {what}. Change a use where it is wrong; names and contacts are never used.")
    edited = st.data_editor(
        rows_of(roles),
        key=f"roles_{look.chosen.path}_{hash((look.settings.roles, roles.items))}",
        hide_index=True,
        width="stretch",
        height=min(560, 38 + 35 * len(roles.items)),
        disabled=["Column", "Reason"],
        column_config={
            "Column": st.column_config.TextColumn(width="medium"),
            "Use": st.column_config.SelectboxColumn(
                options=list(uses_of(roles).values()), required=True, width="medium"
            ),
            "Codes": st.column_config.CheckboxColumn(
                help="Whole numbers that stand for categories, as 1 = north, 2 = south.", width="small"
            ),
            "Reason": st.column_config.TextColumn(width="large"),
        },
    )
    return replace(settings, roles=settings_of(roles, edited, settings.roles))


def _more_settings(settings: Settings) -> Settings | None:
    """Settings beside the roles; None while one of them is refused."""
    with st.expander("Settings", icon=":material/tune:"):
        try:
            return edit_settings(settings)
        except ClientageError as refusal:
            show_refusal(refusal)
            return None


def _without_roles(blocks: tuple[object, ...]) -> list[object]:
    """The quality report without its list of roles, which stands above as a form."""
    out, skipping = [], False
    for block in blocks:
        heading = getattr(block, "text", "") if type(block).__name__ == "Heading" else None
        if heading is not None:
            skipping = heading == "What each column was used for"
        if not skipping:
            out.append(block)
    return out

"""What has to be settled before the first page, some of it in Streamlit itself (1.67)."""

from contextlib import ExitStack

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import RerunData, ScriptRunner

from dashboard.once import once
from nncore.quick.threads import limited_to


def take_pages_for_no_folder() -> None:
    """Before the server's first visitor: let Streamlit not take `pages/` for its older way.

    Until `st.navigation` has run once in a process, a folder of that name is listed by itself, and
    a link into the app opens a page's script alone, without the wide layout and the navigation.
    """
    PagesManager.uses_pages_directory = False


def through_the_entry() -> None:
    """Start over through `app.py` where Streamlit runs this page's script by itself.

    So it does where the app runs without the server of `streamlit_app.py`, AppTest included, which
    takes every run for a server's first. To be called at the top of every page but Home, which the
    entry script always runs. Only a session's first run starts over: a later one may carry the
    click of a button, which would be lost.
    """
    if getattr(PagesManager, "uses_pages_directory", False) and not len(st.session_state):
        take_pages_for_no_folder()
        st.rerun()


@once
def one_thread_a_product() -> ExitStack:
    """At startup: from now on a matrix product of this process keeps to its own thread.

    The pages compute for one image, and many visitors may do so at once: threads that share such
    a small product wait for each other longer than they compute (`nncore.quick.threads`), on a busy
    machine ten times as long. Nothing trains in this process.
    """
    held = ExitStack()  # never closed, and kept by `once`
    held.enter_context(limited_to(1))
    return held


@once
def pass_over_what_a_left_page_asks() -> None:
    """At startup: from now on a fragment's request is passed over once its page has been left.

    The pad's canvas makes such a request whenever it appears, so that a quick click away from Home
    is enough for it to come second. Streamlit answers it in the name of the page that was left;
    the browser then empties the page that it shows, and at the next look of a live fragment, which
    has lost its place, all that is left of the app is a white page.
    """
    run_script = ScriptRunner._run_script

    def run_unless_left(self: ScriptRunner, rerun_data: RerunData) -> None:
        asking, shown = rerun_data.page_script_hash, self._pages_manager.current_page_script_hash
        if not (rerun_data.fragment_id_queue and asking and shown and asking != shown):
            run_script(self, rerun_data)

    ScriptRunner._run_script = run_unless_left

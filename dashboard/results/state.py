"""Which runs Results shows, in the session and in the URL."""

import streamlit as st

from dashboard.session import RUN_PARAM, run_in_url

OTHER_PARAM = "other"


_RESULTS_RUN = "results-run"


_RESULTS_OTHER = "results-other"


_RESULTS_PICKER = "results-picker"


_RESULTS_OTHER_PICKER = "results-other-picker"


def results_run() -> str | None:
    """The run that Results shows: the URL's, else the last one that was looked at."""
    run_id = run_in_url() or st.session_state.get(_RESULTS_RUN)
    st.session_state[_RESULTS_RUN] = run_id
    return run_id


def set_results_run(run_id: str | None) -> None:
    """Let Results show this run, in the URL too; writes only when it changed."""
    st.session_state[_RESULTS_RUN] = run_id
    if run_id is None:
        st.query_params.pop(RUN_PARAM, None)
    elif st.query_params.get(RUN_PARAM) != run_id:
        st.query_params[RUN_PARAM] = run_id


def results_picker_key(run_id: str | None) -> str:
    """The key of Results' choice of a run, made to show this one."""
    st.session_state[_RESULTS_PICKER] = run_id
    return _RESULTS_PICKER


def take_results_choice() -> None:
    """The user picked another run on Results: the URL follows."""
    set_results_run(st.session_state.get(_RESULTS_PICKER))


def results_other() -> str | None:
    """The run that Results lays over the first, if any: the URL's, else the last one chosen."""
    run_id = st.query_params.get(OTHER_PARAM, "")[:64] or st.session_state.get(_RESULTS_OTHER)
    st.session_state[_RESULTS_OTHER] = run_id
    return run_id


def results_other_key(run_id: str | None) -> str:
    """The key of Results' choice of a second run, made to show this one."""
    st.session_state[_RESULTS_OTHER_PICKER] = run_id
    return _RESULTS_OTHER_PICKER


def take_results_other_choice() -> None:
    """The user picked another second run on Results."""
    set_results_other(st.session_state.get(_RESULTS_OTHER_PICKER))


def set_results_other(run_id: str | None) -> None:
    """Lay this run over the one that Results shows, in the URL too."""
    st.session_state[_RESULTS_OTHER] = run_id
    if run_id is None:
        st.query_params.pop(OTHER_PARAM, None)
    elif st.query_params.get(OTHER_PARAM) != run_id:
        st.query_params[OTHER_PARAM] = run_id

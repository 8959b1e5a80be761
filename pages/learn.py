"""Learn: short chapters, each with one idea, one live figure and one question."""

import streamlit as st

from dashboard import session
from dashboard.learn import chapters, state
from dashboard.startup import through_the_entry

through_the_entry()

session.workspace()
place = state.read([chapter.name for chapter in chapters.CHAPTERS])
chapter = chapters.chapter(place.chapter)

if place.focus:
    st.header(chapter.title)
    chapters.figure(chapter)
    chapters.leave_focus(chapter)
else:
    chapters.contents(chapter)
    chapters.opening(chapter)
    chapters.figure(chapter)
    chapters.question(chapter)
    chapters.ending(chapter)

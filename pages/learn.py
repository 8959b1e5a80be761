"""Learn: nine chapters, each with one idea, one live figure and one question."""

import streamlit as st

from dashboard import lessons, state
from dashboard.cold_start import through_the_entry

through_the_entry()

state.workspace()
place = state.read_lesson_from_url([chapter.name for chapter in lessons.CHAPTERS])
chapter = lessons.chapter(place.chapter)

if place.focus:
    st.header(chapter.title)
    lessons.figure(chapter)
    lessons.leave_focus(chapter)
else:
    lessons.contents(chapter)
    lessons.opening(chapter)
    lessons.figure(chapter)
    lessons.question(chapter)
    lessons.ending(chapter)

"""Learn: short chapters, each with one idea, one live figure and one question."""

import streamlit as st

from dashboard.learn import chapters, state
from dashboard.startup import through_the_entry
from dashboard.ui import errors

through_the_entry()

place = state.read([chapter.name for chapter in chapters.CHAPTERS])
chapter = chapters.chapter(place.chapter)
messages = st.container()
chapters.progress()

if state.is_alone():
    chapters.alone(chapter)
else:
    chapters.contents(chapter)
    chapters.opening(chapter)
    chapters.figure(chapter)
    chapters.question(chapter)
    chapters.ending(chapter)
with messages:
    errors.show_notices()

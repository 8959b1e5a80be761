"""All that knows Streamlit, the run store and the job queue; pages only place it."""

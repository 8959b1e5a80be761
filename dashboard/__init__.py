"""All that knows Streamlit, Plotly, the run store and the job queue; pages only place it."""

"""The run store and the job queue; imports no Streamlit."""

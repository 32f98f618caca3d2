"""What Streamlit runs. It stands alone, because Streamlit would take a folder `pages` beside it for its own."""

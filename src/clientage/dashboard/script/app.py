"""What Streamlit runs anew for every visitor and every change.

Kept this small because the processes that make studies import it once more, as `spawn` does with the main script.
"""

if __name__ == "__main__":
    from clientage.dashboard.shell import draw

    draw()

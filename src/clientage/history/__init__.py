"""Runs side by side: what lies in a folder, and how two runs differ."""

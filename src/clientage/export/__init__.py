"""Other people's programs: receives a run directory, returns files that they open as they are."""

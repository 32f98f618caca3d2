"""The dashboard: every page reads a study or a run and shows it. No statistic, conclusion or chart is made here."""

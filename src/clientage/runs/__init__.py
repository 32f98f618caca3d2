"""The run directory: the only state. Receives a study, keeps it whole or not at all, opens it again."""

"""Runs in MLflow: what is logged, how it is written, and how it is found and scored again."""

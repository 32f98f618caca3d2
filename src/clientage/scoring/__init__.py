"""Applying a run to new customers. Receives a saved model and a source; returns assignments."""

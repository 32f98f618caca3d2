"""A run as one SQL query. Receives a saved model; returns text that scores a table where it lies."""

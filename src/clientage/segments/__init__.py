"""Meaning: what the segments are in a person's words, from clusters and the customers' original values."""

"""Segments as lists of people that advertising platforms and customer databases take."""

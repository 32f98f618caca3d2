"""The study again, quickly, with other knobs, on a fixed sample of its customers.

Receives a `StudyRecord` and `Knobs`; returns a `Trial`: what the full study with these settings would show, on at most
2,048 customers. What costs seconds, the comparison with chance and the bootstraps, comes in a second step.
"""

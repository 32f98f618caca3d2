"""Trust: small coded checks of a segmentation, and the verdict.

Receives the parts of a study; returns `Finding`s and a `Verdict`. A new check is one file with a class,
and one line in `catalogue.CHECKS`.
"""

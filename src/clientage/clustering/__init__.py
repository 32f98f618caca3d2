"""Weighted clustering of encoded customers: coreset, k-means, Ward, mixtures, density.

Receives matrices on the grid (`clientage.grid`); returns models that give any customer a cluster. Sees arrays only:
no files, no frames, no printing. `catalogue` names the algorithms, `sweep` is k-means for every k as a function.
"""

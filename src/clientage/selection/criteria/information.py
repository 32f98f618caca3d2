"""Information criteria of mixture models."""

from __future__ import annotations

from clientage.selection.criteria.criterion import Criterion

LIKELIHOOD = "a mixture: other algorithms have no likelihood"
BIC = Criterion("bic", "BIC (mixtures)", "lower", lambda part: (part.information or {}).get("bic"), LIKELIHOOD)
ICL = Criterion("icl", "ICL (mixtures)", "lower", lambda part: (part.information or {}).get("icl"), LIKELIHOOD)

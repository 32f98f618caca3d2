"""Information criteria of mixture models."""

from __future__ import annotations

from clientage.selection.criteria.criterion import Criterion

BIC = Criterion("bic", "BIC (mixtures)", "lower", lambda part: (part.information or {}).get("bic"))
ICL = Criterion("icl", "ICL (mixtures)", "lower", lambda part: (part.information or {}).get("icl"))

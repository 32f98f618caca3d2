"""Mean silhouette, over customers and over segments."""

from __future__ import annotations

from clientage.selection.criteria.criterion import SEVERAL, Criterion

# Silhouettes of all labelings come from one set of distances (`selection/silhouette.py`), so that
# here only the figure is handed on.
SILHOUETTE = Criterion("silhouette", "Silhouette", "higher", lambda part: part.silhouette, SEVERAL)
SILHOUETTE_MACRO = Criterion(
    "silhouette_macro", "Silhouette, mean of segments", "higher", lambda part: part.silhouette_macro, SEVERAL
)

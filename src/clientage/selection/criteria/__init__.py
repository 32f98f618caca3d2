"""The criteria that judge every algorithm × k, and their catalogue.

Receives a `Partition` (labels and moments); returns one figure each. A new criterion is one file with
a `Criterion`, and one line in `CRITERIA`.
"""

from clientage.selection.criteria.calinski_harabasz import CALINSKI_HARABASZ
from clientage.selection.criteria.criterion import Criterion
from clientage.selection.criteria.davies_bouldin import DAVIES_BOULDIN
from clientage.selection.criteria.explained import EXPLAINED
from clientage.selection.criteria.inertia import INERTIA
from clientage.selection.criteria.information import BIC, ICL
from clientage.selection.criteria.mean_silhouette import SILHOUETTE, SILHOUETTE_MACRO
from clientage.selection.criteria.number import GAP, PREDICTION_STRENGTH
from clientage.selection.criteria.partition import Partition, partition_of

CRITERIA: dict[str, Criterion] = {
    c.key: c
    for c in (
        INERTIA,
        EXPLAINED,
        SILHOUETTE,
        SILHOUETTE_MACRO,
        CALINSKI_HARABASZ,
        DAVIES_BOULDIN,
        GAP,
        PREDICTION_STRENGTH,
        BIC,
        ICL,
    )
}

__all__ = ["CRITERIA", "Criterion", "Partition", "partition_of"]

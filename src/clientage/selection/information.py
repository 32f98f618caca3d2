"""Information criteria of a mixture model."""

from __future__ import annotations

import numpy as np

from clientage.clustering.models import ClusterModel, MixtureModel


def mixture_information(model: ClusterModel, n: int) -> dict[str, float] | None:
    """Return BIC and ICL of a Gaussian mixture; None for other models.

    BIC = −2 ln L + ν ln n, with ν free parameters; ICL adds twice the entropy of the posteriors, and so
    prefers segments that do not overlap.

    Parameters
    ----------
    model : ClusterModel
        Any model.
    n : int
        Customers it was fitted to.

    References
    ----------
    Schwarz, G. (1978). Estimating the dimension of a model. doi:10.1214/aos/1176344136
    Biernacki, C., Celeux, G., Govaert, G. (2000). Assessing a mixture model for clustering with the
    integrated completed likelihood. doi:10.1109/34.865189

    Examples
    --------
    >>> one = np.ones((1, 1, 1))
    >>> mixture_information(MixtureModel(np.ones(1), np.zeros((1, 1)), one, np.array([-10.0, 0.5, 2.0])), 1)
    {'bic': 20.0, 'icl': 21.0}
    """
    if not isinstance(model, MixtureModel):
        return None
    bic = -2.0 * model.log_likelihood + float(model.figures[2]) * float(np.log(n))
    return {"bic": bic, "icl": bic + 2.0 * model.entropy}

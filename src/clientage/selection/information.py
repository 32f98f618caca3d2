"""Likelihood of a mixture model, and the information criteria made of it."""

from __future__ import annotations

import numpy as np

from clientage.clustering.models import ClusterModel
from clientage.selection.sample import Sample


def mixture_information(model: ClusterModel, sample: Sample) -> dict[str, float] | None:
    """Return BIC and ICL of a Gaussian mixture on the judged customers; None for other models.

    BIC = −2 ln L + ν ln n with full covariances, ν = (k−1) + kp + kp(p+1)/2; ICL adds twice the
    entropy of the posteriors, and so prefers segments that do not overlap.

    Parameters
    ----------
    model : ClusterModel
        A model whose arrays hold ``weights`` (k,), ``means`` (k, p) and ``covariances`` (k, p, p).
    sample : Sample
        Customers; sums are scaled to the whole table.

    References
    ----------
    Biernacki, C., Celeux, G., Govaert, G. (2000). Assessing a mixture model for clustering with the
    integrated completed likelihood. doi:10.1109/34.865189
    """
    arrays = model.arrays()
    if not {"weights", "means", "covariances"} <= set(arrays):
        return None
    joint = _log_joint(sample.points, arrays["weights"], arrays["means"], arrays["covariances"])
    top = joint.max(axis=1, keepdims=True)
    evidence = top[:, 0] + np.log(np.exp(joint - top).sum(axis=1))
    posterior = np.exp(joint - evidence[:, None])
    entropy = -(posterior * np.log(np.where(posterior > 0, posterior, 1.0))).sum(axis=1)
    scale = sample.n / sample.total
    k, p = arrays["means"].shape
    free = (k - 1) + k * p + k * p * (p + 1) / 2
    bic = -2.0 * scale * float(sample.weights @ evidence) + free * float(np.log(sample.n))
    return {"bic": bic, "icl": bic + 2.0 * scale * float(sample.weights @ entropy)}


def _log_joint(x: np.ndarray, weights: np.ndarray, means: np.ndarray, covariances: np.ndarray) -> np.ndarray:
    """Log of weight times density, (m, k)."""
    out = np.empty((len(x), len(weights)))
    for j, (weight, mean, covariance) in enumerate(zip(weights, means, covariances, strict=True)):
        root = np.linalg.cholesky(covariance)
        z = np.linalg.solve(root, (x - mean).T)
        volume = np.log(np.diag(root)).sum()
        out[:, j] = np.log(max(weight, 1e-300)) - volume - 0.5 * (z * z).sum(axis=0)
    return np.asarray(out - 0.5 * x.shape[1] * np.log(2.0 * np.pi))

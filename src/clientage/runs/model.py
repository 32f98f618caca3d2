"""The model a run keeps: everything that scoring needs, as JSON and arrays, never as code.

Receives a study; writes `model/model.json` and `model/arrays.npz`; reads them back verified.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clientage.checks.drift import Reference, feature_histograms, histogram
from clientage.clustering.models import ClusterModel, model_from_arrays
from clientage.config import Settings, settings_from
from clientage.data.columns import Role, Roles
from clientage.data.table import Column
from clientage.errors import ModelError
from clientage.features.encoding import Recipe
from clientage.runs.manifest import verified_bytes
from clientage.study import StudyRecord

JSON_NAME = "model/model.json"
ARRAYS_NAME = "model/arrays.npz"


@dataclass(frozen=True, slots=True)
class SavedModel:
    """What scoring needs and nothing else.

    Parameters
    ----------
    recipe : Recipe
        How original columns become the encoded matrix.
    clusters : ClusterModel
        Assigns encoded rows to clusters.
    order : ndarray of shape (k,)
        Segment j + 1 is cluster ``order[j]``.
    names : tuple of str
        Segment names, segment 1 first.
    roles : tuple of Roles
        Columns of the inputs the model was made from, the main input first.
    settings : Settings
        Of the study; reading and transaction policies apply to new data as well.
    algorithm : str
        Name in the catalogue.
    as_of : str or None
        ISO date that recency was measured from, where there were purchases.
    reference : Reference or None
        How the training customers were distributed; None in runs of before it was kept.
    """

    recipe: Recipe
    clusters: ClusterModel
    order: np.ndarray
    names: tuple[str, ...]
    roles: tuple[Roles, ...]
    settings: Settings
    algorithm: str
    as_of: str | None = None
    reference: Reference | None = None


def model_of(record: StudyRecord) -> SavedModel:
    """Return the model of a finished study."""
    return SavedModel(
        recipe=record.matrix.recipe,
        clusters=record.selection.chosen.model,
        order=np.asarray(record.segmentation.order, dtype=np.int64),
        names=tuple(s.name for s in record.profiles.segments),
        roles=record.prepared.roles,
        settings=record.settings,
        algorithm=record.selection.chosen.algorithm,
        as_of=record.customers.as_of,
        reference=_reference_of(record),
    )


def _reference_of(record: StudyRecord) -> Reference:
    """Return how the customers of the study are distributed, for judging later ones."""
    features = record.ahead.get(feature_histograms) or feature_histograms(record.customers, record.matrix)
    sizes = np.bincount(record.segmentation.labels + 1, minlength=record.segmentation.k + 1)
    distance = histogram(Column("distance", "number", np.asarray(record.segmentation.distance)))
    return Reference(features, tuple(sizes.tolist()), distance)


def model_files(model: SavedModel) -> dict[str, bytes]:
    """Return the files of a model, path to content."""
    tree = {
        "algorithm": model.algorithm,
        "as_of": model.as_of,
        "kind": model.clusters.kind,
        "names": list(model.names),
        "recipe": model.recipe.to_dict(),
        "roles": [roles.as_dict() for roles in model.roles],
        "settings": model.settings.as_dict(),
        **({} if model.reference is None else {"reference": model.reference.as_dict()}),
    }
    buffer = io.BytesIO()
    arrays: dict[str, Any] = {"order": model.order, **model.clusters.arrays()}
    np.savez(buffer, **arrays)
    return {
        JSON_NAME: json.dumps(tree, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False).encode(),
        ARRAYS_NAME: buffer.getvalue(),
    }


def read_model(folder: Path, manifest: Mapping[str, Any]) -> SavedModel:
    """Read the model of a run directory.

    Parameters
    ----------
    folder : Path
        The run directory.
    manifest : mapping
        As `clientage.runs.manifest.read_manifest` returns it.

    Raises
    ------
    ModelError
        When a file differs from what was written.
    """
    tree = json.loads(verified_bytes(folder, manifest, JSON_NAME))
    with np.load(io.BytesIO(verified_bytes(folder, manifest, ARRAYS_NAME)), allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    order = arrays.pop("order")
    try:
        return SavedModel(
            recipe=Recipe.from_dict(tree["recipe"]),
            clusters=model_from_arrays(tree["kind"], arrays),
            order=order,
            names=tuple(tree["names"]),
            roles=tuple(_roles_from_dict(r) for r in tree["roles"]),
            settings=settings_from(tree["settings"]),
            algorithm=tree["algorithm"],
            as_of=tree["as_of"],
            reference=Reference.from_dict(tree["reference"]) if "reference" in tree else None,
        )
    except (KeyError, TypeError) as problem:
        raise ModelError(
            "a model written by this version of clientage", f"'{folder}' lacks {problem}", "Run the study again."
        ) from None


def _roles_from_dict(tree: Mapping[str, Any]) -> Roles:
    return Roles(kind=tree["kind"], items=tuple(Role(**item) for item in tree["columns"]))

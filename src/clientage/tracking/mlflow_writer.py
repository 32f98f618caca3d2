"""Writing records to MLflow: the one file that knows in which calls they go there.

Receives records and where they go; returns what MLflow called them. Runs in a process of its own (`job.py`), so that
a server that stops answering takes nothing else with it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from clientage.extras import require
from clientage.runs.run import Run
from clientage.tracking.pyfunc import CODE, PURPOSE, RUN, input_columns
from clientage.tracking.records import Artifact, DataSource, Metric, ModelFiles, Parameter, Record, Tag
from clientage.tracking.shared import write_shared

PARAMETERS_AT_ONCE, METRICS_AT_ONCE = 100, 1_000  # MLflow's limits of one request
MODEL = "model"
DIGEST = 32  # characters of a fingerprint that MLflow has room for
T = TypeVar("T")
Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a run is logged.

    Parameters
    ----------
    uri : str
        Of the tracking server or database.
    experiment : str
        Made when there is none of this name.
    artifacts : str or None
        Where a new experiment keeps files; None: where the server says.
    register : str or None
        Name of a registered model; None: not registered.
    alias : str
        That the new version gets.
    """

    uri: str
    experiment: str
    artifacts: str | None = None
    register: str | None = None
    alias: str = "newest"


@dataclass(frozen=True, slots=True)
class Written:
    """What MLflow called the run and its model."""

    run_id: str
    experiment_id: str
    model_uri: str | None
    version: str | None


def client_of(uri: str) -> Any:
    """Return MLflow's client for a tracking server or database, which holds the registry as well."""
    mlflow = require("mlflow", PURPOSE)
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    return mlflow.MlflowClient(uri, uri)


def write_records(run: Run, records: Iterable[Record], to: Destination, on_step: Step) -> Written:
    """Log a run.

    Parameters
    ----------
    run : Run
        That the records speak of.
    records : iterable of Record
        As `records_of` yields them.
    to : Destination
        Server, experiment, registered name.
    on_step : callable
        Told after every answer of the server, so that the one who waits knows that it is alive.
    """
    client = client_of(to.uri)
    experiment = _experiment(client, to)
    on_step("experiment")
    run_id = client.create_run(experiment, run_name=run.run_id).info.run_id
    on_step("run")
    try:
        kept = list(records)  # only now: figures are drawn for a server that is there
        on_step("records")
        _log_figures(client, run_id, kept, on_step)
        _log_files(client, run_id, _only(kept, Artifact), on_step)
        on_step("files")
        model_uri, model_version = None, None
        for model in _only(kept, ModelFiles):
            model_uri = _log_model(run_id, model, on_step)
        client.set_terminated(run_id)
        on_step("finished")
        if to.register and model_uri:
            model_version = _register(client, run_id, model_uri, to)
            on_step("registered")
    except Exception as failure:
        if "timed out" not in str(failure):  # a server that refused may still take this; one that hangs is let be
            _mark_failed(client, run_id)
        raise
    return Written(run_id, experiment, model_uri, model_version)


def _mark_failed(client: Any, run_id: str) -> None:
    """Mark a run as failed; when even that fails, the first failure is the one to tell of."""
    for _ in range(2):  # a refused upload can take the connection with it
        with suppress(Exception):
            client.set_terminated(run_id, status="FAILED")
            return


def _experiment(client: Any, to: Destination) -> str:
    found = client.get_experiment_by_name(to.experiment)
    if found is None:
        return str(client.create_experiment(to.experiment, artifact_location=to.artifacts))
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)


def _log_figures(client: Any, run_id: str, records: Sequence[Record], on_step: Step) -> None:
    entities = require("mlflow.entities", PURPOSE)
    client.log_batch(run_id, tags=[entities.RunTag(t.key, t.value) for t in _only(records, Tag)])
    on_step("tags")
    for part in _parts(_only(records, Parameter), PARAMETERS_AT_ONCE):
        client.log_batch(run_id, params=[entities.Param(p.key, p.value) for p in part])
        on_step("parameters")
    for figures in _parts(_only(records, Metric), METRICS_AT_ONCE):
        client.log_batch(run_id, metrics=[entities.Metric(m.key, m.value, 0, m.step) for m in figures])
        on_step("metrics")
    sources = [
        entities.DatasetInput(entities.Dataset(s.name, s.sha256[:DIGEST], "local", "{}"), [])
        for s in _only(records, DataSource)
    ]
    client.log_inputs(run_id, sources)
    on_step("inputs")


def _log_files(client: Any, run_id: str, files: Sequence[Artifact], on_step: Step) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            place = Path(folder) / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.content)
            parent = str(Path(file.path).parent)
            client.log_artifact(run_id, str(place), None if parent == "." else parent)
            on_step(file.path)


def _log_model(run_id: str, model: ModelFiles, on_step: Step) -> str | None:
    """Log the model as code and a run directory; None where one frame is not enough to be scored."""
    mlflow = require("mlflow", PURPOSE)
    with tempfile.TemporaryDirectory() as folder:
        home = write_shared(model.files, model.facts, Path(folder) / RUN)
        signature = _signature(home)
        if signature is None:
            return None
        code = Path(folder) / "segment_model.py"
        code.write_text(CODE, encoding="utf-8")
        with mlflow.start_run(run_id=run_id):
            logged = mlflow.pyfunc.log_model(
                name=MODEL,
                python_model=str(code),
                artifacts={RUN: str(home.path)},
                signature=signature,
                pip_requirements=[f"{name}=={version(name)}" for name in ("clientage", "mlflow-skinny", "pandas")],
            )
    on_step("model")
    return str(logged.model_uri)


def _signature(run: Run) -> Any:
    """Return the columns a frame must bring, by name; clientage itself finds out what is in them.

    MLflow's own types would refuse a whole number where a fraction stood in training, and the reverse.
    """
    columns = input_columns(run.model())
    if columns is None:
        return None
    schema = require("mlflow.types.schema", PURPOSE)
    models = require("mlflow.models", PURPOSE)
    return models.ModelSignature(inputs=schema.Schema([schema.ColSpec(schema.AnyType(), name) for name in columns]))


def _register(client: Any, run_id: str, model_uri: str, to: Destination) -> str:
    exceptions = require("mlflow.exceptions", PURPOSE)
    try:
        client.create_registered_model(to.register)
    except exceptions.MlflowException as problem:
        if problem.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    mlflow = require("mlflow", PURPOSE)
    made = mlflow.register_model(model_uri, to.register, await_registration_for=0)
    client.set_registered_model_alias(to.register, to.alias, made.version)
    client.set_tag(run_id, "clientage.registered", f"models:/{to.register}/{made.version}")
    return str(made.version)


def _only(records: Sequence[Record], kind: type[T]) -> list[T]:
    return [record for record in records if isinstance(record, kind)]


def _parts(records: list[T], size: int) -> Iterator[list[T]]:
    return (records[i : i + size] for i in range(0, len(records), size))

"""The one definition of scoring: from new data to segments, through the same steps the study took."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from clientage.config import Settings
from clientage.data.columns import RoleName, Roles
from clientage.data.quality import Note, QualityReport
from clientage.data.reading import read
from clientage.data.table import PART, Column, Kind, Table
from clientage.errors import ColumnError, counted
from clientage.features.categories import as_categories
from clientage.features.customers import Customers, customer_of_rows, find_rows, rejected_rows
from clientage.features.encoding import CategoryStep
from clientage.features.identity import named_ids
from clientage.features.transactions import build_from_transactions, build_joined
from clientage.runs.assignments import Assignments
from clientage.runs.model import SavedModel
from clientage.scoring.conform import conform, refuse_unfit
from clientage.scoring.parts import ScoredParts
from clientage.scoring.reading import read_needed

# roles of transactions without which no behaviour can be computed
LINE_ROLES: tuple[RoleName, ...] = ("customer", "date", "order", "quantity", "price", "amount", "product", "discount")


class Scorer:
    """Scores new customers with a saved model.

    Parameters
    ----------
    model : SavedModel
        As `Run.model()` returns it.
    """

    def __init__(self, model: SavedModel) -> None:
        self.model = model
        given = model.settings
        # columns that only describe segments need not come with new customers
        roles = replace(given.roles, profile=(), outcome=(), ignore=(), value=None)
        policy = replace(given.transactions, as_of_least=model.as_of)
        self._settings = replace(given, roles=roles, transactions=policy)

    def score(self, source: Any, *, transactions: Any = None, as_of: str | None = None) -> Assignments:
        """Return the segment of every customer in `source`.

        Parameters
        ----------
        source : path, database URL or frame
            With the columns the model was made from, in any order; others are ignored.
        transactions : path, database URL or frame, optional
            Needed when the model was made from a table and transactions together.
        as_of : str, optional
            ISO date that recency and tenure are measured from. Default: the study's own where it was given one,
            else the later of the study's and the day after the last line.

        Raises
        ------
        ColumnError
            When a column is missing or of another kind.
        InputError
            When the source cannot be read.
        """
        return self.stream(source, transactions=transactions, as_of=as_of).together()

    def stream(
        self, source: Any, *, transactions: Any = None, as_of: str | None = None, rows: int = PART
    ) -> ScoredParts:
        """Return the segments of the customers in `source` part by part, in its order.

        Parameters
        ----------
        source, transactions, as_of
            As for `score`.
        rows : int
            Of a part. The segments do not depend on it. All lines of a customer are needed to know what he does:
            customers made of transactions come as one part.

        Raises
        ------
        ColumnError, InputError
            As `score`, before the first part.
        """
        settings = self._settings if as_of is None else _as_of(self._settings, as_of)
        main = self.model.roles[0]
        if len(self.model.roles) == 1 and main.kind == "customers":
            return self._stream_table(source, main, settings, rows)
        customers = self._build(source, transactions, settings)
        return _at_once(self.model, customers)

    def _build(self, source: Any, transactions: Any, settings: Settings) -> Customers:
        """Make customers of transactions, or of a table and transactions."""
        table, roles = self._conforming(source, self.model.roles[0])
        if len(self.model.roles) == 1:
            return build_from_transactions(table, roles, settings)
        if transactions is None:
            raise ColumnError(
                "transactions beside the customer table, as when the model was made",
                "only the customer table",
                "Give the invoice lines with --transactions.",
            )
        lines, line_roles = self._conforming(transactions, self.model.roles[1])
        return build_joined(table, roles, lines, line_roles, settings)

    def _stream_table(self, source: Any, roles: Roles, settings: Settings, rows: int) -> ScoredParts:
        """Score a table of customers; what is decided from all rows is decided before the first part."""
        kinds = self._kinds_of_features(roles)
        id_name = roles.only("id")
        alike = settings.features.duplicate_rows == "drop"
        table = read_needed(source, settings.read, list(kinds), id_name, every=alike)
        refuse_unfit(table, kinds)
        ids = None if id_name is None else table.find(id_name)
        kept = find_rows(table, ids, [table.column(n) for n in kinds], settings, alike=alike)
        if ids is not None:
            ids = named_ids(ids, table, kept)
        leads = kept.customer_row == np.arange(table.n_rows, dtype=kept.customer_row.dtype)

        def parts() -> Iterator[Customers]:
            start = 0
            for part in table.parts(rows):
                stop = start + part.n_rows
                fitting, fitting_roles = conform(part, roles, kinds)
                features = [_as_used(fitting.column(n), fitting_roles) for n in kinds]
                yield _customers(features, None if ids is None else ids.part(start, stop), leads[start:stop])
                start = stop

        return ScoredParts(
            self.model,
            parts(),
            lambda: customer_of_rows(table, kept.customer_row, kept.kept),
            (*table.notes, *kept.notes),
        )

    def score_features(self, features: Sequence[Column], ids: Column | None = None) -> Assignments:
        """Return the segment of customers given by their features alone, as a service or a stream has them.

        Parameters
        ----------
        features : sequence of Column
            The model's features, n rows each, of the kinds the model knows.
        ids : Column, optional
            Who they are. Default: numbered.

        Returns
        -------
        Assignments
            Of the rows that can be scored; `row_customer` is -1 for those without any value, and for those with
            a gap where the study rejected such rows.
        """
        empty, incomplete = rejected_rows(features, self._settings)
        reject = empty if incomplete is None else incomplete
        place = np.where(reject, np.int64(-1), np.cumsum(~reject) - 1)
        customers = _customers(features, ids, ~reject)
        return ScoredParts(
            self.model, iter([customers]), lambda: place, _notes_of_rejected(empty, incomplete)
        ).together()

    def _conforming(self, source: Any, roles: Roles) -> tuple[Table, Roles]:
        """Read a source whole and make it fit the columns of the input with these roles."""
        table = read(source, self._settings.read, least_rows=0)
        lines = roles.kind == "transactions"
        return conform(table, roles, _kinds_of_lines(table, roles) if lines else self._kinds_of_features(roles))

    def _kinds_of_features(self, roles: Roles) -> dict[str, Kind]:
        """Kind of each source column the recipe needs; derived features are not columns of the source."""
        columns = set(roles.names("feature"))
        steps = [step for step in self.model.recipe.features if step.name in columns]
        return {step.name: "text" if isinstance(step, CategoryStep) else "number" for step in steps}


def _as_of(settings: Settings, as_of: str) -> Settings:
    return replace(settings, transactions=replace(settings.transactions, as_of=as_of))


def _kinds_of_lines(table: Table, roles: Roles) -> dict[str, Kind]:
    """Columns that lines must have: those of the study, of whatever kind they are read as."""
    needed = [name for role in LINE_ROLES for name in roles.names(role)]
    kinds: dict[str, Kind] = {}
    for name in needed:
        column = table.find(name)
        kinds[name] = "text" if column is None else column.kind
    return kinds


def _notes_of_rejected(empty: np.ndarray, incomplete: np.ndarray | None) -> tuple[Note, ...]:
    """Say the same as a table whose rows are rejected."""
    n_empty = int(np.count_nonzero(empty))
    n_gaps = 0 if incomplete is None else int(np.count_nonzero(incomplete)) - n_empty
    pairs = (("rows-without-features", n_empty, "no"), ("rows-with-missing-features", n_gaps, "missing"))
    return tuple(
        Note(code, "repair", f"{counted(n, 'row was', 'rows were')} rejected: {what} feature value.", None, n)
        for code, n, what in pairs
        if n
    )


def _at_once(model: SavedModel, customers: Customers) -> ScoredParts:
    return ScoredParts(model, iter([customers]), lambda: customers.row_customer, customers.quality.notes)


def _as_used(column: Column, roles: Roles) -> Column:
    return as_categories(column) if roles.of(column.name).categorical else column


def _customers(features: Sequence[Column], ids: Column | None, kept: np.ndarray) -> Customers:
    """Return the customers of the rows that are kept, with nothing but their features."""
    n = int(np.count_nonzero(kept))
    whole = n == len(kept)
    return Customers(
        n=n,
        ids=ids if ids is None or whole else ids.take(kept),
        features=tuple(features) if whole else tuple(c.take(kept) for c in features),
        profile=(),
        outcome=(),
        value=None,
        origin="customers",
        row_customer=np.arange(n),
        units={},
        titles={},
        quality=QualityReport({}),
    )

"""The one definition of scoring: from new data to segments, through the same steps the study took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from clientage.config import Settings
from clientage.data.columns import RoleName, Roles
from clientage.data.quality import Note, QualityReport
from clientage.data.reading import read
from clientage.data.table import Column, Kind, Table
from clientage.errors import ColumnError, counted
from clientage.features.customers import Customers, build_customers, rejected_rows
from clientage.features.encoding import CategoryStep, Encoded
from clientage.features.transactions import build_from_transactions, build_joined
from clientage.runs.assignments import Assignments, assignments_of
from clientage.runs.model import SavedModel
from clientage.scoring.conform import conform
from clientage.segments.segmentation import in_order

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
        settings = self._settings if as_of is None else _as_of(self._settings, as_of)
        table, roles = self._conforming(source, self.model.roles[0])
        if len(self.model.roles) == 1:
            build = build_from_transactions if roles.kind == "transactions" else build_customers
            return self.score_customers(build(table, roles, settings))
        if transactions is None:
            raise ColumnError(
                "transactions beside the customer table, as when the model was made",
                "only the customer table",
                "Give the invoice lines with --transactions.",
            )
        lines, line_roles = self._conforming(transactions, self.model.roles[1])
        return self.score_customers(build_joined(table, roles, lines, line_roles, settings))

    def score_customers(self, customers: Customers) -> Assignments:
        """Return the segment of customers that are built already.

        Parameters
        ----------
        customers : Customers
            With the model's features.
        """
        encoded = self.model.recipe.apply(customers.features)
        assignment = self.model.clusters.assign(encoded.values)
        segmentation = in_order(assignment, self.model.order)
        notes = (*customers.quality.notes, *_notes_of(encoded))
        return assignments_of(customers, segmentation, self.model.names, notes)

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
        place = np.cumsum(~reject) - 1
        kept = np.flatnonzero(~reject)
        whole = len(kept) == len(reject)
        customers = Customers(
            n=len(kept),
            ids=ids if ids is None or whole else ids.take(kept),
            features=tuple(features) if whole else tuple(c.take(kept) for c in features),
            profile=(),
            outcome=(),
            value=None,
            origin="customers",
            row_customer=np.where(reject, np.int64(-1), place),
            units={},
            titles={},
            quality=QualityReport({}, {}, _notes_of_rejected(empty, incomplete)),
        )
        return self.score_customers(customers)

    def _conforming(self, source: Any, roles: Roles) -> tuple[Table, Roles]:
        """Read a source and make it fit the columns of the input with these roles."""
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
    n_empty = int(np.count_nonzero(empty))
    n_gaps = 0 if incomplete is None else int(np.count_nonzero(incomplete)) - n_empty
    pairs = (
        ("no-feature-value", n_empty, "no feature value"),
        ("missing-feature-value", n_gaps, "missing feature value"),
    )
    return tuple(
        Note(code, "warning", f"{counted(count, 'customer was', 'customers were')} not scored: {reason}.", None, count)
        for code, count, reason in pairs
        if count
    )


def _notes_of(encoded: Encoded) -> list[Note]:
    """Return what encoding noticed about new data, as notes."""
    notes = [
        Note(
            "new-category",
            "warning",
            f"{counted(count, 'cell')} of '{name}' with a category that training never saw.",
            name,
        )
        for name, count in encoded.unseen.items()
        if count
    ]
    notes += [
        Note("filled-missing", "repair", f"{counted(count, 'missing value')} in '{name}': filled as in training.", name)
        for name, count in encoded.filled.items()
        if count
    ]
    notes += [
        Note("out-of-range", "warning", f"{share:.1%} of '{name}' lies outside the range seen in training.", name)
        for name, share in encoded.out_of_range.items()
        if share > 0
    ]
    return notes

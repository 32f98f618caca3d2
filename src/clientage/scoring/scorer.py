"""The one definition of scoring: from new data to segments, through the same steps the study took."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from clientage.data.columns import RoleName, Roles
from clientage.data.quality import Note
from clientage.data.reading import read
from clientage.data.table import Kind, Table
from clientage.errors import ColumnError
from clientage.features.customers import Customers, build_customers, join_transactions
from clientage.features.encoding import CategoryStep, Encoded
from clientage.features.transactions import build_from_transactions
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
        # what a customer is worth describes segments; new customers may come without it
        self._settings = replace(model.settings, roles=replace(model.settings.roles, value=None))

    def score(self, source: Any, *, transactions: Any = None) -> Assignments:
        """Return the segment of every customer in `source`.

        Parameters
        ----------
        source : path, database URL or frame
            With the columns the model was made from, in any order; others are ignored.
        transactions : path, database URL or frame, optional
            Needed when the model was made from a table and transactions together.

        Raises
        ------
        ColumnError
            When a column is missing or of another kind.
        InputError
            When the source cannot be read.
        """
        reading = self._settings.read
        table = read(source, reading)
        customers = self._customers(table, self.model.roles[0])
        if len(self.model.roles) == 2:
            if transactions is None:
                raise ColumnError(
                    "transactions beside the customer table, as when the model was made",
                    "only the customer table",
                    "Give the invoice lines with --transactions.",
                )
            behaviour = self._customers(read(transactions, reading), self.model.roles[1])
            customers = join_transactions(customers, behaviour)
        return self.score_customers(customers)

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

    def _customers(self, table: Table, roles: Roles) -> Customers:
        if roles.kind == "transactions":
            kinds = _kinds_of_lines(table, roles)
            table, roles = conform(table, roles, kinds)
            return build_from_transactions(table, roles, self._settings)
        table, roles = conform(table, roles, self._kinds_of_features(roles))
        return build_customers(table, roles, self._settings)

    def _kinds_of_features(self, roles: Roles) -> dict[str, Kind]:
        """Kind of each source column the recipe needs; derived features are not columns of the source."""
        columns = set(roles.names("feature"))
        steps = [step for step in self.model.recipe.features if step.name in columns]
        return {step.name: "text" if isinstance(step, CategoryStep) else "number" for step in steps}


def _kinds_of_lines(table: Table, roles: Roles) -> dict[str, Kind]:
    """Columns that lines must have: those of the study, of whatever kind they are read as."""
    needed = [name for role in LINE_ROLES for name in roles.names(role)]
    kinds: dict[str, Kind] = {}
    for name in needed:
        kinds[name] = table.column(name).kind if table.has(name) else "text"
    return kinds


def _notes_of(encoded: Encoded) -> list[Note]:
    """Return what encoding noticed about new data, as notes."""
    notes = [
        Note("new-category", "warning", f"{count:,} cells of '{name}' hold a category that training never saw.", name)
        for name, count in encoded.unseen.items()
        if count
    ]
    notes += [
        Note("out-of-range", "warning", f"{share:.1%} of '{name}' lies outside the range seen in training.", name)
        for name, share in encoded.out_of_range.items()
        if share > 0
    ]
    return notes

"""The customers a trial works on: all of them, or a fixed sample, in original units.

Receives a `StudyRecord`; returns `Sampled`, small enough to be sent to another process and to be studied again in a
fraction of a second, however many customers the study has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from clientage.config import Settings
from clientage.data.table import PART, Column
from clientage.features.customers import Customers
from clientage.selection.sample import row_hashes
from clientage.study import Prepared, StudyRecord

MOST_CUSTOMERS = 2_048  # the points of a coreset: up to here the study itself works on every customer


@dataclass(frozen=True, slots=True)
class Sampled:
    """Customers of a study, all or a sample in which everybody had the same chance to be.

    Parameters
    ----------
    prepared : Prepared
        Inputs and roles of the study, and m of its customers with all their columns.
    settings : Settings
        Of the study.
    labels : ndarray of shape (m,)
        int32, the study's segment of each, 0 … k−1; −1 for none.
    algorithm : str
        Of the study's segments.
    k : int
        Their number.
    of : int
        Customers of the study.
    """

    prepared: Prepared
    settings: Settings
    labels: np.ndarray
    algorithm: str
    k: int
    of: int

    @property
    def customers(self) -> Customers:
        """The customers, in the study's order."""
        return self.prepared.customers

    @property
    def everybody(self) -> bool:
        """Whether these are all customers of the study, so that trial and study agree exactly."""
        return self.customers.n == self.of


def sample_study(record: StudyRecord, size: int = MOST_CUSTOMERS) -> Sampled:
    """Return at most `size` customers of a study, the same ones whatever the order of its rows.

    Parameters
    ----------
    record : StudyRecord
        A finished study of n customers.
    size : int, default 2048
        A study of no more customers is returned whole.

    Returns
    -------
    Sampled
        Rows spread evenly through the order of their hashes: customers who are alike in every column are represented
        in proportion, and which rows are taken depends on their content alone.
    """
    customers = record.customers
    rows = np.arange(customers.n)
    if customers.n > size:
        columns = sorted((*customers.features, *customers.profile, *customers.outcome), key=lambda c: c.name)
        order = np.argsort(_content_hashes(columns, customers.n), kind="stable")
        rows = np.sort(order[((np.arange(size) + 0.5) * (customers.n / size)).astype(np.int64)])
    return Sampled(
        prepared=replace(record.prepared, customers=customers_at(customers, rows)),
        settings=record.settings,
        labels=record.segmentation.labels[rows],
        algorithm=record.selection.chosen.algorithm,
        k=record.selection.chosen.k,
        of=customers.n,
    )


def customers_at(customers: Customers, rows: np.ndarray) -> Customers:
    """Return only some of the customers, with all their columns.

    Parameters
    ----------
    customers : Customers
        Any n customers.
    rows : int ndarray of shape (m,)
        Their positions, rising.
    """
    features, profile, outcome = (
        tuple(c.take(rows) for c in part) for part in (customers.features, customers.profile, customers.outcome)
    )
    return replace(
        customers,
        n=len(rows),
        ids=None,  # nothing here asks who somebody is
        features=features,
        profile=profile,
        outcome=outcome,
        row_customer=np.arange(len(rows)),
    )


def _content_hashes(columns: Sequence[Column], n: int) -> np.ndarray:
    """One uint64 for each customer that depends on its values and not on its place."""
    keys = np.empty(n, dtype=np.uint64)
    names = {c.name: _category_numbers(c) for c in columns if c.kind == "text"}
    for low in range(0, n, PART):
        part = [_numbers(c.part(low, low + PART), names.get(c.name)) for c in columns]
        keys[low : low + PART] = row_hashes(np.column_stack(part))
    return keys


def _numbers(column: Column, names: np.ndarray | None) -> np.ndarray:
    """The values as float64; one number for whatever is missing, and the categories' own numbers."""
    if names is not None:
        texts: np.ndarray = names[column.values]
        return texts
    values = column.values.astype(np.int64).astype(np.float64) if column.kind == "date" else column.values
    return np.where(column.missing, -1.0, values)


def _category_numbers(column: Column) -> np.ndarray:
    """A number for each category that depends on its text alone, and −1 for a missing one as the last."""
    digests = (hashlib.blake2b(c.encode(), digest_size=6).digest() for c in column.categories)
    return np.array([*(float(int.from_bytes(d, "big")) for d in digests), -1.0])

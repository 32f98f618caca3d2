"""The shop's customer table is an oracle for what transactions become: two routes, the same figures."""

from __future__ import annotations

import numpy as np
import pytest

from clientage.config import Settings
from clientage.data.columns import assign_roles
from clientage.data.reading import read
from clientage.data.samples import write_shop
from clientage.features.customers import Customers, build_customers
from clientage.features.transactions import build_from_transactions

Pair = tuple[Customers, Customers]


@pytest.fixture(scope="module", params=["csv", "parquet"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Customers from the table, and from the lines with their returns, guests, copies, gifts and postage."""
    settings = Settings()
    shop = write_shop(tmp_path_factory.mktemp("shop"), 1_500, seed=11, format=request.param)
    table, lines = read(shop.customers, settings.read), read(shop.transactions, settings.read)
    return (
        build_customers(table, assign_roles(table, settings.roles, settings.features), settings),
        build_from_transactions(lines, assign_roles(lines, settings.roles, settings.features), settings),
    )


@pytest.mark.parametrize(("counted", "in_table"), [("monetary", "total_spend"), ("recency", "days_since_last_order")])
def test_lines_give_the_figures_of_the_table(pair: Pair, counted: str, in_table: str) -> None:
    customers, behaviour = pair
    assert customers.ids is not None
    assert behaviour.ids is not None
    place = {who: row for row, who in enumerate(behaviour.ids.as_text())}
    rows = [place[who] for who in customers.ids.as_text()]
    expected = next(c for c in customers.features if c.name == in_table).values
    found = next(c for c in behaviour.features if c.name == counted).values[rows]
    assert np.allclose(found, expected, rtol=0, atol=0.005)


def test_every_customer_appears_once_on_both_routes(pair: Pair) -> None:
    assert [customers.n for customers in pair] == [1_500, 1_500]
    assert all(c.ids is not None and len(set(c.ids.as_text())) == 1_500 for c in pair)

"""The simulated shop: repeatable, nested, one story in two files, with the dirt it promises."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from clientage.data import samples
from clientage.data.planted import BLOCK, PLANTED
from clientage.data.samples import Shop, write_shop
from clientage.errors import SettingsError

TEXT = {"customer_id": pa.string(), "order_id": pa.string(), "product_id": pa.string()}


def table(path: Path | None) -> pa.Table:
    assert path is not None
    if path.suffix == ".parquet":
        return pq.read_table(path)
    return csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=TEXT, strings_can_be_null=True))


def digests(shop: Shop) -> list[str]:
    return [hashlib.sha256(p.read_bytes()).hexdigest() for p in (shop.customers, shop.transactions, shop.truth) if p]


def distinct(people: pa.Table) -> pa.Table:
    ids = people["customer_id"].to_pylist()
    first = {i: row for row, i in reversed(list(enumerate(ids)))}
    return people.take(sorted(first.values()))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return write_shop(tmp_path_factory.mktemp("shop"), 6_000, seed=3)


@pytest.fixture(scope="module")
def people(shop: Shop) -> pa.Table:
    return table(shop.customers)


@pytest.fixture(scope="module")
def lines(shop: Shop) -> pa.Table:
    return table(shop.transactions)


def test_same_seed_same_bytes_and_another_seed_another_shop(tmp_path: Path) -> None:
    first, again = write_shop(tmp_path / "a", 700, seed=5), write_shop(tmp_path / "b", 700, seed=5)
    other = write_shop(tmp_path / "c", 700, seed=6)
    assert digests(first) == digests(again)
    assert not set(digests(first)) & set(digests(other))


def test_bytes_do_not_depend_on_how_many_blocks_are_written_together(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples, "BLOCKS_PER_WRITE", 1)
    assert digests(write_shop(tmp_path, 6_000, seed=3)) == digests(shop)


def test_larger_shop_begins_with_the_smaller(people: pa.Table, lines: pa.Table, tmp_path: Path) -> None:
    small = write_shop(tmp_path, 900, seed=3)
    some = distinct(people).slice(0, 900).sort_by("customer_id")
    assert distinct(table(small.customers)).sort_by("customer_id").equals(some)
    known = set(some["customer_id"].to_pylist())
    theirs = sorted(o for o, c in zip(*_pairs(lines), strict=True) if c in known)
    assert sorted(o for o, c in zip(*_pairs(table(small.transactions)), strict=True) if c) == theirs


def _pairs(lines: pa.Table) -> tuple[list[str], list[str]]:
    return lines["order_id"].to_pylist(), lines["customer_id"].to_pylist()


def test_parquet_holds_the_same_customers_as_csv(shop: Shop, people: pa.Table, tmp_path: Path) -> None:
    parquet = write_shop(tmp_path, 6_000, seed=3, format="parquet")
    assert table(parquet.customers).to_pylist() == people.to_pylist()
    assert parquet.truth.read_bytes() == shop.truth.read_bytes()


def test_without_transactions_the_customers_are_the_same(shop: Shop, tmp_path: Path) -> None:
    alone = write_shop(tmp_path, 6_000, seed=3, transactions=False)
    assert alone.transactions is None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["customers.csv", "truth.csv"]
    assert alone.customers.read_bytes() == shop.customers.read_bytes()


def test_planted_segments_have_their_shares(shop: Shop) -> None:
    truth = table(shop.truth)
    assert len(truth) == len(set(truth["customer_id"].to_pylist())) == 6_000
    planted = truth["segment"].to_pylist()
    assert set(planted) == {p.name for p in PLANTED}
    assert sum(p.share for p in PLANTED) == pytest.approx(1)
    for p in PLANTED:
        assert planted.count(p.name) / 6_000 == pytest.approx(p.share, abs=0.015)


def test_planted_segments_behave_as_their_names_say(shop: Shop, people: pa.Table) -> None:
    segment = dict(zip(*(table(shop.truth)[c].to_pylist() for c in ("customer_id", "segment")), strict=True))
    of = np.array([segment[i] for i in people["customer_id"].to_pylist()])

    def median(column: str, name: str) -> float:
        return float(np.median(people[column].to_numpy()[of == name]))

    names = [p.name for p in PLANTED]
    assert max(names, key=lambda n: median("total_spend", n)) == "high-value"
    assert max(names, key=lambda n: median("orders_last_year", n)) == "loyal"
    assert min(names, key=lambda n: median("average_basket", n)) == "budget"
    assert max(names, key=lambda n: median("discount_share", n)) == "discount hunters"
    assert max(names, key=lambda n: median("days_since_last_order", n)) == "lapsing"
    assert min(names, key=lambda n: median("total_spend", n)) == "new"


def test_customer_table_is_counted_from_the_lines(people: pa.Table, lines: pa.Table) -> None:
    """Net spend, orders of the last year and recency of every customer follow from the clean lines."""
    people = distinct(people).sort_by("customer_id")
    real = [row for row in _once(lines.to_pylist()) if row["customer_id"]]
    index = {i: row for row, i in enumerate(people["customer_id"].to_pylist())}
    spend, last, recent = np.zeros(len(people)), np.full(len(people), 10_000), [set() for _ in range(len(people))]
    today = samples.TODAY.astype("M8[D]")
    for row in real:
        who = index[row["customer_id"]]
        spend[who] += round(100 * row["amount"])
        if row["quantity"] > 0 and row["unit_price"] > 0:
            days = int((today - np.datetime64(row["order_date"], "D")).astype(int))
            last[who] = min(last[who], days)
            if days <= 365:
                recent[who].add(row["order_id"])
    assert np.array_equal(spend, np.rint(100 * people["total_spend"].to_numpy()))
    assert np.array_equal(last, people["days_since_last_order"].to_numpy())
    assert np.array_equal([len(r) for r in recent], people["orders_last_year"].to_numpy())


def _once(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return list({tuple(r.values()): r for r in rows}.values())


def test_customer_table_has_the_promised_dirt(people: pa.Table) -> None:
    for column, share in (("age", 0.02), ("annual_income", 0.05), ("store_visits", 0.03)):
        assert people[column].null_count / len(people) == pytest.approx(share, abs=0.01)
    assert (len(people) - 6_000) / 6_000 == pytest.approx(0.01, abs=0.005)
    assert len(_once(people.to_pylist())) == 6_000, "a repeated customer is an exact copy"
    cities = people["city"].to_pylist()
    odd = [c for c in cities if c not in samples.CITIES]
    assert len(odd) / len(cities) == pytest.approx(0.03, abs=0.01)
    assert {c.strip().casefold() for c in cities} == {c.casefold() for c in samples.CITIES}
    assert people["annual_income"].to_pylist().count(999_999) > 0
    assert all(i.isdigit() and len(i) == 8 for i in people["customer_id"].to_pylist())


def test_transactions_have_the_promised_dirt(lines: pa.Table) -> None:
    rows = lines.to_pylist()
    n = len(rows)
    sent_back = [r for r in rows if r["quantity"] < 0]
    assert sent_back
    assert all(r["order_id"].startswith("C") for r in sent_back)
    assert not any(r["order_id"].startswith("C") for r in rows if r["quantity"] > 0)
    assert (n - len(_once(rows))) / n == pytest.approx(0.005, abs=0.002)
    assert lines["customer_id"].null_count / n == pytest.approx(0.015, abs=0.004)
    assert sum(r["unit_price"] == 0 for r in rows) / n == pytest.approx(0.003, abs=0.001)
    assert any(r["product_id"] == "POST" for r in rows)
    assert any(r["quantity"] >= 40 for r in rows)
    orders: dict[str, set[str]] = {}
    for r in rows:
        if r["customer_id"] and r["quantity"] > 0:
            orders.setdefault(r["customer_id"], set()).add(r["order_id"])
    assert len(orders) == 6_000
    assert sum(len(o) == 1 for o in orders.values()) > 100, "one-time buyers"
    guests = {r["order_id"] for r in rows if not r["customer_id"] and r["quantity"] > 0}
    assert not guests & set().union(*orders.values()), "a guest's order is nobody else's"


def test_shop_of_one_customer_and_of_one_more_than_a_block(tmp_path: Path) -> None:
    assert len(distinct(table(write_shop(tmp_path, 1).customers))) == 1
    assert len(distinct(table(write_shop(tmp_path, BLOCK + 1).customers))) == BLOCK + 1


@pytest.mark.parametrize(("customers", "seed", "kind"), [(0, 0, "csv"), (5, -1, "csv"), (5, 0, "xlsx")])
def test_impossible_shops_are_refused_and_nothing_is_written(
    tmp_path: Path, customers: int, seed: int, kind: str
) -> None:
    with pytest.raises(SettingsError):
        write_shop(tmp_path / "shop", customers, seed, format=kind)  # type: ignore[arg-type]
    assert not (tmp_path / "shop").exists()

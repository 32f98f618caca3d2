"""Every file of the real data is read as the catalogue says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clientage.config import ReadSettings
from clientage.data.dates import as_dates
from clientage.data.reading import read
from clientage.errors import InputError

SHAPES = {
    "customer_segmentation_data.csv": (1000, 9, 0),
    "segmentation_data.csv": (250, 4, 0),
    "jewellery.csv": (505, 4, 0),
    "Mall_Customers.csv": (200, 5, 0),
    "Wholesale customers data.csv": (440, 8, 0),
    "marketing_campaign.csv": (2240, 29, 24),
    "CC GENERAL.csv": (8950, 18, 314),
    "CDNOW_master.txt": (69_659, 4, 0),
    "vacmot.csv": (1000, 20, 0),
    "vacmot6.csv": (1000, 1, 0),
    "dirty/Mall_Customers_plus_Location.csv": (200, 6, 0),
    "dirty/Wholesale_customers_500rows_tampered.csv": (500, 8, 27),
    "dirty/jewellery_semicolon_decimalcomma_cp1252.csv": (505, 4, 0),
    "dirty/marketing_campaign_semicolon_bom_isodate.csv": (2240, 29, 24),
    "dirty/marketing_campaign_semicolon_ddmmyyyy_slash.csv": (2240, 29, 24),
    "dirty/wholesale_utf8bom.csv": (440, 8, 0),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shape_and_missing(shared_data: Path, name: str) -> None:
    table = read(shared_data / name)
    assert (table.n_rows, len(table.columns), sum(c.n_missing for c in table)) == SHAPES[name]
    assert table.account.rows_read == table.n_rows + 1
    assert table.row_numbers is None


def test_three_ways_of_writing_one_campaign(shared_data: Path) -> None:
    tables = [
        read(shared_data / name)
        for name in (
            "marketing_campaign.csv",
            "dirty/marketing_campaign_semicolon_bom_isodate.csv",
            "dirty/marketing_campaign_semicolon_ddmmyyyy_slash.csv",
        )
    ]
    for columns in zip(*tables, strict=True):
        assert len({c.kind for c in columns}) == 1
        for other in columns[1:]:
            np.testing.assert_array_equal(columns[0].values, other.values)
            assert columns[0].categories == other.categories
    assert tables[0].column("Dt_Customer").kind == "date"
    assert tables[0].column("Income").n_missing == 24


def test_decimal_commas_are_the_same_jewellery(shared_data: Path) -> None:
    plain = read(shared_data / "jewellery.csv")
    commas = read(shared_data / "dirty/jewellery_semicolon_decimalcomma_cp1252.csv")
    for a, b in zip(plain, commas, strict=True):
        np.testing.assert_array_equal(a.values, b.values)


def test_byte_order_mark_and_tampered_wholesale(shared_data: Path) -> None:
    plain, marked = (
        read(shared_data / "Wholesale customers data.csv"),
        read(shared_data / "dirty/wholesale_utf8bom.csv"),
    )
    assert plain.names == marked.names
    for a, b in zip(plain, marked, strict=True):
        np.testing.assert_array_equal(a.values, b.values)
    tampered = read(shared_data / "dirty/Wholesale_customers_500rows_tampered.csv")
    assert all(c.kind == "number" for c in tampered)
    assert min(float(np.nanmin(c.values)) for c in tampered) < 0


def test_online_retail(shared_data: Path) -> None:
    table = read(shared_data / "online_retail.csv.gz")
    assert table.n_rows == 541_909
    customer, quantity, price = (table.column(n) for n in ("CustomerID", "Quantity", "UnitPrice"))
    assert (customer.n_missing, customer.n_distinct, customer.is_integer) == (135_080, 4_372, True)
    assert int((quantity.values < 0).sum()) == 10_624
    assert quantity.values.max() == 80_995
    assert int((price.values <= 0).sum()) == 2_517
    invoice = table.column("InvoiceNo")
    cancelled = np.array([c.startswith("C") for c in invoice.categories])
    assert int(cancelled[invoice.values].sum()) == 9_288
    assert "85123A" in table.column("StockCode").categories
    dates = table.column("InvoiceDate")
    assert dates.kind == "date"
    assert dates.values.min() == np.datetime64("2010-12-01T08:26")
    assert str(dates.values.max())[:7] == "2011-12"


def test_the_same_invoices_in_latin_1_with_us_dates(shared_data: Path) -> None:
    dirty = read(shared_data / "dirty/OnlineRetail_latin1_usdate_20k.csv")
    clean = read(shared_data / "online_retail.csv.gz", columns=["InvoiceNo", "InvoiceDate", "CustomerID"])
    assert dirty.source.dialect["encoding"] == "cp1252"
    assert any("£" in c for c in dirty.column("Description").categories)
    dates = dirty.column("InvoiceDate").values
    assert np.isin(dates.astype("datetime64[m]"), clean.column("InvoiceDate").values.astype("datetime64[m]")).all()


def test_cdnow(shared_data: Path) -> None:
    master = read(shared_data / "CDNOW_master.txt")
    assert master.names == ("customer_id", "date", "number_of_cds", "dollar_value")
    assert master.column("customer_id").n_distinct == 23_570
    assert master.column("customer_id").categories[0] == "00001"
    assert master.source.dialect["delimiter"] == "whitespace"
    dates, notes = as_dates(master.column("date"), "CDNOW_master.txt")
    assert (str(dates.values.min())[:10], str(dates.values.max())[:10]) == ("1997-01-01", "1998-06-30")
    assert [n.code for n in notes] == ["yyyymmdd"]
    with pytest.raises(InputError, match=r"read\.header=false"):
        read(shared_data / "CDNOW_sample.txt")
    sample = read(shared_data / "CDNOW_sample.txt", ReadSettings(header=False))
    assert (sample.n_rows, len(sample.columns)) == (6_919, 5)
    assert sample.column("column_2").n_distinct == 2_357


def test_vacation_descriptors(shared_data: Path) -> None:
    table = read(shared_data / "vacmotdesc.csv")
    assert (table.n_rows, len(table.columns)) == (1000, 12)
    missing = {c.name: c.n_missing for c in table if c.n_missing}
    assert missing == {
        "Education": 8, "Income": 66, "Income2": 66, "Occupation": 59, "Relationship.Status": 4,
        "Vacation.Behaviour": 25,
    }  # fmt: skip
    # ranges such as "$30,001 to $60,000" are categories and no amounts
    assert table.column("Income").kind == "text"

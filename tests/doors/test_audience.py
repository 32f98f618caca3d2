"""`clientage export --format audience`, as a person would ask for it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from clientage.data.samples import write_shop


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import clientage as package

    home = tmp_path_factory.mktemp("audience")
    customers = write_shop(home / "shop", 400).customers
    package.segment(customers, k=3, algorithm="kmeans", cluster={"bootstraps": 5}).save(home / "runs")
    with customers.open(newline="", encoding="utf-8") as source, (home / "contacts.csv").open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["customer_id", "email", "phone", "email_opt_in"])
        for i, row in enumerate(csv.DictReader(source)):
            writer.writerow([row["customer_id"], row["email"], f"0170 {1_000_000 + i}", "yes" if i % 4 else "no"])
    return home


def test_lists_are_written_and_what_was_left_out_is_said(clientage: Callable, home: Path, tmp_path: Path) -> None:
    given = ("--contacts", home / "contacts.csv", "--country", "DE", "--least", "20", "--platform", "google,crm")
    result = clientage("export", home / "runs", "--format", "audience", *given, "-o", tmp_path / "lists")
    assert result.code == 0, result.err
    paths = [Path(line) for line in result.out.split("\n") if line]
    assert {p.name.partition("-")[0] for p in paths} == {"google", "crm", "control.csv", "audience.json"}
    assert all(p.exists() for p in paths)
    account = json.loads((tmp_path / "lists" / "audience.json").read_text())
    refused = account["customers"]["no explicit yes to being addressed"]
    assert f"{refused:,} no explicit yes" in result.err
    assert "example" not in result.out + result.err, "no address is shown"


def test_ids_alone_need_no_file(clientage: Callable, home: Path, tmp_path: Path) -> None:
    result = clientage("export", home / "runs", "--format", "audience", "--platform", "crm", "-o", tmp_path, "-q")
    assert (result.code, result.out, result.err) == (0, "", "")
    assert len(list(tmp_path.glob("crm-*.csv"))) == 3


def test_a_file_without_consent_is_refused_with_the_way_out(clientage: Callable, home: Path, tmp_path: Path) -> None:
    result = clientage(
        "export", home / "runs", "--format", "audience", "--contacts", home / "shop" / "customers.csv", "-o", tmp_path
    )
    assert result.code == 2
    assert "--consent assumed" in result.err
    assert not list(tmp_path.iterdir())
    other = clientage("export", home / "runs", "--format", "bi", "--country", "DE", "-o", tmp_path)
    assert other.code == 2
    assert "'audience'" in other.err

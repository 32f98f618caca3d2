"""`clientage export`: a run for other programs.

Each format says in `export/catalogue.py` which options it takes; here each has its flag, and all are handed on.
"""

from __future__ import annotations

from typing import Annotated

import typer

from clientage.cli.options import Quiet

FORM = (
    "bi: tables for Power BI, Tableau or a warehouse. audience: lists for advertising platforms. "
    "sql: one query that scores a table where it lies. onnx: one file that scores raw columns."
)
SQL = "Of the format sql"
Dialect = Annotated[
    str | None, typer.Option(help="duckdb, postgres, sqlite, bigquery, snowflake or spark.", rich_help_panel=SQL)
]
Table = Annotated[str | None, typer.Option(help="The table to score: customers, shop.customers.", rich_help_panel=SQL)]
AUDIENCE = "Of the format audience"
Contacts = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="The file with e-mails or phone numbers, by customer id.", rich_help_panel=AUDIENCE
    ),
]
Platform = Annotated[
    str | None, typer.Option(help="google, meta, tiktok, crm; several with commas.", rich_help_panel=AUDIENCE)
]
Id = Annotated[str | None, typer.Option("--id", help="Its column of customer ids.", rich_help_panel=AUDIENCE)]
Email = Annotated[str | None, typer.Option(help="Its column of e-mail addresses.", rich_help_panel=AUDIENCE)]
Phone = Annotated[str | None, typer.Option(help="Its column of telephone numbers.", rich_help_panel=AUDIENCE)]
Consent = Annotated[
    str | None, typer.Option(help="Its column of who agreed; assumed: all did.", rich_help_panel=AUDIENCE)
]
Country = Annotated[
    str | None, typer.Option(help="Where phone numbers without calling code belong: DE.", rich_help_panel=AUDIENCE)
]
Least = Annotated[
    int | None, typer.Option(help="No list of fewer customers. Default: the platform's.", rich_help_panel=AUDIENCE)
]
Control = Annotated[float | None, typer.Option(help="Share kept aside. Default 0.1.", rich_help_panel=AUDIENCE)]
Seed = Annotated[int | None, typer.Option(help="Of the control group. Default 0.", rich_help_panel=AUDIENCE)]


def export(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's folder.")],
    out: Annotated[str, typer.Option("-o", "--output", metavar="PATH", help="The folder or file to write.")],
    form: Annotated[str, typer.Option("--format", help=FORM)] = "bi",
    dialect: Dialect = None,
    table: Table = None,
    contacts: Contacts = None,
    platform: Platform = None,
    id_column: Id = None,
    email: Email = None,
    phone: Phone = None,
    consent: Consent = None,
    country: Country = None,
    least: Least = None,
    control: Control = None,
    seed: Seed = None,
    quiet: Quiet = False,
) -> None:
    """Write RUN in the form another program opens."""
    from clientage.export.catalogue import FORMATS, export_run
    from clientage.runs.run import open_run

    options: dict[str, object] = {
        "dialect": dialect,
        "table": table,
        "contacts": contacts,
        "platform": platform,
        "id": id_column,
    }
    options |= {"email": email, "phone": phone, "consent": consent, "country": country}
    options |= {"least": least, "control": control, "seed": seed}
    written = export_run(open_run(run), form, out, **options)
    if not quiet:
        for path in written:
            typer.echo(path)
        if (tell := FORMATS[form].tell) is not None:
            typer.echo(tell(written), err=True)

"""The page at /docs: the OpenAPI document for people, without a script and without a request to anywhere.

Receives the document; returns HTML.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1b2330; }
h1 { margin-bottom: 0; } h2 { margin: 2.5rem 0 .25rem; font-size: 1.15rem; }
h2 code { background: #e8eef7; padding: .15em .4em; border-radius: 4px; }
pre { background: #f5f6f8; padding: .75rem 1rem; border-radius: 6px; font-size: 14px;
  white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #dde1e7; }
"""


def page_of(document: dict[str, Any], address: str) -> str:
    """Return the page.

    Parameters
    ----------
    document : dict
        OpenAPI, as the application makes it. Names in it are a customer's: all is escaped.
    address : str
        Under which the service was asked for the page, for the commands on it.
    """
    operations = [(path, method, o) for path, methods in document["paths"].items() for method, o in methods.items()]
    parts = [_operation(document, address + path, f"{method.upper()} {path}", o) for path, method, o in operations]
    parts.append(_refusals([o for _, _, o in operations]))
    info = document["info"]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(info["title"])}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        f"<h1>{escape(info['title'])}</h1><p>{escape(info['description'])} clientage {escape(info['version'])}. "
        'The same for programs: <a href="openapi.json">openapi.json</a>.</p>' + "".join(parts) + "</body></html>"
    )


def _operation(document: dict[str, Any], url: str, title: str, operation: dict[str, Any]) -> str:
    parts = [f"<h2><code>{escape(title)}</code></h2><p>{escape(operation['description'])}</p>"]
    if "requestBody" not in operation:
        return parts[0]
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    schema = document["components"]["schemas"][reference.rpartition("/")[2]]
    if schema.get("examples"):
        body = json.dumps(schema["examples"][0], ensure_ascii=False)
        parts.append(f"<pre>{escape(_curl(url, body, token='security' in operation))}</pre>")
    if reference.endswith("/Customer"):
        parts.append(_table(schema.get("properties", {}), schema["required"]))
    return "".join(parts)


def _refusals(operations: list[dict[str, Any]]) -> str:
    known = {status: a["description"] for o in operations for status, a in o["responses"].items() if status != "200"}
    rows = "".join(f"<tr><td>{status}</td><td>{escape(text)}</td></tr>" for status, text in sorted(known.items()))
    form = "{status, expected, found, fix, fields: [{row, field, expected, found}]}"
    return f"<h2>Refusals</h2><p>All have one form: <code>{form}</code></p><table>{rows}</table>"


def _table(properties: dict[str, Any], required: list[str]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{'yes' if name in required else 'no'}</td>"
        f"<td>{escape(schema.get('description', ''))}</td></tr>"
        for name, schema in properties.items()
    )
    return f"<table><tr><th>key</th><th>must be there</th><th></th></tr>{rows}</table>"


def _curl(url: str, body: str, *, token: bool) -> str:
    quoted = body.replace("'", "'\\''")
    lines = ["curl -H 'Content-Type: application/json'", f"-d '{quoted}'", url]
    if token:
        lines.insert(1, '-H "Authorization: Bearer $CLIENTAGE_TOKEN"')
    return " \\\n  ".join(lines)

"""Shares and means over simulated tables, as text and as a Markdown table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Row = dict[str, Any]
RIVALS = {"silhouette": "best silhouette (> .25)", "gap": "gap statistic", "hdbscan": "HDBSCAN"}


def figures(rows: Sequence[Row]) -> dict[str, float]:
    """Return shares and means of one sort of tables; what does not exist there is left out."""
    out: dict[str, float] = {"tables": len(rows)}
    out["natural"] = float(np.mean([r["verdict"] == "natural" for r in rows]))
    out["reproducible"] = float(np.mean([r["verdict"] == "reproducible" for r in rows]))
    planted = rows[0]["rand"] is not None
    if planted:
        out["k_exact"] = float(np.mean([r["k"] == r["planted"] for r in rows]))
        out["rand"] = float(np.mean([r["rand"] for r in rows]))
        out["ceiling"] = float(np.mean([r["ceiling"] for r in rows]))
    for name in RIVALS:
        if all(f"{name}_claims" in r for r in rows):
            out[f"{name}_claims"] = float(np.mean([r[f"{name}_claims"] for r in rows]))
            if planted:
                out[f"{name}_k_exact"] = float(np.mean([r[f"{name}_k"] == r["planted"] for r in rows]))
                out[f"{name}_rand"] = float(np.mean([r[f"{name}_rand"] for r in rows]))
    return out


def text(groups: Mapping[str, Sequence[Row]]) -> str:
    """Return one line for each sort of tables."""
    lines = []
    for sort in sorted(groups):
        told = "  ".join(
            f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in figures(groups[sort]).items()
        )
        lines.append(f"{sort:36s} {told}")
    return "\n".join(lines)


def markdown(groups: Mapping[str, Sequence[Row]]) -> str:
    """Return two tables: what is claimed where there are no groups, and what is found where there are."""
    plain = {sort: figures(rows) for sort, rows in sorted(groups.items()) if sort.startswith("no groups")}
    planted = {sort: figures(rows) for sort, rows in sorted(groups.items()) if not sort.startswith("no groups")}
    rivals = [name for name in RIVALS if any(f"{name}_claims" in f for f in plain.values())]
    head = ["tables without groups", "n", "clientage: natural", *(RIVALS[r] for r in rivals)]
    body = [
        [sort.removeprefix("no groups: "), f"{f['tables']}", _share(f["natural"])]
        + [_share(f[f"{r}_claims"]) if f"{r}_claims" in f else "" for r in rivals]
        for sort, f in plain.items()
    ]
    blocks = [_table(head, body)]
    head = ["tables with groups", "n", "natural", "k exact", "adjusted Rand", "ceiling"]
    head += [f"{RIVALS[r]}: claims / k exact / Rand" for r in rivals]
    body = [
        [sort, f"{f['tables']}", _share(f["natural"]), _share(f["k_exact"]), f"{f['rand']:.2f}", f"{f['ceiling']:.2f}"]
        + [_found(f, r) for r in rivals]
        for sort, f in planted.items()
    ]
    return "\n\n".join([*blocks, _table(head, body)]) + "\n"


def _found(f: dict[str, float], rival: str) -> str:
    """What a rival says of tables with groups; empty where it did not see them all."""
    if f"{rival}_claims" not in f:
        return ""
    return f"{_share(f[f'{rival}_claims'])} / {_share(f[f'{rival}_k_exact'])} / {f[f'{rival}_rand']:.2f}"


def _share(value: float) -> str:
    return f"{value:.1%}"


def _table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)

"""The picture of cost against the number of customers, from the figures of `engine.py` and `job.py`."""

from __future__ import annotations

import io
import math
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any

import vl_convert
from PIL import Image

# Okabe & Ito's colours, which colour-blind people tell apart; ours is the dark one.
COLOURS = {
    "ours": "#0072B2",
    "clientage run": "#0072B2",
    "KMeans n_init=10": "#D55E00",
    "usual script": "#D55E00",
    "KMeans n_init=1": "#E69F00",
    "MiniBatchKMeans": "#009E73",
    "faiss": "#CC79A7",
    "faiss, all rows": "#56B4E9",
    "mere read": "#666666",
}


def draw(engine: list[dict[str, Any]], jobs: list[dict[str, Any]], target: Path) -> None:
    """Write a PNG: the sweep alone on the left, the whole job on the right; both axes logarithmic."""
    sweeps, runs = _sweeps(engine), _jobs(jobs)
    took = [v["seconds"] for v in (*sweeps, *runs)]
    panels = [
        _panel(sweeps, "The k-means sweep, k = 2…10, in memory", "processor seconds", took),
        _panel(runs, "The whole job, from the file to the report", "seconds", took),
    ]
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "hconcat": panels,
        "resolve": {"scale": {"color": "independent"}},
        "config": {"view": {"stroke": None}, "axis": {"gridColor": "#e5e5e5"}, "font": "sans-serif"},
    }
    target.write_bytes(light(vl_convert.vegalite_to_png(spec, scale=2)))


def light(picture: bytes) -> bytes:
    """Return a PNG in far fewer bytes: on white, in 256 colours."""
    image = Image.open(io.BytesIO(picture)).convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    out = io.BytesIO()
    flat.quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _sweeps(engine: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the median over the shapes that every size was measured on, for each contestant and size."""
    sizes = {found["rows"] for found in engine}
    common = set.intersection(*({f["shape"] for f in engine if f["rows"] == n} for n in sizes))
    costs: dict[tuple[str, int], list[float]] = defaultdict(list)
    for found in [f for f in engine if f["shape"] in common]:
        costs[found["contestant"], found["rows"]].append(found["cpu"])
    return [{"who": w, "rows": n, "seconds": statistics.median(costs[w, n])} for w, n in costs]


def _jobs(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = {"ours": "clientage run", "script": "usual script", "read": "mere read"}
    return [{"who": n, "rows": j["rows"], "seconds": j[key]} for j in jobs for key, n in names.items() if j[key]]


def _panel(values: list[dict[str, Any]], title: str, unit: str, took: list[float]) -> dict[str, Any]:
    who = [name for name in COLOURS if any(v["who"] == name for v in values)]
    colour = {"domain": who, "range": [COLOURS[w] for w in who]}
    return {
        "title": {"text": title, "anchor": "start", "fontSize": 13},
        "width": 360,
        "height": 300,
        "data": {"values": values},
        "mark": {"type": "line", "point": True, "strokeWidth": 2},
        "encoding": {
            "x": _log_axis("rows", [v["rows"] for v in values], "customers", ",d"),
            "y": _log_axis("seconds", took, unit, "~g"),
            "color": {"field": "who", "scale": colour, "title": None, "legend": {"orient": "bottom", "columns": 3}},
        },
    }


def _log_axis(field: str, values: list[float], title: str, form: str) -> dict[str, Any]:
    """An axis from one power of ten to another, with a line at each of them and no other."""
    powers = range(math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))) + 1)
    ticks = [10.0**p for p in powers]
    scale = {"type": "log", "domain": [ticks[0], ticks[-1]], "nice": False}
    axis = {"values": ticks, "format": form}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": axis, "title": title}

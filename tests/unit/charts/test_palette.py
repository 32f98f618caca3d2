"""Colours that colour-blind eyes can tell apart."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import clientage.report
from clientage.charts.palette import NO_SEGMENT, SEGMENT_COLOURS, ink_on, segment_colour

# Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB
EYES = {
    "normal": np.eye(3),
    "protanope": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranope": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanope": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    cones = [[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]]
    mixed = [[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]]
    return np.cbrt(np.clip(rgb, 0, 1) @ np.transpose(cones)) @ np.transpose(mixed)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize(("segments", "apart"), [(4, 0.18), (6, 0.11), (12, 0.07)])
def test_segments_are_told_apart_by(eye: str, segments: int, apart: float) -> None:
    rgb = np.array([linear(c) for c in SEGMENT_COLOURS[:segments]])
    seen = oklab(rgb @ np.transpose(EYES[eye]))
    distance = np.linalg.norm(seen[:, None] - seen[None], axis=2)
    assert distance[np.triu_indices(segments, 1)].min() > apart


def contrast(one: str, other: str) -> float:
    light = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


@pytest.mark.parametrize("colour", [*SEGMENT_COLOURS, NO_SEGMENT])
def test_the_number_on_a_chip_is_readable(colour: str) -> None:
    assert contrast(colour, ink_on(colour)) > 4.5


def test_colours_beyond_the_twelfth_are_grey() -> None:
    assert {segment_colour(13), segment_colour(0)} == {NO_SEGMENT}


def test_on_a_dark_screen_every_colour_stands_out() -> None:
    style = (Path(clientage.report.__file__).parent / "page.css").read_text(encoding="utf-8")
    lighter = dict(re.findall(r'\[fill="(#\w{6})"\] \{ fill: (#\w{6})', style))
    assert set(lighter) <= set(SEGMENT_COLOURS)
    for colour in SEGMENT_COLOURS:
        assert contrast(lighter.get(colour, colour), "#14171a") > 3

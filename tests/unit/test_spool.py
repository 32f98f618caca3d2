"""Arrays on disk: the values written, nothing left behind, and a refusal when there is no room."""

from __future__ import annotations

import gc
import pickle
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from clientage.errors import DataError
from clientage.spool import Spool, Stored, chunks, gathered, let_go, opened, spool_for


def _open_files(folder: Path) -> int:
    """How many files of a folder this process holds open; what others open meanwhile is no matter."""
    held = 0
    for link in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            held += str(link.readlink()).startswith(f"{folder}/")
    return held


def test_what_is_kept_comes_back_bit_for_bit() -> None:
    spool = Spool(room=0)
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=n) for n in (1, 5, 100_000, 0)]
    arrays += [np.arange(7, dtype=np.int32), np.array(["2024-01-01", "NaT"], "datetime64[us]")]
    arrays[0][0] = np.nan
    kept = [spool.keep(a) for a in arrays]
    for array, held in zip(arrays, kept, strict=True):
        assert isinstance(held, Stored)
        assert len(held) == len(array)
        assert opened(held).dtype == array.dtype
        assert opened(held).tobytes() == array.tobytes()


def test_a_matrix_is_stored_column_by_column() -> None:
    x = np.asfortranarray(np.random.default_rng(0).normal(size=(70_000, 3)))
    held = Spool(room=0).keep_columns(iter(x.T), x.shape)
    np.testing.assert_array_equal(held.open(), x)
    assert held.open().flags.f_contiguous
    np.testing.assert_array_equal(np.vstack([part for _, part in chunks(held.open(), 999)]), x)
    rows = np.array([5, 69_999, 5, 0])
    np.testing.assert_array_equal(gathered(held.open(), rows), x[rows])


def test_arrays_stay_in_memory_while_there_is_room() -> None:
    spool = Spool(room=1_000)
    small, large = np.zeros(100), np.zeros(1_000)
    assert spool.keep(small) is small
    assert isinstance(spool.keep(large), Stored)
    assert isinstance(spool.keep(np.zeros(1)), Stored)  # once there is no room there never is again
    assert spool.next().room == 0
    assert Spool().keep(large) is large


def test_pages_that_were_let_go_are_read_again() -> None:
    held = Spool(room=0).keep(np.arange(1_000_000.0))
    values = opened(held)
    before = values.sum()
    let_go(values)
    let_go(np.arange(3))  # nothing to do
    assert values.sum() == before


def test_what_is_sent_to_another_process_is_the_values() -> None:
    x = np.asfortranarray(np.arange(12.0).reshape(4, 3))
    held = Spool(room=0).keep_columns(iter(x.T), x.shape)
    sent = pickle.loads(pickle.dumps(held))
    assert isinstance(sent, np.ndarray)
    np.testing.assert_array_equal(sent, x)


def test_nothing_is_left_when_the_arrays_are_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool = Spool(room=0)
    held = spool.keep(np.arange(1_000.0))
    assert list(tmp_path.iterdir()) == []  # the file has no name, so nothing is left after a crash either
    assert _open_files(tmp_path) == 1
    del spool, held
    gc.collect()
    assert _open_files(tmp_path) == 0


def test_a_full_disk_is_refused_in_three_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    # /dev/full says to every write what a full disk says
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: open("/dev/full", "r+b", buffering=0))  # noqa: SIM115
    with pytest.raises(DataError, match=r"room on disk .* No space left on device.* TMPDIR"):
        Spool(room=0).keep(np.zeros(10))


def test_the_room_is_a_part_of_the_budget() -> None:
    assert spool_for("1GB").room == 250_000_000
    assert (spool_for(None).room or 0) > 0


def test_threads_keep_arrays_side_by_side() -> None:
    spool = Spool(room=0)
    arrays = [np.full(20_000, float(i)) for i in range(64)]
    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(spool.keep, arrays))
    assert [opened(held).tobytes() for held in kept] == [array.tobytes() for array in arrays]

"""Quotes and line ends as blocks pass by: the same wherever a block ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clientage.data.quotes import QuoteWatch
from clientage.data.reading import read
from clientage.data.stream import TextStream
from clientage.errors import InputError

Write = Callable[..., Path]
TEXT = b'id,note\n1,"He said ""yes"""\n2,5" pipe\n3,"Bonn" am Rhein\r\n4,"a\nb"\n5,"",x"\n6,"open'


@pytest.mark.parametrize("cut", range(len(TEXT) + 1))
def test_stray_quotes_wherever_blocks_end(cut: int) -> None:
    watch = QuoteWatch('"', ",")
    watch.look(TEXT[:cut], 1)
    watch.look(TEXT[cut:], 1 + TEXT[:cut].count(b"\n"))
    assert (watch.n_stray, watch.lines, watch.n_open) == (2, [3, 4], 1)


@pytest.mark.parametrize("cut", range(1, 40))
def test_line_ends_wherever_blocks_end(cut: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"a\r\n\r\nb\rc\n\rd\r\r\ne\n" * 3
    path = tmp_path / "ends.csv"
    path.write_bytes(content)
    with TextStream(path, "utf-8") as stream:
        monkeypatch.setattr(stream._file, "read", _pieces(content, cut))
        while stream.read():
            pass
    assert stream.line_ends == {"CRLF": 9, "CR": 9, "LF": 6}
    assert stream.n_lines == 24


def _pieces(content: bytes, size: int) -> Callable[[int], bytes]:
    parts = iter([content[i : i + size] for i in range(0, len(content), size)])
    return lambda _: next(parts, b"")


def test_line_ends_inside_cells_are_not_those_of_lines(write: Write) -> None:
    rows = "".join(f'{i},"Main Street {i}\nsecond floor"\r\n' for i in range(30))
    assert "mixed-line-ends" not in {n.code for n in read(write("id,address\r\n" + rows)).notes}
    notes = {n.code: n for n in read(write("id,address\r\n" + rows + "31,x\n")).notes}
    assert "30 lines in CRLF" in notes["mixed-line-ends"].text
    assert "1 line in LF" in notes["mixed-line-ends"].text


def test_properly_doubled_quotes_are_no_repair(write: Write) -> None:
    rows = "".join(f'{i},"say ""{i}"" or """"","x"\n' for i in range(30))
    assert read(write("id,said,other\n" + rows)).notes == ()


def test_stray_quotes_are_named_by_line(write: Write) -> None:
    rows = [f'{i},"box {i}",a' for i in range(2, 30)]
    rows[7], rows[20] = '9,5" pipe,a', '22,"6"-pipe,a'
    table = read(write("id,what,kind\n" + "\n".join(rows)))
    assert [table.column("what").as_text()[i] for i in (7, 20)] == ['5" pipe', "6-pipe"]
    (note,) = table.notes
    assert (note.code, note.count, note.rows) == ("stray-quotes", 2, (9, 22))


@pytest.mark.parametrize("last", ['99,"Ulm', '99,"Ulm, near the river', '"99,Ulm', '99,"Ulm\r\n', '99,"a\nb'])
@pytest.mark.parametrize("irregular", ["", "7,\n\n"])
def test_an_open_quote_at_the_end_is_refused_with_its_line(write: Write, last: str, irregular: str) -> None:
    body = "id,city\n" + "".join(f"{i},Bonn\n" for i in range(20)) + irregular
    with pytest.raises(InputError, match=f"a quote opened in line {22 + irregular.count(chr(10))} of"):
        read(write(body + last))


def test_a_last_line_of_closed_quotes_is_whole(write: Write) -> None:
    body = 'id,city,x\n"1","Bonn",a\n"2","Köln ""Süd""",b\n"3","Ulm","c"'
    assert read(write(body)).column("x").as_text().tolist() == ["a", "b", "c"]


def test_nul_bytes_in_words_are_another_encoding(write: Write) -> None:
    plain = "id,city\n" + "".join(f"{i},Bonn{i}\n" for i in range(2000))
    assert read(write(plain + "\0" * 9000)).n_rows == 2000
    with pytest.raises(InputError, match="NUL bytes"):
        read(write(plain.encode() + plain.encode("utf-16-le")))

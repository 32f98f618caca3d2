import pytest

from clientage.errors import SettingsError
from clientage.segments.own_names import apply_names, names_lines, read_names


@pytest.fixture(scope="module")
def profiles(studies):
    customers, labels = studies.four_corners()
    return studies.profiles_of(customers, labels, 5)


def test_own_names_win_and_the_others_stay(profiles):
    found = apply_names(profiles, {2: "  Big   earners ", 4: "守り"})
    assert [s.name for s in found.segments if s.own_name] == ["Big earners", "守り"]
    assert found[1].name == profiles[1].name
    assert found.frame()["segment"].tolist().count("Big earners") == 2


def test_a_computed_name_makes_way(profiles):
    found = apply_names(profiles, {2: profiles[1].name.upper()})
    assert found[1].name == f"{profiles[1].name} (1)"


@pytest.mark.parametrize("names", [{6: "x"}, {0: "x"}, {1: " "}, {1: "x" * 121}, {1: "A", 2: "a"}, {1: "No segment"}])
def test_impossible_names_are_refused(profiles, names):
    with pytest.raises(SettingsError):
        apply_names(profiles, names)


def _written(profiles):
    return names_lines((s.id, s.name, s.own_name) for s in profiles.segments)


def test_the_file_a_person_edits_comes_back_as_written(profiles, tmp_path):
    nasty = 'Say "hi" \\ 日本 \u007f</script>'
    path = tmp_path / "names.toml"
    path.write_text(_written(apply_names(profiles, {3: nasty})), encoding="utf-8")
    assert read_names(path) == {3: nasty}
    path.write_text(_written(profiles), encoding="utf-8")
    assert read_names(path) == {}


@pytest.mark.parametrize("content", ["1 = 2", "a = 'x'", "1 = ", "[1]\nname = 'x'", "\xff"])
def test_a_file_of_something_else_is_refused(tmp_path, content):
    path = tmp_path / "names.toml"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(SettingsError):
        read_names(path)


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(SettingsError, match=r"gone\.toml"):
        read_names(tmp_path / "gone.toml")

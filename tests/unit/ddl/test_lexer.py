from __future__ import annotations

import pytest

from aurora_migration.sql.ddl.edits import Edit, apply
from aurora_migration.sql.ddl.lexer import Kind, closing, split, tokens


def kinds(text: str, sql_mode: str = "") -> list[tuple[str, str]]:
    return [(token.kind.name, token.value) for token in tokens(text, sql_mode)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.`b``c`", [("WORD", "a"), ("SYMBOL", "."), ("NAME", "b`c")]),
        (r"'it''s \'x\' \n'", [("STRING", "it's 'x' \n")]),
        ('"double ""quoted"" \\""', [("STRING", 'double "quoted" "')]),
        ("1 -- 'comment\n2 # \"other\n3 /* ` */ 4", [("NUMBER", n) for n in "1234"]),
        ("1--2", [("NUMBER", "1"), ("SYMBOL", "-"), ("SYMBOL", "-"), ("NUMBER", "2")]),
        (
            "/*!80016 NOT 'x' */ a",
            [("OPEN", "/*!80016"), ("WORD", "NOT"), ("STRING", "x"), ("CLOSE", "*/"), ("WORD", "a")],
        ),
        ("2*/*c*/3", [("NUMBER", "2"), ("SYMBOL", "*"), ("NUMBER", "3")]),
        ("$$ it's `js` $$", [("STRING", " it's `js` ")]),
        ("$tag$ $$ $tag$", [("STRING", " $$ ")]),
        (
            "1abc 1.5 1e3 0xFF été",
            [("WORD", "1abc"), ("NUMBER", "1.5"), ("NUMBER", "1e3"), ("NUMBER", "0xFF"), ("WORD", "été")],
        ),
        ("'open", [("SYMBOL", "'"), ("WORD", "open")]),
        ("_latin1'\udce9'", [("WORD", "_latin1"), ("STRING", "\udce9")]),
    ],
)
def test_text_is_cut_as_the_server_cuts_it(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


def test_sql_modes_change_what_quotes_mean() -> None:
    assert kinds('"a ""b"', "PIPES_AS_CONCAT,ANSI_QUOTES") == [("NAME", 'a "b')]
    assert kinds(r"'a\' b", "NO_BACKSLASH_ESCAPES") == [("STRING", "a\\"), ("WORD", "b")]
    assert kinds(r"'a\'' b'", "") == [("STRING", "a'"), ("WORD", "b"), ("SYMBOL", "'")]
    assert kinds(r'"a\" 1', "ANSI_QUOTES") == [("NAME", "a\\"), ("NUMBER", "1")]


def test_tokens_know_where_they_are() -> None:
    text = "x  'é' /* no */ `y`"
    assert [text[token.start : token.end] for token in tokens(text)] == ["x", "'é'", "`y`"]
    assert not tokens("FROM")[0].word("from")
    assert tokens("from")[0].word("FROM")
    assert not tokens("`from`")[0].word("FROM")
    assert tokens("`from`")[0].kind is Kind.NAME


def test_parentheses_and_commas() -> None:
    cut = tokens("(a, (b, c), ')') d, (")
    assert closing(cut, 0) == 10
    assert closing(cut, len(cut) - 1) is None
    assert [[token.value for token in part] for part in split(cut[1:10])] == [
        ["a"],
        ["(", "b", ",", "c", ")"],
        [")"],
    ]
    assert split([]) == []


def test_edits_touch_their_places_only() -> None:
    assert apply("abcdef", [Edit(4, 5, "E"), Edit(1, 3, ""), Edit(0, 0, ">")]) == ">adEf"
    with pytest.raises(ValueError, match="overlap"):
        apply("abcdef", [Edit(1, 3, "x"), Edit(2, 4, "y")])

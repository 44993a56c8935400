"""Scripts are cut into statements as the mysql client would cut them."""

from __future__ import annotations

import pytest

from local.script import statements


def test_statements_end_where_the_delimiter_stands() -> None:
    text = """\
-- a comment; with a semicolon
SELECT 1;

SELECT ';',
  2;
DELIMITER $$
CREATE PROCEDURE p ()
BEGIN
  SELECT 1;
  SELECT 2;
END$$
DELIMITER ;
SELECT 3;
"""
    assert list(statements(text)) == [
        "SELECT 1",
        "SELECT ';',\n  2",
        "CREATE PROCEDURE p ()\nBEGIN\n  SELECT 1;\n  SELECT 2;\nEND",
        "SELECT 3",
    ]


def test_a_statement_without_an_end_is_an_error() -> None:
    with pytest.raises(ValueError, match="SELECT 2"):
        list(statements("SELECT 1;\nSELECT 2\n"))

"""SQL scripts: a file of statements, run one by one as the mysql client would.

Knows what our own files use and no more: statements end with `;` at the end of a line, `DELIMITER` changes
that for bodies of routines, whole-line `--` comments are dropped.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pymysql.connections import Connection
from pymysql.cursors import Cursor
from pymysql.err import MySQLError


def statements(text: str) -> Iterator[str]:
    """Yield the statements of a script in order, without their delimiters.

    Raises:
        ValueError: the last statement has no delimiter.
    """
    delimiter, lines = ";", list[str]()
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("--") or (not stripped and not lines):
            continue
        if stripped.upper().startswith("DELIMITER "):
            delimiter = stripped.split()[1]
        elif stripped.endswith(delimiter):
            lines.append(line.rstrip().removesuffix(delimiter))
            yield "\n".join(lines).strip()
            lines.clear()
        else:
            lines.append(line)
    if any(line.strip() for line in lines):
        raise ValueError(f"statement without {delimiter} at its end: {lines[0].strip()}")


def run(
    connection: "Connection[Cursor]", path: Path, values: Mapping[str, object] | None = None, without: str = ""
) -> None:
    """Run every statement of the file; `%(name)s` in it are `values`, filled in by the driver.

    Statements that begin with `without` are left out.

    An error carries a note that names the file and the statement's first line.

    Without `values` a percent sign in the file stands for itself.

    Raises:
        pymysql.err.Error: the server refused a statement; those before it have taken effect.
    """
    with connection.cursor() as cursor:
        for statement in statements(path.read_text()):
            if without and statement.startswith(without):
                continue
            try:
                cursor.execute(statement, values)
            except MySQLError as error:
                error.add_note(f"{path.name}: {statement.splitlines()[0]}")
                raise

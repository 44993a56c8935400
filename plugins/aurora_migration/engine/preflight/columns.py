"""Types and collations that the target does not have."""

from __future__ import annotations

from collections.abc import Iterator

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed
from aurora_migration.errors import StatementError
from aurora_migration.model.finding import Finding, blocker
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.mysql.session import Session
from aurora_migration.sql.library import statement

_NO_SUCH_FUNCTION = frozenset({1046, 1305})  # 1046: it might be in a default schema, and there is none


def check_types(context: Context) -> Iterator[Finding]:
    """Columns of a type that only newer servers have."""
    vectors = columns_of_type(context.plan, "vector")
    if vectors and not has_vectors(context.target.session):
        yield blocker(
            "type-not-supported",
            context.target.label,
            f"has no type VECTOR, which came with MySQL 9.0: {listed(vectors)}",
            "choose a newer target, or exclude these tables",
        )


def check_collations(context: Context) -> Iterator[Finding]:
    """Collations of columns, tables and schemas that the target lacks."""
    users: dict[str, list[str]] = {}
    for planned in context.plan.tables:
        used = {planned.table.collation} | {column.collation for column in planned.table.columns}
        for collation in sorted(name for name in used if name):
            users.setdefault(collation, []).append(str(planned.mapping.source))
    if context.plan.schemas:
        rows = context.source.session.query(
            statement("preflight/schema_collations"), {"schemas": context.plan.schemas}
        )
        for row in rows:
            users.setdefault(row["collation"], []).append(f"schema {row['name']}")
    for collation in sorted(users):
        if not _known(collation, context.target.collations):
            yield blocker(
                "collation-missing",
                collation,
                f"is not on the target; used by {listed(users[collation])}",
                "convert these to a collation of the target on the source first",
            )


def columns_of_type(plan: MigrationPlan, data_type: str) -> list[str]:
    """The columns of a plan that have a type, as ``schema.table.column``."""
    return [
        f"{planned.mapping.source}.{column.name}"
        for planned in plan.tables
        for column in planned.table.columns
        if column.data_type == data_type
    ]


def has_vectors(session: Session) -> bool:
    """Whether the server has the VECTOR type."""
    try:
        session.query(statement("preflight/vector_type"))
    except StatementError as error:
        if error.errno in _NO_SUCH_FUNCTION:
            return False
        raise
    return True


def _known(collation: str, known: frozenset[str]) -> bool:
    # utf8 was renamed utf8mb3 in 8.0.30; its collations are the same ones
    renamed = (collation.replace("utf8mb3_", "utf8_"), collation.replace("utf8_", "utf8mb3_"))
    return collation in known or any(name in known for name in renamed)

"""Object verification: everything on the target that is not data, compared with the source.

Both catalogs are read anew, nothing the earlier phases remember is trusted, and nothing is written. What a named
rule explains is "changed on purpose"; everything else is missing, extra, or differs. A few queries a schema, plus
one SHOW CREATE a table and program.
"""

from __future__ import annotations

from aurora_migration.engine.verify import objects_facts as facts
from aurora_migration.engine.verify.objects_compare import change, compare_facts, differs, extra, missing
from aurora_migration.engine.verify.objects_programs import ProgramComparison
from aurora_migration.engine.verify.objects_rules import RENAME, database_rule
from aurora_migration.engine.verify.objects_scope import ObjectScope
from aurora_migration.engine.verify.objects_tables import compare_tables
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.model.report import Difference
from aurora_migration.mysql.session import Session


def compare_objects(plan: MigrationPlan, source: Session, target: Session) -> tuple[Difference, ...]:
    """Every difference between the plan's source objects and the target's, tables before programs.

    Raises:
        MissingPrivilegeError: an account may not see a definition.
    """
    scope = ObjectScope(plan)
    found: list[Difference] = []
    for schema in plan.schemas:
        if schema in plan.whole_schemas:
            found += _compare_database(plan, schema, source, target)
        found += _renames(scope, schema)
        found += compare_tables(
            source, target, scope.tables(schema), plan.config.target_name, deferred=plan.config.follows_changes
        )
    for schema in scope.whole_targets():
        found += _extra_tables(scope, schema, target)
    expected = scope.expected(source)
    config = plan.config
    comparison = ProgramComparison(
        config.definers,
        scope.renamed_names(),
        config.target_name,
        config.target_schema,
        deferred=config.follows_changes,
    )
    return tuple(found + comparison.compare(expected, scope.present(target, expected)))


def _compare_database(plan: MigrationPlan, schema: str, source: Session, target: Session) -> list[Difference]:
    name = plan.config.target_schema(schema)
    ours, theirs = facts.database(source, schema), facts.database(target, name)
    if ours is None:
        return []
    if theirs is None:
        return [missing(f"database {name}")]
    return compare_facts("database", f"database {name}", ours, theirs, database_rule)


def _renames(scope: ObjectScope, schema: str) -> list[Difference]:
    """What the migration file renames: a schema once, and each table that does not just follow its schema."""
    new = scope.plan.config.target_schema(schema)
    mappings = [planned.mapping for planned in scope.tables(schema)]
    found = []
    if new != schema and (schema in scope.plan.whole_schemas or any(m.target.schema == new for m in mappings)):
        found.append(differs(f"database {new}", change("name", schema, new), RENAME))
    for mapping in mappings:
        if mapping.target != TableName(new, mapping.source.name):
            detail = change("name", str(mapping.source), str(mapping.target))
            found.append(differs(f"table {mapping.target}", detail, RENAME))
    return found


def _extra_tables(scope: ObjectScope, schema: str, target: Session) -> list[Difference]:
    """Tables that the selection would have brought along, were they on the source."""
    planned = {p.target for p in scope.plan.tables}
    names = (TableName(schema, name) for name in sorted(facts.tables(target, schema)))
    return [extra(f"table {name}") for name in names if name not in planned and scope.selected_on_target(name)]

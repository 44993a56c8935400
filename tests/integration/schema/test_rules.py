"""Named rules on real servers: what Aurora cannot have is changed, listed, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aurora_migration.sql.quoting import raw
from tests.fresh_databases import Databases
from tests.integration.schema.migration import create_text, migration, rows

pytestmark = pytest.mark.servers

Make = Callable[..., Databases]


def test_other_engines_become_innodb_and_files_lose_their_places(databases: Make) -> None:
    made = databases(
        "CREATE TABLE fixed (a CHAR(4) NOT NULL, b INT COMMENT 'ROW_FORMAT=FIXED', KEY kb (b) KEY_BLOCK_SIZE=4096)"
        " ENGINE=MyISAM ROW_FORMAT=FIXED PACK_KEYS=1 CHECKSUM=1 DELAY_KEY_WRITE=1 KEY_BLOCK_SIZE=2048",
        "CREATE TABLE within_key (tenant INT NOT NULL, id INT NOT NULL AUTO_INCREMENT, PRIMARY KEY (tenant, id),"
        " KEY id_2 (tenant)) ENGINE=MyISAM",
        "CREATE TABLE heap (a INT PRIMARY KEY, b INT, KEY h (b) USING HASH, KEY t (b) USING BTREE) ENGINE=MEMORY",
        "CREATE TABLE csv_one (a INT NOT NULL, b VARCHAR(9) NOT NULL) ENGINE=CSV",
        "CREATE TABLE packed (a INT PRIMARY KEY, b INT, KEY k (b) KEY_BLOCK_SIZE=2)"
        " ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=4",
        "CREATE TABLE m1 (a INT NOT NULL, KEY (a)) ENGINE=MyISAM",
        "CREATE TABLE merged (a INT NOT NULL, KEY (a)) ENGINE=MERGE UNION=(m1) INSERT_METHOD=LAST",
        "CREATE TABLE placed (a INT PRIMARY KEY)"
        " TABLESPACE=innodb_file_per_table AUTOEXTEND_SIZE=4M COMPRESSION='none'",
        "CREATE TABLE in_parts (a INT PRIMARY KEY) PARTITION BY HASH (a)"
        " (PARTITION p0 TABLESPACE = innodb_file_per_table, PARTITION p1 COMMENT = 'TABLESPACE = `x`')",
        "CREATE TABLE second (a INT PRIMARY KEY) SECONDARY_ENGINE=rapid",
        "CREATE TABLE kept (a INT PRIMARY KEY)"
        " ROW_FORMAT=COMPACT COMMENT='ENGINE=MyISAM KEY_BLOCK_SIZE=8 ENCRYPTION=''Y'''",
    )
    made.source_root.execute(raw(f"ALTER DATABASE {made.name} READ ONLY = 1"))
    try:
        run = migration(made)
        rules = run.first()
    finally:
        made.source_root.execute(raw(f"ALTER DATABASE {made.name} READ ONLY = 0"))
    run.second()
    assert sorted((rule.subject.partition(".")[2] or "-", rule.rule) for rule in rules) == [
        ("-", "read-only"),
        ("csv_one", "engine"),
        ("fixed", "engine"),
        ("fixed", "key-block-size"),
        ("fixed", "key-block-size"),
        ("fixed", "row-format"),
        ("heap", "engine"),
        ("heap", "engine"),
        ("in_parts", "tablespace"),
        ("in_parts", "tablespace"),
        ("m1", "engine"),
        ("merged", "engine"),
        ("merged", "engine"),
        ("merged", "engine"),
        ("packed", "key-block-size"),
        ("packed", "key-block-size"),
        ("packed", "row-format"),
        ("placed", "autoextend-size"),
        ("placed", "compression"),
        ("placed", "tablespace"),
        ("second", "secondary-engine"),
        ("within_key", "auto-increment-key"),
        ("within_key", "engine"),
    ]
    target = made.target_root
    for table in texts_of(made):
        text = create_text(target, made.name, table)
        assert ") ENGINE=InnoDB " in text or "TABLESPACE" in text
    assert create_text(target, made.name, "kept") == create_text(made.source_root, made.name, "kept")
    assert create_text(target, made.name, "packed").split("\n")[-2:] == [
        "  KEY `k` (`b`)",
        ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci",
    ]
    assert "KEY `id` (`id`)" in create_text(target, made.name, "within_key")
    assert "KEY `h` (`b`),\n  KEY `t` (`b`) USING BTREE" in create_text(target, made.name, "heap")
    assert "COMMENT = 'TABLESPACE = `x`'" in create_text(target, made.name, "in_parts")
    assert "PACK_KEYS=1 CHECKSUM=1 DELAY_KEY_WRITE=1" in create_text(target, made.name, "fixed")
    run.first()


def texts_of(made: Databases) -> list[str]:
    return [row[0] for row in rows(made.source_root, f"SHOW TABLES FROM {made.name}")]


def test_schemas_take_over_charset_and_collation(databases: Make) -> None:
    made = databases("ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_german2_ci", "CREATE TABLE t (a CHAR(3))")
    made.target_root.execute(raw(f"CREATE DATABASE {made.name} CHARACTER SET utf8mb3"))
    migration(made).first()
    sql = f"SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = '{made.name}'"
    assert rows(made.target_root, sql) == [("latin1_german2_ci",)]
    assert create_text(made.target_root, made.name, "t") == create_text(made.source_root, made.name, "t")


def test_single_tables_leave_the_schema_they_join_alone(databases: Make) -> None:
    made = databases("ALTER DATABASE CHARACTER SET latin1", "CREATE TABLE t (a CHAR(3))", "CREATE TABLE u (a INT)")
    made.target_root.execute(raw(f"CREATE DATABASE {made.name} COLLATE utf8mb4_bin"))
    run = migration(made, selection=[{"include": f"{made.name}.t"}])
    run.first()
    sql = f"SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = '{made.name}'"
    assert rows(made.target_root, sql) == [("utf8mb4_bin",)]
    assert create_text(made.target_root, made.name, "t") == create_text(made.source_root, made.name, "t")


def test_renames_reach_foreign_keys_and_the_names_made_from_tables(databases: Make) -> None:
    other = databases("CREATE TABLE t (id INT PRIMARY KEY, b INT, CHECK (b > 0))")
    made = databases(
        "CREATE TABLE t (id INT PRIMARY KEY, p INT, CHECK (p > 0), CONSTRAINT mine CHECK (p < 9),"
        " FOREIGN KEY (p) REFERENCES t (id))",
        f"CREATE TABLE child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES t (id),"
        f" FOREIGN KEY (p) REFERENCES {other.name}.t (id))",
    )
    new = f"{made.name}_new"
    run = migration(
        made,
        selection=[{"include": f"{made.name}.*"}, {"include": f"{other.name}.*"}],
        renames={
            "schemas": {made.name: new, other.name: new},
            "tables": {f"{other.name}.t": f"{new}.t`of\"o'ther"},
        },
    )
    try:
        rules = run.first()
        run.second()
        child = create_text(made.target_root, new, "child")
        assert "CONSTRAINT `child_ibfk_1` FOREIGN KEY (`p`) REFERENCES `t` (`id`)" in child
        assert "CONSTRAINT `child_ibfk_2` FOREIGN KEY (`p`) REFERENCES `t``of\"o'ther` (`id`)" in child
        renamed = create_text(made.target_root, new, "t`of\"o'ther")
        assert "CONSTRAINT `t``of\"o'ther_chk_1` CHECK ((`b` > 0))" in renamed
        assert "CONSTRAINT `t_chk_1` CHECK ((`p` > 0))" in create_text(made.target_root, new, "t")
        details = {rule.detail for rule in rules if rule.rule == "rename"}
        assert f"{other.name}.t → {new}.t`of\"o'ther" in details
        assert f"foreign key child_ibfk_2: {other.name}.t → {new}.t`of\"o'ther" in details
        assert "constraint t_chk_1 → t`of\"o'ther_chk_1" in details
        assert run.first() == rules
    finally:
        made.target_root.execute(raw(f"DROP DATABASE IF EXISTS {new}"))
        made.source_root.execute(raw(f"DROP TABLE {made.name}.child"))

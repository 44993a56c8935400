"""One case a check: a set-up on which it must tell its code, and one on which it must be silent about it.

In every text, ``$s`` stands for the test's own schema. Statements run as root in that schema. ``undo`` statements
run on the source afterwards, ``target_undo`` on the target.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TABLE = "CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20))"
NO_KEY = "CREATE TABLE t (a INT)"
TIMESTAMP = "CREATE TABLE t (id INT PRIMARY KEY, at TIMESTAMP NOT NULL)"
FUNCTION = "CREATE FUNCTION f () RETURNS INT DETERMINISTIC RETURN 1"
TRIGGER = "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.name = 'x'"
# without STARTS it would run at once, beside the test
EVENT = "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 00:00:00' DO DELETE FROM t"
PARENT = "CREATE TABLE p (id INT PRIMARY KEY, u INT, KEY (u))"
LOOSE = "SET SESSION restrict_fk_on_non_standard_key = OFF"
LOAD_INSERT = {"load": {"method": "insert"}}
TRUNCATE = "truncate-before-load"
DROP = "drop-and-create"
OTHER = "preflight_elsewhere"


@dataclass(frozen=True, slots=True)
class SetUp:
    """What to make of the servers and the migration before a check runs."""

    source: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    source_variables: Mapping[str, str] = field(default_factory=dict)
    target_variables: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    mode: str = "do-nothing"
    loaded: tuple[str, ...] = ()
    target_is: str = "target"
    undo: tuple[str, ...] = ()
    target_undo: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A check, the code it must tell, words it must show, and the two set-ups."""

    check: str
    code: str
    shows: tuple[str, ...]
    bad: SetUp
    good: SetUp


PLAIN = SetUp(source=(TABLE,))
TABLE_FUNCTION_OVER_FUNCTION = (
    TABLE,
    "CREATE FUNCTION f(n INT) RETURNS INT DETERMINISTIC RETURN n + 1",
    "CREATE VIEW calls AS SELECT f(1) AS more",
    "CREATE VIEW spread AS SELECT more, x FROM calls, JSON_TABLE('[1]', '$[*]' COLUMNS (x INT PATH '$')) AS j",
)

SERVERS = (
    Case(
        "target_is_another_server",
        "target-is-source",
        ("leads to the same server", "writer endpoint"),
        SetUp(source=(TABLE,), target_is="source"),
        PLAIN,
    ),
    Case(
        "target_is_writable",
        "target-read-only",
        ("read_only is ON", "SET GLOBAL read_only = OFF"),
        SetUp(source=(TABLE,), target_variables={"read_only": "ON"}),
        PLAIN,
    ),
    Case(
        "replication",
        "target-replicates",
        ("is a replica", "stop replication"),
        SetUp(
            source=(TABLE,),
            target=(
                "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = 1, SOURCE_USER = 'x'",
                "START REPLICA IO_THREAD",
            ),
            target_undo=("STOP REPLICA", "RESET REPLICA ALL"),
        ),
        PLAIN,
    ),
    Case(
        "replication",
        "source-is-replica",
        ("is a replica", "use the primary"),
        SetUp(
            source=(TABLE, "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = 1"),
            undo=("RESET REPLICA ALL",),
        ),
        PLAIN,
    ),
    Case(
        "connections",
        "connections-too-few",
        ("the load opens 11", "lower load.parallel_units"),
        SetUp(source=(TABLE,), target_variables={"max_connections": "8"}),
        PLAIN,
    ),
    Case(
        "connections",
        "connections-short",
        ("of 11 connections are open", "max_connections = 22"),
        SetUp(source=(TABLE,), target_variables={"max_connections": "11"}),
        PLAIN,
    ),
    Case("size", "size-estimate", ("in 1 tables", "$s.t"), PLAIN, SetUp(source=(FUNCTION,))),
    Case(
        "source_writes",
        "source-takes-writes",
        ("does not copy what is written while it runs",),
        PLAIN,
        SetUp(source=(TABLE,), source_variables={"read_only": "ON"}),
    ),
    Case(
        "named_time_zones",
        "time-zone-names-unknown",
        ("event $s.e", "mysql_tzinfo_to_sql"),
        SetUp(source=(TABLE, "SET time_zone = 'Europe/Berlin'", EVENT)),
        SetUp(source=(TABLE, "SET time_zone = 'Europe/Berlin'", EVENT), target_is="source"),
    ),
    Case(
        "time_zone",
        "time-zone-differs",
        ("+05:00 on the source", "time_zone = +05:00"),
        SetUp(source=(TABLE,), source_variables={"time_zone": "'+05:00'"}),
        SetUp(source=(TABLE,), source_variables={"time_zone": "'+00:00'"}),
    ),
    Case(
        "fulltext_variables",
        "variable-differs",
        ("innodb_ft_enable_stopword", "innodb_ft_enable_stopword = OFF"),
        SetUp(
            source=("CREATE TABLE t (id INT PRIMARY KEY, a TEXT, FULLTEXT KEY (a))",),
            source_variables={"innodb_ft_enable_stopword": "OFF"},
        ),
        SetUp(source=(TABLE,), source_variables={"innodb_ft_enable_stopword": "OFF"}),
    ),
    Case(
        "load_method",
        "local-infile-off",
        ("rows go by INSERT", "local_infile = ON"),
        SetUp(source=(TABLE,), target_variables={"local_infile": "OFF"}),
        SetUp(source=(TABLE,), target_variables={"local_infile": "OFF"}, config=LOAD_INSERT),
    ),
    Case(
        "event_scheduler",
        "event-scheduler-off",
        ("$s.e", "event_scheduler = ON"),
        SetUp(source=(TABLE, EVENT), target_variables={"event_scheduler": "OFF"}),
        SetUp(source=(TABLE,), target_variables={"event_scheduler": "OFF"}),
    ),
    Case(
        "event_scheduler",
        "event-scheduler-on",
        ("$s.e", "created disabled"),
        SetUp(source=(TABLE, EVENT)),
        PLAIN,
    ),
)

CREATION = (
    Case(
        "primary_key_rules",
        "primary-key-required",
        ("$s.t", "sql_require_primary_key = OFF"),
        SetUp(source=(NO_KEY,), target_variables={"sql_require_primary_key": "ON"}),
        SetUp(source=(TABLE,), target_variables={"sql_require_primary_key": "ON"}),
    ),
    Case(
        "primary_key_rules",
        "primary-key-generated",
        ("my_row_id", "$s.t", "sql_generate_invisible_primary_key = OFF"),
        SetUp(source=(NO_KEY,), target_variables={"sql_generate_invisible_primary_key": "ON"}),
        SetUp(source=(NO_KEY,)),
    ),
    Case(
        "function_creation",
        "function-creators-not-trusted",
        ("function $s.f", "trigger $s.tr", "log_bin_trust_function_creators = ON"),
        SetUp(source=(TABLE, FUNCTION, TRIGGER), target_variables={"log_bin_trust_function_creators": "OFF"}),
        SetUp(source=(TABLE,), target_variables={"log_bin_trust_function_creators": "OFF"}),
    ),
    Case(
        "timestamp_defaults",
        "timestamp-defaults-implicit",
        ("$s.t.at", "explicit_defaults_for_timestamp = ON"),
        SetUp(source=(TIMESTAMP,), target_variables={"explicit_defaults_for_timestamp": "OFF"}),
        SetUp(
            source=("CREATE TABLE t (id INT PRIMARY KEY, at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)",),
            target_variables={"explicit_defaults_for_timestamp": "OFF"},
        ),
    ),
    Case(
        "strict_mode",
        "strict-mode-differs",
        ("$s.t", "innodb_strict_mode = OFF"),
        SetUp(
            source=("CREATE TABLE t (id INT PRIMARY KEY) ROW_FORMAT = COMPRESSED",),
            source_variables={"innodb_strict_mode": "OFF"},
        ),
        SetUp(source=(TABLE,), source_variables={"innodb_strict_mode": "OFF"}),
    ),
    Case(
        "zero_dates",
        "zero-date-defaults",
        ("$s.t.d", "sql_mode = "),
        SetUp(
            source=("SET sql_mode = ''", "CREATE TABLE t (id INT PRIMARY KEY, d DATE DEFAULT '0000-00-00')"),
            source_variables={"sql_mode": "'STRICT_TRANS_TABLES'"},
        ),
        SetUp(source=(TABLE,), source_variables={"sql_mode": "'STRICT_TRANS_TABLES'"}),
    ),
)

TABLES = (
    Case("tables_without_key", "table-without-key", ("$s.t", "one transaction"), SetUp(source=(NO_KEY,)), PLAIN),
    Case(
        "auto_increment",
        "auto-increment-not-leading",
        ("$s.t.id", "which MyISAM allows", "an index is added"),
        SetUp(source=("CREATE TABLE t (g INT, id INT AUTO_INCREMENT, PRIMARY KEY (g, id)) ENGINE = MyISAM",)),
        SetUp(source=("CREATE TABLE t (g INT, id INT AUTO_INCREMENT PRIMARY KEY) ENGINE = MyISAM",)),
    ),
    Case(
        "auto_increment",
        "auto-increment-nearly-full",
        ("$s.t.id", "120 of at most 127"),
        SetUp(source=("CREATE TABLE t (id TINYINT AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 120",)),
        SetUp(source=("CREATE TABLE t (id TINYINT UNSIGNED AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 120",)),
    ),
    Case(
        "engines",
        "engine-not-supported",
        ("$s.m", "exclude: $s.m"),
        SetUp(source=("CREATE TABLE m (a INT) ENGINE = MERGE",)),
        PLAIN,
    ),
    Case(
        "engines",
        "engine-keeps-no-rows",
        ("$s.b", "exclude: $s.b"),
        SetUp(source=("CREATE TABLE b (a INT) ENGINE = BLACKHOLE",)),
        PLAIN,
    ),
    Case(
        "engines",
        "engine-converted",
        ("MEMORY", "$s.t", "becomes InnoDB"),
        SetUp(source=("CREATE TABLE t (id INT PRIMARY KEY) ENGINE = MEMORY",)),
        PLAIN,
    ),
    Case(
        "column_count",
        "too-many-columns",
        ("1018 columns",),
        SetUp(source=(f"CREATE TABLE t ({', '.join(f'c{n} TINYINT' for n in range(1018))}) ENGINE = MyISAM",)),
        SetUp(source=(f"CREATE TABLE t ({', '.join(f'c{n} TINYINT' for n in range(1017))}) ENGINE = MyISAM",)),
    ),
    Case(
        "histograms",
        "histograms-not-copied",
        ("$s.t.name", "UPDATE HISTOGRAM"),
        SetUp(source=(TABLE, "INSERT INTO t VALUES (1, 'a')", "ANALYZE TABLE t UPDATE HISTOGRAM ON name")),
        PLAIN,
    ),
    Case(
        "row_formats",
        "row-format-changed",
        ("$s.t",),
        SetUp(source=("CREATE TABLE t (id INT PRIMARY KEY) ROW_FORMAT = COMPRESSED KEY_BLOCK_SIZE = 8",)),
        SetUp(source=("CREATE TABLE t (id INT PRIMARY KEY) ROW_FORMAT = DYNAMIC",)),
    ),
    Case(
        "storage_options",
        "storage-options-left-out",
        ("$s.t", "encryption at rest"),
        SetUp(source=("CREATE TABLE t (id INT PRIMARY KEY) COMPRESSION = 'zlib'",)),
        PLAIN,
    ),
    Case(
        "tablespaces",
        "tablespace-left-out",
        ("$s.t.%", "TABLESPACE"),
        SetUp(
            source=(
                "CREATE TABLESPACE pf_space ADD DATAFILE 'pf_space.ibd'",
                "CREATE TABLE `t.%` (id INT PRIMARY KEY) TABLESPACE pf_space",
            ),
            undo=("DROP TABLE $s.`t.%`", "DROP TABLESPACE pf_space"),
        ),
        PLAIN,
    ),
    Case(
        "collations",
        "collation-missing",
        ("utf8mb4_house_ci", "$s.t"),
        SetUp(source=("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9) COLLATE utf8mb4_house_ci)",)),
        SetUp(source=("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9) COLLATE utf8mb3_bin)",)),
    ),
    Case(
        "long_rows",
        "row-longer-than-packet",
        ("JSON document of 10000009 bytes", "max_allowed_packet = 1073741824"),
        SetUp(
            source=(
                "CREATE TABLE t (id INT PRIMARY KEY, j JSON, b LONGBLOB)",
                "INSERT INTO t VALUES (1, JSON_OBJECT('k', REPEAT('x', 10000000)), REPEAT('x', 9000000))",
            ),
            target_variables={"max_allowed_packet": "9437184"},
        ),
        SetUp(
            source=(
                "CREATE TABLE t (id INT PRIMARY KEY, j JSON, b LONGBLOB)",
                "INSERT INTO t VALUES (1, JSON_OBJECT('k', REPEAT('x', 10000)), REPEAT('x', 10000000))",
            ),
            target_variables={"max_allowed_packet": "9437184"},
        ),
    ),
    Case(
        "long_rows",
        "row-longer-than-packet",
        ("row of 10000000 bytes",),
        SetUp(
            source=(
                "CREATE TABLE t (id INT PRIMARY KEY, b LONGBLOB)",
                "INSERT INTO t VALUES (1, REPEAT('x', 10000000))",
            ),
            target_variables={"max_allowed_packet": "9437184"},
            config=LOAD_INSERT,
        ),
        SetUp(
            source=(
                "CREATE TABLE t (id INT PRIMARY KEY, b LONGBLOB)",
                "INSERT INTO t VALUES (1, REPEAT('x', 9000000))",
            ),
            target_variables={"max_allowed_packet": "9437184"},
            config=LOAD_INSERT,
        ),
    ),
    Case(
        "online_schema_changes",
        "online-schema-change",
        ("$s._t_gho",),
        SetUp(source=(TABLE, "CREATE TABLE _t_gho (id INT PRIMARY KEY)")),
        SetUp(source=(TABLE, "CREATE TABLE _t (id INT PRIMARY KEY)")),
    ),
)

OBJECTS = (
    Case(
        "foreign_key_parents",
        "foreign-key-parent-excluded",
        ("$s.c", "left out: $s.p", "include: $s.p"),
        SetUp(
            source=(PARENT, "CREATE TABLE c (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES p (id))"),
            config={"selection": [{"include": "$s.c"}]},
        ),
        SetUp(
            source=(PARENT, "CREATE TABLE c (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES p (id))"),
            target=(PARENT,),
            config={"selection": [{"include": "$s.c"}]},
        ),
    ),
    Case(
        "foreign_key_targets",
        "foreign-key-not-to-unique-key",
        ("fk_loose of $s.c", "for its own session", "restrict_fk_on_non_standard_key = OFF"),
        SetUp(
            source=(
                PARENT,
                LOOSE,
                "CREATE TABLE c (id INT PRIMARY KEY, u INT, CONSTRAINT fk_loose FOREIGN KEY (u) REFERENCES p (u))",
            )
        ),
        SetUp(source=(PARENT, "CREATE TABLE c (id INT PRIMARY KEY, u INT, FOREIGN KEY (u) REFERENCES p (id))")),
    ),
    Case(
        "foreign_key_actions",
        "foreign-key-cascades",
        ("fk_act of $s.c",),
        SetUp(
            source=(
                PARENT,
                "CREATE TABLE c (id INT PRIMARY KEY, CONSTRAINT fk_act FOREIGN KEY (id) REFERENCES p (id) "
                "ON DELETE CASCADE)",
            )
        ),
        SetUp(source=(PARENT, "CREATE TABLE c (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES p (id))")),
    ),
    Case(
        "foreign_key_cycles",
        "foreign-key-cycle",
        ("$s.a, $s.b",),
        SetUp(
            source=(
                "CREATE TABLE a (id INT PRIMARY KEY)",
                "CREATE TABLE b (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES a (id))",
                "CREATE TABLE c (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES b (id))",
                "ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES b (id)",
            )
        ),
        SetUp(
            source=(
                "CREATE TABLE a (id INT PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES a (id))",
                "CREATE TABLE b (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES a (id))",
                "CREATE TABLE c (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES b (id))",
            )
        ),
    ),
    Case(
        "broken_views",
        "view-broken",
        ("$s.v", "references invalid table(s)"),
        SetUp(source=(TABLE, "CREATE TABLE g (a INT)", "CREATE VIEW v AS SELECT * FROM g", "DROP TABLE g")),
        SetUp(
            # as a dump is loaded: when the table comes, the view's definer is not there yet
            source=(
                TABLE,
                "CREATE TABLE g (a INT)",
                "CREATE DEFINER = pf_late@localhost VIEW v AS SELECT * FROM g",
                "CREATE VIEW w AS SELECT * FROM t",
                "DROP TABLE g",
                "CREATE TABLE g (a INT)",
                "CREATE USER pf_late@localhost",
                "GRANT SELECT ON *.* TO pf_late@localhost",
            ),
            undo=("DROP USER pf_late@localhost",),
        ),
    ),
    Case(
        "hidden_views",
        "view-hidden",
        ("$s.spread", "MySQL error 1235", "GRANT EXECUTE ON `$s`.* TO"),
        SetUp(source=TABLE_FUNCTION_OVER_FUNCTION),
        SetUp(
            source=(*TABLE_FUNCTION_OVER_FUNCTION, "GRANT EXECUTE ON *.* TO migrator"),
            undo=("REVOKE EXECUTE ON *.* FROM migrator",),
        ),
    ),
    Case(
        "view_references",
        "view-reference-excluded",
        ("$s.v", "uses the table preflight_elsewhere.o"),
        SetUp(
            source=(
                TABLE,
                f"CREATE DATABASE {OTHER}",
                f"CREATE TABLE {OTHER}.o (a INT)",
                f"CREATE VIEW v AS SELECT * FROM {OTHER}.o",
            ),
            undo=(f"DROP DATABASE {OTHER}",),
        ),
        SetUp(
            source=(
                TABLE,
                f"CREATE DATABASE {OTHER}",
                f"CREATE TABLE {OTHER}.o (a INT)",
                f"CREATE VIEW v AS SELECT * FROM {OTHER}.o JOIN t",
                "CREATE VIEW w AS SELECT * FROM v",
                "CREATE VIEW x AS SELECT TABLE_NAME FROM information_schema.TABLES",
            ),
            target=(f"CREATE DATABASE {OTHER}", f"CREATE TABLE {OTHER}.o (a INT)"),
            undo=(f"DROP DATABASE {OTHER}",),
            target_undo=(f"DROP DATABASE {OTHER}",),
        ),
    ),
    Case(
        "view_references",
        "view-reference-excluded",
        ("$s.v", "uses the function preflight_elsewhere.f"),
        SetUp(
            source=(
                TABLE,
                f"CREATE DATABASE {OTHER}",
                f"CREATE FUNCTION {OTHER}.f () RETURNS INT DETERMINISTIC RETURN 1",
                f"CREATE VIEW v AS SELECT {OTHER}.f() FROM t",
            ),
            undo=(f"DROP DATABASE {OTHER}",),
        ),
        SetUp(source=(TABLE, FUNCTION, "CREATE VIEW v AS SELECT $s.f() FROM t")),
    ),
    Case(
        "definers",
        "definer-missing",
        ("pf_clerk@%", "view $s.v", "policy: map"),
        SetUp(
            source=(
                TABLE,
                "CREATE USER pf_clerk",
                "CREATE DEFINER = pf_clerk VIEW v AS SELECT * FROM t",
            ),
            config={"accounts": {"exclude": ["pf_*@*"]}},
            undo=("DROP USER pf_clerk",),
        ),
        SetUp(
            source=(
                TABLE,
                "CREATE USER pf_clerk",
                "CREATE DEFINER = pf_clerk VIEW v AS SELECT * FROM t",
            ),
            undo=("DROP USER pf_clerk",),
        ),
    ),
    Case(
        "definers",
        "definer-orphaned",
        ("pf_gone@%", "procedure $s.r"),
        SetUp(source=(TABLE, "CREATE DEFINER = pf_gone PROCEDURE r () SELECT 1")),
        SetUp(
            source=(TABLE, "CREATE DEFINER = pf_gone PROCEDURE r () SELECT 1"),
            config={"definers": {"policy": "map", "map": {"pf_gone@%": "admin@%"}}},
        ),
    ),
    Case(
        "definers",
        "definer-reserved",
        ("rdsadmin@localhost", "event $s.e"),
        SetUp(
            source=(TABLE, "CREATE DEFINER = rdsadmin@localhost EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t")
        ),
        SetUp(
            source=(TABLE, "CREATE DEFINER = rdsadmin@localhost EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t"),
            config={"definers": {"policy": "invoker"}},
        ),
    ),
    Case(
        "renamed_names_in_code",
        "old-name-in-code",
        ("procedure $s.r", "by hand"),
        SetUp(
            source=(TABLE, "CREATE PROCEDURE r () SELECT * FROM $s.t"),
            config={"renames": {"schemas": {"$s": "$s_new"}}},
        ),
        SetUp(
            source=(TABLE, "CREATE PROCEDURE r () SELECT * FROM t"),
            config={"renames": {"schemas": {"$s": "$s_new"}}},
        ),
    ),
    Case(
        "loadable_functions",
        "loadable-function-missing",
        ("service_get_read_locks", "procedure $s.r"),
        SetUp(
            source=(
                TABLE,
                "CREATE FUNCTION service_get_read_locks RETURNS INT SONAME 'locking_service.so'",
                "CREATE PROCEDURE r () SELECT service_get_read_locks('a', 'b', 1)",
            ),
            undo=("DROP FUNCTION service_get_read_locks",),
        ),
        SetUp(
            source=(
                TABLE,
                "CREATE FUNCTION service_get_read_locks RETURNS INT SONAME 'locking_service.so'",
                "CREATE PROCEDURE r () SELECT 1",
            ),
            undo=("DROP FUNCTION service_get_read_locks",),
        ),
    ),
    Case(
        "reserved_accounts",
        "account-reserved",
        ("rdsadmin@localhost",),
        SetUp(source=(TABLE, "CREATE USER rdsadmin@localhost"), undo=("DROP USER IF EXISTS rdsadmin@localhost",)),
        PLAIN,
    ),
    Case(
        "reserved_accounts",
        "account-is-the-migrations",
        ("admin@%",),
        SetUp(source=(TABLE, "CREATE USER admin"), undo=("DROP USER IF EXISTS admin",)),
        PLAIN,
    ),
)

SELECTION = (
    Case(
        "exclude_rules",
        "exclude-rule-unmatched",
        ("exclude: $s.logs_*",),
        SetUp(source=(TABLE,), config={"selection": [{"include": "$s.*"}, {"exclude": "$s.logs_*"}]}),
        SetUp(
            source=(TABLE, "CREATE TABLE logs_1 (id INT PRIMARY KEY)"),
            config={"selection": [{"include": "$s.*"}, {"exclude": "$s.logs_*"}]},
        ),
    ),
    Case(
        "renames",
        "rename-unmatched",
        ("renames.tables: $s.T",),
        SetUp(source=(TABLE,), config={"renames": {"tables": {"$s.T": "$s.u"}}}),
        SetUp(source=(TABLE,), config={"renames": {"tables": {"$s.t": "$s.u"}}}),
    ),
    Case(
        "schemas_without_tables",
        "schema-without-tables",
        ("$s",),
        SetUp(source=(FUNCTION,)),
        PLAIN,
    ),
    Case(
        "target_names",
        "target-name-impossible",
        ("not a possible MySQL name", "change renames"),
        SetUp(source=(TABLE,), config={"renames": {"tables": {"$s.t": "$s." + "x" * 65}}}),
        SetUp(source=(TABLE,), config={"renames": {"tables": {"$s.t": "$s." + "x" * 64}}}),
    ),
    Case(
        "target_names",
        "target-name-impossible",
        ("ends with a space",),
        SetUp(source=(TABLE,), config={"renames": {"tables": {"$s.t": "$s.x "}}}),
        PLAIN,
    ),
    Case(
        "target_schemas",
        "target-schema-reserved",
        ("MySQL", "change renames"),
        SetUp(source=(TABLE,), config={"renames": {"schemas": {"$s": "MySQL"}}}),
        PLAIN,
    ),
    Case(
        "target_schemas",
        "control-schema-selected",
        ("control_schema",),
        SetUp(source=(TABLE,), config={"control_schema": "$s"}),
        PLAIN,
    ),
    Case(
        "name_clashes",
        "target-name-clash",
        ("table $s.T", "table $s.t", "table or view"),
        SetUp(source=(TABLE, "CREATE TABLE T (id INT PRIMARY KEY)"), target_is="odd"),
        SetUp(source=(TABLE, "CREATE TABLE T (id INT PRIMARY KEY)")),
    ),
    Case(
        "name_clashes",
        "target-name-clash",
        ("view $s.v", "table $s.t"),
        SetUp(
            source=(TABLE, "CREATE VIEW v AS SELECT 1"),
            config={"renames": {"tables": {"$s.t": "$s.v"}}},
        ),
        SetUp(source=(TABLE, "CREATE VIEW v AS SELECT 1", "CREATE PROCEDURE v () SELECT 1")),
    ),
    Case(
        "name_case",
        "name-case-differs",
        ("lower_case_table_names is 0 on the source, 1 here", "Orders"),
        SetUp(source=("CREATE TABLE Orders (id INT PRIMARY KEY)",), target_is="odd"),
        SetUp(source=(TABLE,), target_is="odd"),
    ),
)

TARGET = (
    Case(
        "target_definitions",
        "target-table-differs",
        ("column name is `name` varchar(10)", "not `name` varchar(20)", "column extra is extra"),
        SetUp(source=(TABLE,), target=("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(10), extra INT)",)),
        SetUp(source=(TABLE, "ALTER TABLE t ADD KEY (name)"), target=(TABLE,)),
    ),
    Case(
        "target_definitions",
        "target-table-differs",
        ("index name is extra", "drop-and-create"),
        SetUp(source=(TABLE,), target=(TABLE, "ALTER TABLE t ADD UNIQUE KEY (name)"), mode=TRUNCATE),
        SetUp(source=(TABLE,), target=(NO_KEY,), mode=DROP),
    ),
    Case(
        "target_definitions",
        "target-table-differs",
        ("column d is", "check positive is extra"),
        SetUp(
            source=("CREATE TABLE t (id INT PRIMARY KEY, d INT AS (id * 2))",),
            target=("CREATE TABLE t (id INT PRIMARY KEY, d INT AS (id * 3), CONSTRAINT positive CHECK (id > 0))",),
        ),
        SetUp(
            source=("CREATE TABLE t (id INT PRIMARY KEY, d INT AS (id * 2), CONSTRAINT positive CHECK (id > 0))",),
            target=("CREATE TABLE t (id INT PRIMARY KEY, d INT AS (id*2), CONSTRAINT positive CHECK (id>0))",),
        ),
    ),
    Case(
        "target_definitions",
        "target-table-differs",
        ("index PRIMARY is missing",),
        SetUp(source=(TABLE,), target=("CREATE TABLE t (id INT NOT NULL, name VARCHAR(20))",)),
        # what the rules of the migration change is no difference: engine, row format, an index for the counter
        SetUp(
            source=("CREATE TABLE t (g INT, id INT AUTO_INCREMENT, PRIMARY KEY (g, id)) ENGINE = MyISAM",),
            target=("CREATE TABLE t (g INT NOT NULL, id INT AUTO_INCREMENT, PRIMARY KEY (g, id), KEY id (id))",),
        ),
    ),
    Case(
        "target_rows",
        "target-table-has-rows",
        ("$s.t", "truncate-before-load"),
        SetUp(source=(TABLE,), target=(TABLE, "INSERT INTO t VALUES (1, 'a')")),
        SetUp(source=(TABLE,), target=(TABLE,)),
    ),
    Case(
        "target_rows",
        "target-rows-deleted",
        ("truncate-before-load deletes them",),
        SetUp(source=(TABLE,), target=(TABLE, "INSERT INTO t VALUES (1, 'a')"), mode=TRUNCATE),
        SetUp(source=(TABLE,), target=(TABLE,), mode=TRUNCATE),
    ),
    Case(
        "target_rows",
        "target-table-loaded",
        ("$s.t",),
        SetUp(source=(TABLE,), target=(TABLE, "INSERT INTO t VALUES (1, 'a')"), loaded=("$s.t",)),
        SetUp(source=(TABLE,), target=(TABLE,), loaded=("$s.t",)),
    ),
    Case(
        "target_only_tables",
        "target-has-other-tables",
        ("$s.left_over",),
        SetUp(source=(TABLE,), target=("CREATE TABLE left_over (a INT)",)),
        SetUp(source=(TABLE,), target=(TABLE,)),
    ),
    Case(
        "names_taken",
        "target-name-taken",
        ("$s.t", "is a view on the target, where a table goes"),
        SetUp(source=(TABLE,), target=("CREATE VIEW t AS SELECT 1",)),
        SetUp(source=(TABLE,), target=(TABLE,)),
    ),
    Case(
        "names_taken",
        "target-name-taken",
        ("$s.v", "is a table on the target, where a view goes"),
        SetUp(source=(TABLE, "CREATE VIEW v AS SELECT 1"), target=("CREATE TABLE v (a INT)",)),
        SetUp(source=(TABLE, "CREATE VIEW v AS SELECT 1"), target=("CREATE VIEW v AS SELECT 1",)),
    ),
    Case(
        "target_triggers",
        "target-trigger",
        ("$s.t", "strange"),
        SetUp(source=(TABLE,), target=(TABLE, TRIGGER.replace("tr ", "strange ", 1))),
        SetUp(source=(TABLE, TRIGGER), target=(TABLE, TRIGGER)),
    ),
    Case(
        "target_triggers",
        "target-trigger-dropped",
        ("$s.t", "strange"),
        SetUp(source=(TABLE,), target=(TABLE, TRIGGER.replace("tr ", "strange ", 1)), mode=TRUNCATE),
        SetUp(source=(TABLE, TRIGGER), target=(TABLE, TRIGGER), mode=TRUNCATE),
    ),
    Case(
        "target_references",
        "target-table-referenced",
        ("$s.t", "child"),
        SetUp(
            source=(TABLE,),
            target=(TABLE, "CREATE TABLE child (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES t (id))"),
            mode=DROP,
        ),
        SetUp(
            source=(TABLE,),
            target=(TABLE, "CREATE TABLE child (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES t (id))"),
        ),
    ),
)

CASES = SERVERS + CREATION + TABLES + OBJECTS + SELECTION + TARGET

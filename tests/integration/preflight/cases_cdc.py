"""Cases of the checks for migrations that follow changes, on servers that can be set up while they run.

What only a restart changes (no binlog, filters, cascades within InnoDB) is in `test_preflight_changes`.
"""

from __future__ import annotations

from tests.integration.preflight.cases import EVENT, NO_KEY, TABLE, TRIGGER, Case, SetUp

FOLLOW = {"type": "full-load-and-cdc"}
ALONE = {"type": "cdc"}
BY_CHECKSUM = {**FOLLOW, "sync": {"strategy": "checksum"}}
BY_DMS = {**FOLLOW, "cdc_engine": "dms"}
ROW_IMAGE = {**FOLLOW, "sync": {"keyless_tables": "row-image"}}
GTIDS_OFF = tuple(f"SET GLOBAL gtid_mode = {mode}" for mode in ("ON_PERMISSIVE", "OFF_PERMISSIVE", "OFF"))
GTIDS_ON = tuple(f"SET GLOBAL gtid_mode = {mode}" for mode in ("OFF_PERMISSIVE", "ON_PERMISSIVE", "ON"))
RDS = (
    "CREATE TABLE mysql.rds_configuration (name VARCHAR(100), value VARCHAR(100), description VARCHAR(300))",
    "INSERT INTO mysql.rds_configuration VALUES ('binlog retention hours', {hours}, '')",
)
NO_RDS = ("DROP TABLE mysql.rds_configuration",)
REPLICA = "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = 1"
WRITES = "CREATE EVENT writes ON SCHEDULE EVERY 1 YEAR STARTS '2037-01-01 00:00:00' DO UPDATE t SET name = 'x'"
FOLLOWED = SetUp(source=(TABLE,), config=FOLLOW)


def _set(name: str, value: str, **config: object) -> SetUp:
    return SetUp(source=(TABLE,), source_variables={name: value}, config=config or FOLLOW)


def _rds(hours: str) -> SetUp:
    return SetUp(source=(TABLE, RDS[0], RDS[1].format(hours=hours)), config=FOLLOW, undo=NO_RDS)


BINLOG = (
    Case(
        "binlog_format",
        "binlog-format-not-row",
        ("binlog_format is MIXED", "SET PERSIST binlog_format = ROW;"),
        _set("binlog_format", "MIXED"),
        FOLLOWED,
    ),
    Case(
        "binlog_format",
        "binlog-format-not-row",
        ("binlog_format is STATEMENT",),
        _set("binlog_format", "STATEMENT"),
        _set("binlog_format", "STATEMENT", type="full-load"),
    ),
    Case(
        "binlog_format",
        "binlog-image-not-full",
        ("binlog_row_image is NOBLOB", "SET PERSIST binlog_row_image = FULL;"),
        _set("binlog_row_image", "NOBLOB"),
        _set("binlog_row_image", "MINIMAL", **BY_CHECKSUM),
    ),
    Case(
        "binlog_format",
        "binlog-json-partial",
        ("PARTIAL_JSON", "SET PERSIST binlog_row_value_options = '';"),
        _set("binlog_row_value_options", "'PARTIAL_JSON'"),
        FOLLOWED,
    ),
    Case(
        "binlog_format",
        "binlog-compressed",
        ("inflated",),
        _set("binlog_transaction_compression", "ON"),
        _set("binlog_transaction_compression", "ON", **BY_DMS),
    ),
    Case(
        "binlog_retention",
        "binlog-retention-impossible",
        ("binlog_expire_logs_seconds is 600", "SET PERSIST binlog_expire_logs_seconds = 90000;"),
        _set("binlog_expire_logs_seconds", "600"),
        _set("binlog_expire_logs_seconds", "0"),
    ),
    Case(
        "binlog_retention",
        "binlog-retention-short",
        ("binlog_expire_logs_seconds is 7200", "('binlog retention hours', 25)"),
        _set("binlog_expire_logs_seconds", "7200"),
        SetUp(
            source=(TABLE,),
            source_variables={"binlog_expire_logs_seconds": "7200", "binlog_expire_logs_auto_purge": "OFF"},
            config=FOLLOW,
        ),
    ),
    Case(
        "binlog_retention",
        "binlog-retention-impossible",
        ("binlog retention hours is NULL", "CALL mysql.rds_set_configuration('binlog retention hours', 25);"),
        _rds("NULL"),
        _rds("'48'"),
    ),
    Case(
        "binlog_retention",
        "binlog-retention-short",
        ("binlog retention hours is 12",),
        _rds("'12'"),
        _rds("'48'"),
    ),
    Case(
        "binlog_volume",
        "binlog-volume",
        ("an hour, and", "in the 25 hours"),
        SetUp(source=(TABLE, "INSERT INTO t VALUES (1, 'a')", "FLUSH BINARY LOGS"), config=FOLLOW),
        SetUp(source=(TABLE,), config=BY_CHECKSUM),
    ),
    Case(
        "binlog_position",
        "binlog-position-by-file",
        ("gtid_mode is OFF:", "nothing but a pause", "GRANT RELOAD ON *.* TO 'migrator'@'%';"),
        SetUp(source=(TABLE, *GTIDS_OFF), config=FOLLOW, undo=GTIDS_ON),
        FOLLOWED,
    ),
    Case(
        "binlog_position",
        "binlog-position-by-file",
        ("gtid_mode is ON_PERMISSIVE:", "read under FLUSH TABLES WITH READ LOCK"),
        SetUp(
            source=(TABLE, GTIDS_OFF[0], "GRANT RELOAD ON *.* TO migrator"),
            config=FOLLOW,
            undo=(*GTIDS_ON[1:], "REVOKE RELOAD ON *.* FROM migrator"),
        ),
        SetUp(source=(TABLE, *GTIDS_OFF), config=BY_CHECKSUM, undo=GTIDS_ON),
    ),
    Case(
        "replica_binlog",
        "replica-filtered",
        ("REPLICATE_IGNORE_DB = pf_other", "channel default"),
        SetUp(
            source=(
                TABLE,
                REPLICA,
                "CHANGE REPLICATION FILTER REPLICATE_IGNORE_DB = (pf_other) FOR CHANNEL ''",
            ),
            config=FOLLOW,
            undo=("CHANGE REPLICATION FILTER REPLICATE_IGNORE_DB = () FOR CHANNEL ''", "RESET REPLICA ALL"),
        ),
        SetUp(source=(TABLE, REPLICA), config=FOLLOW, undo=("RESET REPLICA ALL",)),
    ),
)

TABLES = (
    Case(
        "binlog_keys",
        "keyless-tables",
        ("$s.t", "ADD PRIMARY KEY", "keyless_tables: row-image"),
        SetUp(source=(NO_KEY, "CREATE TABLE k (id INT PRIMARY KEY)"), config=FOLLOW),
        SetUp(source=(NO_KEY,), config=ROW_IMAGE),
    ),
    Case(
        "binlog_keys",
        "keyless-tables-slow",
        ("$s.t", "in a scan of its table"),
        SetUp(source=(NO_KEY,), config=ROW_IMAGE),
        SetUp(source=(TABLE,), config=ROW_IMAGE),
    ),
    Case(
        "binlog_engines",
        "engine-not-followed",
        ("BLACKHOLE", "$s.b"),
        SetUp(source=("CREATE TABLE b (id INT PRIMARY KEY) ENGINE = BLACKHOLE",), config=FOLLOW),
        FOLLOWED,
    ),
    Case(
        "binlog_engines",
        "engine-not-followed",
        ("neither transactions nor a usable key", "$s.t"),
        SetUp(source=(f"{NO_KEY} ENGINE = MyISAM",), config=ROW_IMAGE),
        SetUp(source=(NO_KEY,), config=ROW_IMAGE),
    ),
    Case(
        "binlog_engines",
        "engine-forgets-rows",
        ("MEMORY", "$s.t"),
        SetUp(source=(f"{TABLE} ENGINE = MEMORY",), config=FOLLOW),
        SetUp(source=(f"{TABLE} ENGINE = MEMORY",), config=BY_CHECKSUM),
    ),
    Case(
        "binlog_engines",
        "engine-not-transactional",
        ("$s.t", "ENGINE = InnoDB"),
        SetUp(source=(f"{TABLE} ENGINE = MyISAM",), config=FOLLOW),
        FOLLOWED,
    ),
)

TARGET = (
    Case(
        "following_events",
        "target-event-writes",
        ("$s.writes", "names tables that follow the source: t"),
        SetUp(source=(TABLE,), target=(TABLE, WRITES), config=FOLLOW),
        SetUp(source=(TABLE,), target=(TABLE, WRITES.replace(" DO ", " DISABLE DO ")), config=FOLLOW),
    ),
    Case(
        "following_events",
        "target-event-writes",
        ("$s.e",),
        SetUp(source=(TABLE,), target=(TABLE, EVENT), config=BY_CHECKSUM),
        SetUp(
            source=(TABLE,), target=(TABLE, "CREATE EVENT e ON SCHEDULE EVERY 1 YEAR DO SELECT 1"), config=FOLLOW
        ),
    ),
    Case(
        "following_tables",
        "target-table-missing",
        ("$s.t", "type: full-load-and-cdc"),
        SetUp(source=(TABLE,), config=ALONE),
        SetUp(source=(TABLE,), target=(TABLE,), config=ALONE),
    ),
    Case(
        "following_triggers",
        "target-trigger-fires",
        ("$s.t", "tr"),
        SetUp(source=(TABLE, TRIGGER), target=(TABLE, TRIGGER), config=ALONE),
        SetUp(source=(TABLE, TRIGGER), target=(TABLE,), config=ALONE),
    ),
    Case(
        "following_triggers",
        "target-trigger-waits",
        ("$s.t", "cutover"),
        SetUp(source=(TABLE, TRIGGER), target=(TABLE, TRIGGER), config=FOLLOW),
        SetUp(source=(TABLE, TRIGGER), target=(TABLE,), config=FOLLOW),
    ),
    Case(
        "target_rows",
        "target-table-has-rows",
        ("$s.t",),
        SetUp(source=(TABLE,), target=(TABLE, "INSERT INTO t VALUES (1, 'a')"), config=FOLLOW),
        SetUp(source=(TABLE,), target=(TABLE, "INSERT INTO t VALUES (1, 'a')"), config=ALONE),
    ),
    Case(
        "source_writes",
        "source-takes-writes",
        ("does not copy",),
        SetUp(source=(TABLE,)),
        FOLLOWED,
    ),
)

CDC_CASES = BINLOG + TABLES + TARGET

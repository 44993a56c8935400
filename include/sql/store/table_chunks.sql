-- One row per loaded chunk, committed in the same transaction as the chunk's rows.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.chunks (
  migration     VARCHAR(64)     NOT NULL,
  source_schema VARCHAR(64)     NOT NULL,
  source_table  VARCHAR(64)     NOT NULL,
  range_number  INT UNSIGNED    NOT NULL,
  number        INT UNSIGNED    NOT NULL,
  lower_bound   MEDIUMTEXT      NULL,
  upper_bound   MEDIUMTEXT      NULL,
  row_count     BIGINT UNSIGNED NOT NULL,
  byte_count    BIGINT UNSIGNED NOT NULL,
  run_id        VARCHAR(250)    NOT NULL,
  loaded_at     DATETIME(6)     NOT NULL,
  PRIMARY KEY (migration, source_schema, source_table, range_number, number)
) ENGINE = InnoDB

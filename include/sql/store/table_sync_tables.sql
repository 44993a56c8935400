-- How the changes of each table are applied, and until which position if the mode is a passing one.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.sync_tables (
  migration     VARCHAR(64)     NOT NULL,
  source_schema VARCHAR(64)     NOT NULL,
  source_table  VARCHAR(64)     NOT NULL,
  mode          VARCHAR(16)     NOT NULL,
  until_gtid_set MEDIUMTEXT     NULL,
  until_file    VARCHAR(512)    NULL,
  until_offset  BIGINT UNSIGNED NULL,
  row_changes   BIGINT UNSIGNED NOT NULL,
  updated_at    DATETIME(6)     NOT NULL,
  PRIMARY KEY (migration, source_schema, source_table)
) ENGINE = InnoDB

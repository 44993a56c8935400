-- The migration's tables: what the plan knows of each, whatever the run.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.tables (
  migration     VARCHAR(64)     NOT NULL,
  source_schema VARCHAR(64)     NOT NULL,
  source_table  VARCHAR(64)     NOT NULL,
  target_schema VARCHAR(64)     NOT NULL,
  target_table  VARCHAR(64)     NOT NULL,
  run_id        VARCHAR(250)    NOT NULL,
  fingerprint   CHAR(64)        NOT NULL,
  row_estimate  BIGINT UNSIGNED NOT NULL,
  byte_estimate BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (migration, source_schema, source_table)
) ENGINE = InnoDB

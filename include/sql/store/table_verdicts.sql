-- One row per table and run: what verification found.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.verdicts (
  migration        VARCHAR(64)     NOT NULL,
  run_id           VARCHAR(250)    NOT NULL,
  source_schema    VARCHAR(64)     NOT NULL,
  source_table     VARCHAR(64)     NOT NULL,
  range_number     INT UNSIGNED    NOT NULL,
  level            VARCHAR(16)     NOT NULL,
  verdict          VARCHAR(32)     NOT NULL,
  source_rows      BIGINT UNSIGNED NOT NULL,
  target_rows      BIGINT UNSIGNED NOT NULL,
  chunks           INT UNSIGNED    NOT NULL,
  chunks_differing INT UNSIGNED    NOT NULL,
  seconds          DOUBLE          NOT NULL,
  verified_at      DATETIME(6)     NOT NULL,
  PRIMARY KEY (migration, run_id, source_schema, source_table, range_number)
) ENGINE = InnoDB

-- Lag and work of change apply over time, a few rows a minute while a sync runs.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.sync_samples (
  migration    VARCHAR(64)     NOT NULL,
  sampled_at   DATETIME(6)     NOT NULL,
  run_id       VARCHAR(250)    NOT NULL,
  transactions BIGINT UNSIGNED NOT NULL,
  row_changes  BIGINT UNSIGNED NOT NULL,
  lag_seconds  DOUBLE          NOT NULL,
  PRIMARY KEY (migration, sampled_at)
) ENGINE = InnoDB

-- One row per run of one of the migration's DAGs.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.runs (
  migration   VARCHAR(64)  NOT NULL,
  run_id      VARCHAR(250) NOT NULL,
  kind        VARCHAR(16)  NOT NULL,
  state       VARCHAR(16)  NOT NULL,
  options     TEXT         NOT NULL,
  versions    TEXT         NOT NULL,
  started_at  DATETIME(6)  NOT NULL,
  finished_at DATETIME(6)  NULL,
  PRIMARY KEY (migration, run_id)
) ENGINE = InnoDB

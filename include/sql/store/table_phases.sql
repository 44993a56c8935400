-- One row per phase of a run, with the summary its task returned.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.phases (
  migration   VARCHAR(64)  NOT NULL,
  run_id      VARCHAR(250) NOT NULL,
  phase       VARCHAR(32)  NOT NULL,
  state       VARCHAR(16)  NOT NULL,
  started_at  DATETIME(6)  NOT NULL,
  finished_at DATETIME(6)  NULL,
  summary     MEDIUMTEXT   NOT NULL,
  PRIMARY KEY (migration, run_id, phase)
) ENGINE = InnoDB

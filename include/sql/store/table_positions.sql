-- Positions of the source's binlog around a run's load.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.positions (
  migration   VARCHAR(64)     NOT NULL,
  run_id      VARCHAR(250)    NOT NULL,
  kind        VARCHAR(16)     NOT NULL,
  gtid_set    MEDIUMTEXT      NOT NULL,
  binlog_file VARCHAR(512)    NOT NULL,
  binlog_offset BIGINT UNSIGNED NOT NULL,
  recorded_at DATETIME(6)     NOT NULL,
  PRIMARY KEY (migration, run_id, kind)
) ENGINE = InnoDB

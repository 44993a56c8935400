-- What AWS DMS said last of a migration's replication: resources, states, table statistics, latencies, as JSON.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.dms_states (
  migration      VARCHAR(64)     NOT NULL,
  run_id         VARCHAR(250)    NOT NULL,
  seen_at        DATETIME(6)     NOT NULL,
  status         VARCHAR(64)     NOT NULL,
  row_changes    BIGINT UNSIGNED NOT NULL,
  stopped_tables INT UNSIGNED    NOT NULL,
  document       MEDIUMTEXT      NOT NULL,
  PRIMARY KEY (migration)
) ENGINE = InnoDB

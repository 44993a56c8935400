-- The report of each run as it was when the run ended, so that later runs change nothing in it; JSON, compressed:
-- SELECT CONVERT(UNCOMPRESS(document) USING utf8mb4) shows it.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.reports (
  migration VARCHAR(64)  NOT NULL,
  run_id    VARCHAR(250) NOT NULL,
  document  LONGBLOB     NOT NULL,
  made_at   DATETIME(6)  NOT NULL,
  PRIMARY KEY (migration, run_id)
) ENGINE = InnoDB

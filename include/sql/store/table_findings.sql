-- What a phase of a run had to say about objects.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.findings (
  migration VARCHAR(64)  NOT NULL,
  run_id    VARCHAR(250) NOT NULL,
  phase     VARCHAR(32)  NOT NULL,
  number    INT UNSIGNED NOT NULL,
  severity  VARCHAR(16)  NOT NULL,
  code      VARCHAR(64)  NOT NULL,
  subject   VARCHAR(512) NOT NULL,
  observed  TEXT         NOT NULL,
  remedy    TEXT         NOT NULL,
  PRIMARY KEY (migration, run_id, phase, number)
) ENGINE = InnoDB

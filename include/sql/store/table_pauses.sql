-- One row for each time that a load unit waited for a server; seen_at moves while it waits.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.pauses (
  migration  VARCHAR(64)    NOT NULL,
  run_id     VARCHAR(250)   NOT NULL,
  unit       INT UNSIGNED   NOT NULL,
  number     INT UNSIGNED   NOT NULL,
  reason     VARCHAR(1000)  NOT NULL,
  seconds    DECIMAL(12, 3) NOT NULL,
  is_over    TINYINT        NOT NULL,
  started_at DATETIME(6)    NOT NULL,
  seen_at    DATETIME(6)    NOT NULL,
  PRIMARY KEY (migration, run_id, unit, number)
) ENGINE = InnoDB

-- What went wrong on the target and was, or would be, repaired; statements name keys and hold no other value.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.incidents (
  migration  VARCHAR(64)  NOT NULL,
  run_id     VARCHAR(250) NOT NULL,
  scope      VARCHAR(200) NOT NULL,
  kind       VARCHAR(16)  NOT NULL,
  detail     MEDIUMTEXT   NOT NULL,
  statements MEDIUMTEXT   NOT NULL,
  noted_at   DATETIME(6)  NOT NULL,
  PRIMARY KEY (migration, run_id, scope)
) ENGINE = InnoDB

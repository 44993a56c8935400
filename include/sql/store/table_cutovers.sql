-- One row per cutover: how far it is, and what it changed on the servers, so that it can be undone whoever died.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.cutovers (
  migration   VARCHAR(64)  NOT NULL,
  run_id      VARCHAR(250) NOT NULL,
  direction   VARCHAR(8)   NOT NULL,
  state       VARCHAR(16)  NOT NULL,
  policy      VARCHAR(16)  NOT NULL,
  approved_by VARCHAR(250) NOT NULL,
  changes     MEDIUMTEXT   NOT NULL,
  reason      TEXT         NOT NULL,
  started_at  DATETIME(6)  NOT NULL,
  blocked_at  DATETIME(6)  NULL,
  opened_at   DATETIME(6)  NULL,
  updated_at  DATETIME(6)  NOT NULL,
  PRIMARY KEY (migration, run_id)
) ENGINE = InnoDB

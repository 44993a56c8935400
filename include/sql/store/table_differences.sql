-- What is not the same on both sides: rows, objects, accounts, and what was changed on purpose.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.differences (
  migration VARCHAR(64)  NOT NULL,
  run_id    VARCHAR(250) NOT NULL,
  area      VARCHAR(16)  NOT NULL,
  scope     VARCHAR(140) NOT NULL,
  number    INT UNSIGNED NOT NULL,
  kind      VARCHAR(32)  NOT NULL,
  subject   TEXT         NOT NULL,
  detail    TEXT         NOT NULL,
  rule      VARCHAR(64)  NOT NULL,
  PRIMARY KEY (migration, run_id, area, scope, number)
) ENGINE = InnoDB

-- What a run planned to move: one JSON list of tables with mapping, key and estimates. A report needs no source for it.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.run_plans (
  migration  VARCHAR(64)  NOT NULL,
  run_id     VARCHAR(250) NOT NULL,
  tables     LONGTEXT     NOT NULL,
  planned_at DATETIME(6)  NOT NULL,
  PRIMARY KEY (migration, run_id)
) ENGINE = InnoDB

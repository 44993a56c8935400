-- The state each event had on the source; on the target they are created disabled.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.event_states (
  migration    VARCHAR(64) NOT NULL,
  event_schema VARCHAR(64) NOT NULL,
  event_name   VARCHAR(64) NOT NULL,
  source_state VARCHAR(32) NOT NULL,
  PRIMARY KEY (migration, event_schema, event_name)
) ENGINE = InnoDB

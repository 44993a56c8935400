-- How the tables are cut into the key ranges of load units; bounds are JSON lists of texts, NULL is open.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.key_ranges (
  migration     VARCHAR(64)     NOT NULL,
  source_schema VARCHAR(64)     NOT NULL,
  source_table  VARCHAR(64)     NOT NULL,
  number        INT UNSIGNED    NOT NULL,
  unit          INT UNSIGNED    NOT NULL,
  lower_bound   MEDIUMTEXT      NULL,
  upper_bound   MEDIUMTEXT      NULL,
  row_estimate  BIGINT UNSIGNED NOT NULL,
  byte_estimate BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (migration, source_schema, source_table, number),
  KEY unit (migration, unit)
) ENGINE = InnoDB

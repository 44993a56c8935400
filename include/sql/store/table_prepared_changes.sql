-- Row changes of XA transactions that are prepared on the source and neither committed nor rolled back yet.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.prepared_changes (
  migration     VARCHAR(64)     NOT NULL,
  xid           VARCHAR(300)    NOT NULL,
  number        BIGINT UNSIGNED NOT NULL,
  source_schema VARCHAR(64)     NOT NULL,
  source_table  VARCHAR(64)     NOT NULL,
  kind          VARCHAR(8)      NOT NULL,
  before_image  LONGBLOB        NULL,
  after_image   LONGBLOB        NULL,
  PRIMARY KEY (migration, xid, number)
) ENGINE = InnoDB

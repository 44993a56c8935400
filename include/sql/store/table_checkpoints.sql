-- Up to where the source's changes are on the target; commits with the rows it speaks of.
-- Versions: 8.0+. Privileges: CREATE.
CREATE TABLE IF NOT EXISTS {control}.checkpoints (
  migration     VARCHAR(64)     NOT NULL,
  gtid_set      MEDIUMTEXT      NOT NULL,
  binlog_file   VARCHAR(512)    NOT NULL,
  binlog_offset BIGINT UNSIGNED NOT NULL,
  by_gtid       TINYINT(1)      NOT NULL,
  source_uuid   VARCHAR(36)     NOT NULL,
  state         VARCHAR(16)     NOT NULL,
  words         TEXT            NOT NULL,
  committed_at  BIGINT UNSIGNED NOT NULL,
  transactions  BIGINT UNSIGNED NOT NULL,
  row_changes   BIGINT UNSIGNED NOT NULL,
  moves         BIGINT UNSIGNED NOT NULL,
  updated_at    DATETIME(6)     NOT NULL,
  PRIMARY KEY (migration)
) ENGINE = InnoDB

-- Tables as people make them, each with something that copiers lose. The target's SHOW CREATE must be the same text.
CREATE TABLE columns_of_all_kinds (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'it''s "quoted", `ticked`, 100% {sure}\\ and
two lines, KEY `x` (`y`), ENGINE=MyISAM',
  tiny TINYINT(1) UNSIGNED ZEROFILL DEFAULT 7,
  shown VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_german2_ci DEFAULT 'a''b"c`\\ %s {x} é',
  hidden INT INVISIBLE DEFAULT 5,
  bin BINARY(4) DEFAULT x'FF00AA',
  bits BIT(9) NOT NULL DEFAULT b'101',
  doc JSON DEFAULT (JSON_OBJECT('a', '),(')),
  born DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  zero_date DATE NOT NULL DEFAULT '0000-00-00',
  stamp TIMESTAMP NULL DEFAULT NULL,
  kind ENUM('a', 'b,c', 'd''e', 'é', '') NOT NULL DEFAULT 'b,c',
  flags SET('x', 'y''z') DEFAULT '',
  made_of VARCHAR(60) GENERATED ALWAYS AS (CONCAT(shown, ' ''),(`')) STORED NOT NULL,
  twice VARCHAR(130) GENERATED ALWAYS AS (CONCAT(made_of, made_of)) VIRTUAL INVISIBLE,
  token CHAR(36) DEFAULT (UUID()),
  spot POINT NOT NULL SRID 4326,
  area POLYGON,
  price DECIMAL(65,30) DEFAULT '-0.1',
  y YEAR DEFAULT 1901,
  `order` INT,
  fixed_format INT COLUMN_FORMAT FIXED,
  PRIMARY KEY (id),
  UNIQUE KEY `of shown` (shown(5) DESC, id),
  UNIQUE KEY folded ((LOWER(shown)), ((`order` + 1))),
  KEY many_values ((CAST(doc->'$.tags' AS UNSIGNED ARRAY))),
  KEY hidden_key (kind, flags) INVISIBLE COMMENT 'don''t, `see`',
  KEY also_functional ((MONTH(born))),
  SPATIAL KEY spot_key (spot),
  FULLTEXT KEY first_words (shown),
  FULLTEXT KEY second_words (made_of) WITH PARSER ngram,
  KEY on_generated (twice(20)) USING BTREE,
  CONSTRAINT `is '),(` CHECK (token <> '),(' AND tiny < 100),
  CHECK (`order` > 0),
  CONSTRAINT not_meant CHECK (price > 0) NOT ENFORCED
) AUTO_INCREMENT=1000 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_as_cs COMMENT='c) ENGINE=x `''"
 new line' STATS_PERSISTENT=1 STATS_SAMPLE_PAGES=33 MAX_ROWS=5000 AVG_ROW_LENGTH=100 ROW_FORMAT=DYNAMIC;
CREATE TABLE no_key (a INT, b TEXT, KEY (a));
CREATE TABLE own_invisible_key (my_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT INVISIBLE, a INT, PRIMARY KEY (my_id));
CREATE TABLE nullable_unique (a INT NULL, UNIQUE KEY (a));
CREATE TABLE only_fulltext (a TEXT, FULLTEXT KEY (a));
CREATE TABLE float_key (f DOUBLE NOT NULL, code CHAR(3) NOT NULL, PRIMARY KEY (f), UNIQUE KEY (code));
CREATE TABLE counter_in_second_place (
  tenant INT NOT NULL, id INT NOT NULL AUTO_INCREMENT, PRIMARY KEY (tenant, id), KEY counting (id)) AUTO_INCREMENT=77;
CREATE TABLE descending_key (a INT, b VARCHAR(10), PRIMARY KEY (a DESC, b), KEY (b DESC, a));
CREATE TABLE generated_key (a INT NOT NULL, b INT GENERATED ALWAYS AS (a + 1) STORED NOT NULL, PRIMARY KEY (b, a));
CREATE TABLE unique_instead_of_primary (a VARCHAR(40) NOT NULL, b INT, UNIQUE KEY first_one (a), KEY (b));
CREATE TABLE by_range (id INT, at DATE NOT NULL, note TEXT COMMENT 'ENGINE = MyISAM', PRIMARY KEY (id, at), KEY (at))
  PARTITION BY RANGE COLUMNS (at) (
    PARTITION p_old VALUES LESS THAN ('2020-01-01') COMMENT = 'ENGINE = MyISAM, DATA DIRECTORY = ''/x''',
    PARTITION `engine` VALUES LESS THAN ('2021-01-01') MAX_ROWS = 10,
    PARTITION p_new VALUES LESS THAN (MAXVALUE));
CREATE TABLE by_list (a INT NOT NULL, b INT) PARTITION BY LIST (a * 2) (
    PARTITION p1 VALUES IN (2, 4), PARTITION p2 VALUES IN (NULL, 6));
CREATE TABLE by_hash (a INT NOT NULL, b INT, UNIQUE KEY (a)) PARTITION BY LINEAR HASH (a) PARTITIONS 3;
CREATE TABLE by_key (a INT, b INT, PRIMARY KEY (a)) PARTITION BY KEY ALGORITHM = 1 (a) PARTITIONS 2;
CREATE TABLE in_subpartitions (a INT, b INT, PRIMARY KEY (a, b)) PARTITION BY RANGE (a) SUBPARTITION BY HASH (b) (
    PARTITION p0 VALUES LESS THAN (10) (SUBPARTITION s0, SUBPARTITION s1 COMMENT = 'x'),
    PARTITION p1 VALUES LESS THAN MAXVALUE (SUBPARTITION s2, SUBPARTITION s3));
CREATE TABLE `a``b"c'd %s {e}.f g$` (
  `x``y%s{z}` INT NOT NULL, `ключ 钥` VARCHAR(5) DEFAULT '%d', `1` INT, `key` INT, `primary` INT,
  PRIMARY KEY (`x``y%s{z}`), UNIQUE KEY `u``%i {}.` (`ключ 钥`), KEY `fulltext` (`key`),
  CONSTRAINT `c``%s {}.` CHECK (`x``y%s{z}` <> 1));
CREATE TABLE aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg (
  aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg INT PRIMARY KEY, b INT,
  KEY aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg (b));
CREATE TABLE `rank` (`groups` INT, `lateral` INT, `end` INT, KEY `check` (`groups`));
CREATE TABLE employee (id INT PRIMARY KEY, boss INT, team INT, KEY (boss), KEY (team),
  CONSTRAINT reports_to FOREIGN KEY (boss) REFERENCES employee (id) ON DELETE SET NULL);
CREATE TABLE team (id INT PRIMARY KEY, lead_id INT, CONSTRAINT led_by FOREIGN KEY (lead_id) REFERENCES employee (id));
ALTER TABLE employee ADD CONSTRAINT `member``of` FOREIGN KEY (team) REFERENCES team (id) ON UPDATE CASCADE;
CREATE TABLE parent_of_two (a INT, b VARCHAR(10), u INT NOT NULL, v INT, PRIMARY KEY (a, b), UNIQUE KEY (u), KEY (v));
CREATE TABLE child (id INT PRIMARY KEY, a INT, b VARCHAR(10), u INT, v INT,
  FOREIGN KEY (a, b) REFERENCES parent_of_two (a, b) ON DELETE CASCADE ON UPDATE NO ACTION,
  FOREIGN KEY (u) REFERENCES parent_of_two (u));
CREATE TABLE aaa_child_first (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES zzz_parent_last (id));
CREATE TABLE zzz_parent_last (id INT PRIMARY KEY);
CREATE TABLE old_utf8 (a VARCHAR(10) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin, b VARCHAR(9) CHARACTER SET sjis
  DEFAULT 'ソ') DEFAULT CHARSET=utf8mb3;
CREATE TABLE counter_at_its_end (id TINYINT NOT NULL AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT=127;

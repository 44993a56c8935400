CREATE TABLE part_of_key (a INT NOT NULL, b INT NOT NULL, h INT AS (a % 10) STORED, PRIMARY KEY (h, a, b));
INSERT INTO part_of_key (a, b) SELECT n, n * 2 FROM (WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 500) SELECT n FROM s) q;
CREATE TABLE alone (a INT NOT NULL, k VARCHAR(20) AS (CONCAT('k', a)) STORED NOT NULL, PRIMARY KEY (k));
INSERT INTO alone (a) VALUES (1), (2), (10);
CREATE TABLE virtual_unique (a INT NOT NULL, k INT AS (a + 1) VIRTUAL NOT NULL, UNIQUE KEY (k));
INSERT INTO virtual_unique (a) VALUES (3), (1), (2);
CREATE TABLE only_generated (g INT AS (1) STORED, h INT AS (2) VIRTUAL);
INSERT INTO only_generated () VALUES (), ();

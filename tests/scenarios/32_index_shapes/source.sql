CREATE TABLE shaped (id INT NOT NULL, a VARCHAR(100), b INT, c TEXT, d BLOB, PRIMARY KEY (id DESC) COMMENT 'it''s "the" key',
    UNIQUE KEY hidden (b, id) INVISIBLE, KEY falling (b DESC, a ASC), KEY short (a(10), c(20), d(5)), KEY twice (b), KEY twice_again (b) COMMENT 'same\nagain', KEY named_tree (a) USING BTREE);
INSERT INTO shaped VALUES (1, 'one', 1, 'c', 'd'), (-5, 'minus', 2, NULL, NULL), (9, 'ninety', NULL, 'é', X'FF00');
CREATE TABLE falling_pair (a INT, b VARCHAR(10), PRIMARY KEY (a DESC, b));
INSERT INTO falling_pair SELECT n DIV 10, n FROM (WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 500) SELECT n FROM s) q;

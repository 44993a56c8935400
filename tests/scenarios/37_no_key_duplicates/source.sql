CREATE TABLE repeated (a INT, b VARCHAR(20), f FLOAT);
INSERT INTO repeated VALUES (1, 'x', 1.1), (1, 'x', 1.1), (1, 'x', 1.1), (2, NULL, NULL), (2, NULL, NULL), (NULL, NULL, NULL), (NULL, NULL, NULL);
INSERT INTO repeated SELECT n % 5, 'y', n % 3 FROM (WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 900) SELECT n FROM s) q;
CREATE TABLE blobs_only (b BLOB);
INSERT INTO blobs_only VALUES (X'00'), (X'00'), (NULL), (X'');

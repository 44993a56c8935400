CREATE TABLE by_enum (e ENUM('z', 'a', 'm', '9') PRIMARY KEY, v INT);
INSERT INTO by_enum VALUES ('z', 1), ('a', 2), ('m', 3), ('9', 4);
CREATE TABLE by_both (e ENUM('b', 'a'), s SET('y', 'x', 'w'), n INT, PRIMARY KEY (e, s, n));
INSERT INTO by_both SELECT 1 + n % 2, n % 8, n FROM (WITH RECURSIVE q (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM q WHERE n < 500) SELECT n FROM q) r;

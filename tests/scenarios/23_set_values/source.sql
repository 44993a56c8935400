SET @members = (WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 64) SELECT GROUP_CONCAT(CONCAT('''m', n, '''') ORDER BY n) FROM s);
SET @make = CONCAT('CREATE TABLE sets (id INT PRIMARY KEY, s SET(', @members, '), o SET(''a b'', ''it''''s'', ''é'', ''-'') NOT NULL)');
PREPARE make FROM @make;
EXECUTE make;
INSERT INTO sets VALUES (1, 18446744073709551615, 15), (2, '', ''), (3, NULL, 'it''s'), (4, 'm64', 'é,a b'), (5, 'm1,m64,m33', 9), (6, 9223372036854775808, 4), (7, 1, '-');

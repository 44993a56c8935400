CREATE TABLE bytes (id INT AUTO_INCREMENT PRIMARY KEY, b BLOB, t TEXT, v VARCHAR(300) CHARACTER SET latin1);
INSERT INTO bytes (b, t, v)
    WITH RECURSIVE s (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < 255)
    SELECT CAST(CHAR(n) AS BINARY), CONVERT(CHAR(n USING latin1) USING utf8mb4), CHAR(n USING latin1) FROM s;
INSERT INTO bytes (b, t, v) SELECT GROUP_CONCAT(b ORDER BY id SEPARATOR ''), GROUP_CONCAT(t ORDER BY id SEPARATOR ''), GROUP_CONCAT(v ORDER BY id SEPARATOR '') FROM (SELECT * FROM bytes) q;
INSERT INTO bytes (b, t, v) VALUES ('\\N', '\\N', '\\N'), ('\\', '\\', '\\'), ('''', '''', ''''), ('a,b', 'a,b', 'a,b'), ('a\nb\r\nc', 'a\nb\r\nc', 'a\nb'),
    ('\t', '\t', '\t'), ('"', '"', '"'), ('),(', '),(', '),('), ('-- x', '/* x */', '#'), ('%s %(a)s %%', '%s', '%'), ('{0}', '{a}', '}'), ('', '', '');

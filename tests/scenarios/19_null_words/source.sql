CREATE TABLE nulls (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(20), t TEXT, b VARBINARY(20), c CHAR(5), e ENUM('NULL', '', 'x'), s SET('NULL', 'x'), n INT, f DOUBLE, d DECIMAL(5, 1), dt DATETIME, j JSON, g GEOMETRY, bi BIT(4));
INSERT INTO nulls (v, t, b, c, e, s, j) VALUES ('NULL', 'NULL', 'NULL', 'NULL', 'NULL', 'NULL', '"NULL"'), ('\\N', '\\N', '\\N', '\\N', '', '', 'null'), ('', '', '', '', '', '', '""'), ('null', 'Null', 'nUll', 'null', 'x', 'x', '[null]');
INSERT INTO nulls () VALUES ();
CREATE TABLE keyless (v VARCHAR(20), n INT);
INSERT INTO keyless VALUES (NULL, NULL), ('NULL', NULL), ('', NULL), (NULL, 0), (NULL, NULL);

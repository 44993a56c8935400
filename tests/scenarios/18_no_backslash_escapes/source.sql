SET sql_mode = 'NO_BACKSLASH_ESCAPES';
CREATE TABLE plain (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(50) DEFAULT '\' COMMENT 'a\b''c', e ENUM('\', '''', '\n') NOT NULL, CHECK (v <> '\x'));
INSERT INTO plain (v, e) VALUES ('\', '\'), ('\n', '\n'), ('''', ''''), ('\\', '\');
INSERT INTO plain (e) VALUES ('\');
SET NAMES latin1;
CREATE TABLE western (id INT PRIMARY KEY, v VARCHAR(50) CHARACTER SET utf8mb4);
INSERT INTO western VALUES (1, 'Ã©');

CREATE TABLE in_memory (id INT PRIMARY KEY, v VARCHAR(20)) ENGINE = MEMORY;
INSERT INTO in_memory VALUES (1, 'x'), (2, 'é');
CREATE TABLE as_csv (a INT NOT NULL, b VARCHAR(20) NOT NULL) ENGINE = CSV;
INSERT INTO as_csv VALUES (1, 'a,"b"'), (2, ''), (1, 'a,"b"');
CREATE TABLE archived (id INT AUTO_INCREMENT PRIMARY KEY, v TEXT) ENGINE = ARCHIVE;
INSERT INTO archived (v) VALUES ('one'), (NULL), ('three');

SET foreign_key_checks = 0;
CREATE TABLE child (id INT PRIMARY KEY, p INT, CONSTRAINT c_p FOREIGN KEY (p) REFERENCES nowhere (id));
INSERT INTO child VALUES (1, 1), (2, NULL);

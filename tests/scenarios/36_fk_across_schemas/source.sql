CREATE DATABASE fk_left;
CREATE DATABASE fk_right;
SET foreign_key_checks = 0;
CREATE TABLE fk_left.a (id INT PRIMARY KEY, r INT, CONSTRAINT a_to_b FOREIGN KEY (r) REFERENCES fk_right.b (id));
CREATE TABLE fk_right.b (id INT PRIMARY KEY, l INT, CONSTRAINT b_to_a FOREIGN KEY (l) REFERENCES fk_left.a (id) ON DELETE CASCADE);
INSERT INTO fk_left.a VALUES (1, 1), (2, NULL);
INSERT INTO fk_right.b VALUES (1, 2);

CREATE DATABASE ren_left;
CREATE DATABASE ren_right;
SET foreign_key_checks = 0;
CREATE TABLE ren_left.a (id INT PRIMARY KEY, r INT, CONSTRAINT a_to_b FOREIGN KEY (r) REFERENCES ren_right.b (id));
CREATE TABLE ren_right.b (id INT PRIMARY KEY, l INT, CONSTRAINT b_to_a FOREIGN KEY (l) REFERENCES ren_left.a (id) ON DELETE CASCADE);
INSERT INTO ren_left.a VALUES (1, 1), (2, NULL);
INSERT INTO ren_right.b VALUES (1, 2);

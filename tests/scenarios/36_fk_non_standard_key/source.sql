SET restrict_fk_on_non_standard_key = OFF;
CREATE TABLE parent (a INT, b INT, c INT, PRIMARY KEY (a, b), KEY by_c (c));
CREATE TABLE child (id INT PRIMARY KEY, a INT, c INT, CONSTRAINT c_a FOREIGN KEY (a) REFERENCES parent (a), CONSTRAINT c_c FOREIGN KEY (c) REFERENCES parent (c));
INSERT INTO parent VALUES (1, 1, 5), (1, 2, 5);
INSERT INTO child VALUES (1, 1, 5);

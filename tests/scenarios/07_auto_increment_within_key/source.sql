CREATE TABLE within (grp INT NOT NULL, n INT NOT NULL AUTO_INCREMENT, v INT, PRIMARY KEY (grp, n)) ENGINE = MyISAM;
INSERT INTO within (grp, v) VALUES (1, 1), (1, 2), (2, 3), (1, 4), (2, 5);

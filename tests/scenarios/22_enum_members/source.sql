CREATE TABLE enums (id INT AUTO_INCREMENT PRIMARY KEY, odd ENUM('a,b', 'it''s', '"', '😀', '\\', ' lead', '%', '') NOT NULL, digits ENUM('2', '1', '0'), bin ENUM('a', 'A', 'á') COLLATE utf8mb4_bin, nul ENUM('x') NULL);
INSERT INTO enums (odd, digits, bin, nul) VALUES ('a,b', '0', 'a', 'x'), ('it''s', '1', 'A', NULL), ('"', '2', 'á', 'x'), ('😀', 1, NULL, NULL), ('\\', 2, 'a', NULL), (' lead', 3, 'A', NULL), ('%', NULL, 'a', NULL), ('', '0', 'a', NULL);
CREATE TABLE many (id INT PRIMARY KEY, e ENUM('m1','m2','m3','m4','m5','m6','m7','m8','m9','m10') CHARACTER SET latin1);
INSERT INTO many VALUES (1, 'm1'), (2, 'm10'), (3, 'm2');

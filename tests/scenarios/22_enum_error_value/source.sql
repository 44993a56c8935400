SET sql_mode = '';
CREATE TABLE wrong (id INT AUTO_INCREMENT PRIMARY KEY, e ENUM('a', 'b') NOT NULL, with_empty ENUM('', 'x'), s SET('a', 'b'));
INSERT INTO wrong (e, with_empty, s) VALUES ('nothing', 'nothing', 'nothing'), ('a', '', 'a'), (0, 1, ''), (NULL, 0, 0);
INSERT INTO wrong (e) VALUES ('b');

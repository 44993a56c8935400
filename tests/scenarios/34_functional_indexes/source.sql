CREATE TABLE computed (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(40), b INT, d DATETIME, KEY low ((LOWER(a))), KEY mixed (b, (b * 2) DESC, (DATE(d))), UNIQUE KEY un ((CONCAT(a, '%s', b))), KEY concat_quote ((CONCAT(a, 'it''s `x`'))));
INSERT INTO computed (a, b, d) VALUES ('Aa', 1, '2020-01-01 10:00:00'), ('bB', 2, NULL), (NULL, NULL, '2021-01-01');

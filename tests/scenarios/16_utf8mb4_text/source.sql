CREATE TABLE texts (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(200), c CHAR(20), t TEXT);
INSERT INTO texts (v, c, t) VALUES ('👩‍👩‍👧‍👦', '𠜎𠜱', 'مرحبا'), (_utf8mb4 X'00610062', _utf8mb4 X'0041', _utf8mb4 X'EFBFBE'),
    ('trailing   ', 'trailing   ', 'trailing   '), (' leading', ' leading', ' leading'), ('', '', ''), (NULL, NULL, NULL),
    ('é', 'é', _utf8mb4 X'65CC81'), ('ß ss ẞ', 'İıI', '中文字符'), (_utf8mb4 X'F48FBFBF', _utf8mb4 X'EFBBBF', _utf8mb4 X'E280AE');
SET sql_mode = 'PAD_CHAR_TO_FULL_LENGTH';
INSERT INTO texts (v, c) VALUES ('padded', 'padded');

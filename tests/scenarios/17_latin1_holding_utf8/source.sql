CREATE TABLE mojibake (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(100) CHARACTER SET latin1, t TEXT CHARACTER SET latin1, ch CHAR(9) CHARACTER SET latin1);
INSERT INTO mojibake (v, t, ch) VALUES (_latin1 X'C3A9C3A8', _latin1 X'F09F9880', _latin1 X'E282AC'), (_latin1 X'8081828D8F909D9F', _latin1 X'00FF', _latin1 X'A0'),
    (_latin1 X'5C275C5C', _latin1 X'0A0D09', _latin1 X'1A'), (NULL, NULL, NULL);
CREATE TABLE by_latin1 (k VARCHAR(20) CHARACTER SET latin1 PRIMARY KEY, v INT);
INSERT INTO by_latin1 VALUES (_latin1 X'C3A9', 1), (_latin1 X'E9', 2), (_latin1 X'8D', 3), (_latin1 X'FF', 4), ('', 5);

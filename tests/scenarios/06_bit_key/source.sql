CREATE TABLE by_bit (b BIT(64), n INT, PRIMARY KEY (b, n));
INSERT INTO by_bit VALUES (0, 1), (1, 1), (255, 1), (256, 1), (9223372036854775808, 1), (18446744073709551615, 1), (0x27, 2);
CREATE TABLE by_small_bit (b BIT(3) PRIMARY KEY, v VARCHAR(5));
INSERT INTO by_small_bit VALUES (0, 'zero'), (b'111', 'seven'), (b'010', 'two');

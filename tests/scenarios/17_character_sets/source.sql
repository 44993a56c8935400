CREATE TABLE sets (
    id INT AUTO_INCREMENT PRIMARY KEY, sj VARCHAR(20) CHARACTER SET sjis, c932 VARCHAR(20) CHARACTER SET cp932, gb VARCHAR(20) CHARACTER SET gbk,
    g18 VARCHAR(20) CHARACTER SET gb18030, b5 VARCHAR(20) CHARACTER SET big5, u2 VARCHAR(20) CHARACTER SET ucs2, u16 VARCHAR(20) CHARACTER SET utf16,
    le VARCHAR(20) CHARACTER SET utf16le, u32 VARCHAR(20) CHARACTER SET utf32, u3 VARCHAR(20) CHARACTER SET utf8mb3, kr VARCHAR(20) CHARACTER SET euckr,
    cp VARCHAR(20) CHARACTER SET cp1251, l2 VARCHAR(20) CHARACTER SET latin2, asc7 VARCHAR(20) CHARACTER SET ascii, bin VARCHAR(20) CHARACTER SET binary,
    t TEXT CHARACTER SET utf16, e ENUM('日本', '表') CHARACTER SET sjis, s SET('я', 'ю') CHARACTER SET cp1251
);
INSERT INTO sets VALUES (1, '表示', '表示', '中文誠', '中文誠', '功許蓋', '日本語', '日本😀', '日本😀', '日本😀', '日本語', '한국어', 'привет', 'žluť', 'abc', X'00FF5C27', '日本😀', '表', 'я,ю'),
    (2, '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '日本', ''),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (4, _sjis X'835C', _cp932 X'835C', _gbk X'D55C', _gb18030 X'815C', _big5 X'A55C', _ucs2 X'005C', _utf16 X'005C0027', _utf16le X'5C002700', _utf32 X'0000005C', '\\', _euckr X'A1A1', _cp1251 X'5CFF', _latin2 X'5C27', '\\''', X'5C', _utf16 X'000A', '表', 'ю');

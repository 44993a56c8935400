CREATE TABLE nullable (a INT, b INT, UNIQUE KEY u (a), UNIQUE KEY v (a, b));
INSERT INTO nullable VALUES (NULL, 1), (NULL, 1), (NULL, NULL), (1, NULL), (2, 1);
CREATE TABLE prefixed (t VARCHAR(100) NOT NULL, UNIQUE KEY u (t(5)));
INSERT INTO prefixed VALUES ('aaaaa1'), ('bbbbb1'), ('');
CREATE TABLE words_only (t TEXT, FULLTEXT KEY (t));
INSERT INTO words_only VALUES ('a'), ('a'), (NULL);
CREATE TABLE functional_only (a INT NOT NULL, UNIQUE KEY u ((a + 1)));
INSERT INTO functional_only VALUES (2), (1);

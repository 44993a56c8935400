CREATE TABLE articles (id INT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(100), body TEXT, cjk TEXT, FULLTEXT KEY words (title, body), FULLTEXT KEY only_body (body) COMMENT 'one', FULLTEXT KEY grams (cjk) WITH PARSER ngram);
INSERT INTO articles (title, body, cjk) VALUES ('Hello world', 'The quick brown fox', '中文字符测试'), ('It''s', NULL, '日本語'), (NULL, 'é', NULL);
CREATE TABLE with_doc_id (FTS_DOC_ID BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, t TEXT, FULLTEXT KEY ft (t));
INSERT INTO with_doc_id (t) VALUES ('one'), ('two');

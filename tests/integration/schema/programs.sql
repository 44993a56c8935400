-- Programs as people make them. Definers do not exist on the target: accounts come after objects.
ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci;
CREATE TABLE item (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40), price DECIMAL(9,2), doc JSON,
  l VARCHAR(9) CHARACTER SET latin1, at DATETIME DEFAULT '2020-01-01');
CREATE TABLE log (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(200));
DELIMITER //
CREATE DEFINER = `ow``ner`@`10.%` FUNCTION vat (p DECIMAL(9,2)) RETURNS DECIMAL(9,2) DETERMINISTIC NO SQL
  COMMENT 'it''s 100% "vat"\\ -- DELIMITER //' RETURN p * 1.21//
CREATE DEFINER = app@localhost FUNCTION as_caller (p VARCHAR(10) CHARSET latin1) RETURNS VARCHAR(10) CHARSET latin1
  READS SQL DATA SQL SECURITY INVOKER
BEGIN
  -- a comment with ' and ` and "
  DECLARE n INT DEFAULT 0; # another '
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  SELECT COUNT(*) INTO n FROM item WHERE name LIKE '%s%%d' OR name = 'it''s';
  RETURN CONCAT(p, n);
END//
CREATE DEFINER = app@localhost PROCEDURE vat () BEGIN SELECT 'same name as the function'; END//
CREATE DEFINER = app@localhost PROCEDURE `odd ``name"%s{x}.` (IN `in ``p` INT, OUT o INT, INOUT io VARCHAR(5))
  MODIFIES SQL DATA
lbl: BEGIN
  SET o = `in ``p`;
  lp: LOOP SET o = o + 1; IF o > 5 THEN LEAVE lp; END IF; END LOOP lp;
  INSERT INTO log (what) VALUES ('😀 /*! not a comment */');
END//
SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,IGNORE_SPACE,HIGH_NOT_PRECEDENCE'//
CREATE DEFINER = app@localhost PROCEDURE "ansi ""p"" `x" ("a b" INT) COMMENT 'back\slash ''q'''
  BEGIN SELECT "a b" || 'c\' AS "x y" FROM "item" WHERE 'it''s' <> '\'; END//
CREATE DEFINER = app@localhost TRIGGER "ansi trigger" BEFORE UPDATE ON "item" FOR EACH ROW
  SET NEW.name = NEW.name || '\'//
CREATE DEFINER = app@localhost EVENT "ansi event" ON SCHEDULE EVERY 1 HOUR STARTS '2031-01-01 10:00:00'
  COMMENT 'back\slash' DO INSERT INTO "log" (what) VALUES ('\')//
SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'//
SET NAMES latin1//
CREATE DEFINER = app@localhost PROCEDURE latin1_client () COMMENT 'a' SELECT 'a' AS b//
SET NAMES utf8mb4 COLLATE utf8mb4_bin//
CREATE DEFINER = app@localhost PROCEDURE binary_collation () SELECT 'a' = 'A'//
ALTER DATABASE COLLATE latin1_german2_ci//
CREATE DEFINER = app@localhost PROCEDURE other_database_collation (s CHAR(10)) SELECT s//
CREATE DEFINER = app@localhost TRIGGER of_other_collation AFTER DELETE ON item FOR EACH ROW SET @gone = OLD.id//
ALTER DATABASE COLLATE utf8mb4_0900_ai_ci//
SET NAMES utf8mb4//
CREATE DEFINER = app@localhost PROCEDURE long_one () BEGIN SELECT 'LONG'; END//
CREATE DEFINER = app@localhost FUNCTION in_js (a INT) RETURNS INT LANGUAGE JAVASCRIPT AS $$ return a + "'`".length; $$//
CREATE DEFINER = app@localhost TRIGGER z_first BEFORE INSERT ON item FOR EACH ROW
BEGIN
  SET NEW.name = CONCAT(NEW.name, ':first');
  INSERT INTO log (what) VALUES (CONCAT('item ', NEW.name, ' %s'));
END//
CREATE DEFINER = `ow``ner`@`10.%` TRIGGER a_third BEFORE INSERT ON item FOR EACH ROW
  SET NEW.name = CONCAT(NEW.name, ':third')//
CREATE DEFINER = app@localhost TRIGGER m_second BEFORE INSERT ON item FOR EACH ROW PRECEDES a_third
  SET NEW.name = CONCAT(NEW.name, ':second')//
CREATE DEFINER = app@localhost TRIGGER after_one AFTER INSERT ON item FOR EACH ROW SET @last = NEW.id//
CREATE DEFINER = app@localhost VIEW v_base AS SELECT id, name, vat(price) AS gross, 'é😀' AS e FROM item
  WHERE name LIKE '%s%%' WITH CASCADED CHECK OPTION//
CREATE DEFINER = app@localhost SQL SECURITY INVOKER VIEW v_invoker AS SELECT * FROM v_base//
CREATE ALGORITHM = TEMPTABLE DEFINER = `ow``ner`@`10.%` VIEW a_on_views (`x``y`, `%s {z}.`) AS
  SELECT b.id, i.gross FROM v_base b JOIN v_invoker i USING (id)//
CREATE ALGORITHM = MERGE DEFINER = app@localhost VIEW a_deeper AS SELECT `x``y` AS `rank` FROM a_on_views//
CREATE DEFINER = app@localhost VIEW a_deepest AS WITH RECURSIVE q (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM q WHERE n < 3)
  SELECT q.n, d.`rank`, j.k, EXTRACT(YEAR FROM it.at) AS y, TRIM(LEADING 'x' FROM it.name) AS t,
    SUM(it.price) OVER w AS s, DATE'2020-01-01' AS d, _latin1 x'E9' AS raw_byte, as_caller(it.l) AS c
  FROM q JOIN a_deeper d JOIN item it LEFT JOIN JSON_TABLE(it.doc, '$[*]' COLUMNS (k INT PATH '$.k')) j ON TRUE
  WINDOW w AS (PARTITION BY it.l ORDER BY it.id)//
CREATE TABLE dropped (a INT)//
CREATE DEFINER = app@localhost VIEW broken AS SELECT a FROM dropped//
CREATE DEFINER = app@localhost VIEW on_broken AS SELECT a FROM broken//
DROP TABLE dropped//
SET time_zone = '+05:30'//
CREATE DEFINER = app@localhost EVENT in_zone ON SCHEDULE EVERY 2 DAY STARTS '2030-06-01 03:00:00' ENDS '2032-01-01 00:00:00'
  ON COMPLETION PRESERVE COMMENT 'it''s' DO BEGIN INSERT INTO log (what) VALUES ('x'); DELETE FROM log; END//
SET time_zone = '+00:00'//
CREATE DEFINER = app@localhost EVENT switched_off ON SCHEDULE EVERY '1:30' HOUR_MINUTE DISABLE DO SET @x = 1//
CREATE DEFINER = app@localhost EVENT for_replicas ON SCHEDULE AT '2031-01-01 00:00:00' DISABLE ON REPLICA DO SET @x = 1//
SET timestamp = 1500000000//
CREATE DEFINER = app@localhost EVENT over_but_kept ON SCHEDULE AT '2018-01-01 00:00:00' DISABLE DO SET @x = 1//
CREATE DEFINER = app@localhost EVENT ended ON SCHEDULE EVERY 1 DAY STARTS '2017-08-01 00:00:00' ENDS '2018-01-01 00:00:00'
  DISABLE DO SET @x = 1//
SET timestamp = DEFAULT//

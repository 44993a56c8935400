CREATE TABLE one_row (id INT PRIMARY KEY);
INSERT INTO one_row VALUES (1);
CREATE TABLE no_row (id INT PRIMARY KEY, v LONGTEXT);
CREATE TABLE no_row_no_key (v INT);
DELIMITER //
CREATE PROCEDURE make_many() BEGIN
  DECLARE n INT DEFAULT 0;
  WHILE n < 60 DO
    SET @make = CONCAT('CREATE TABLE tiny_', n, ' (id INT PRIMARY KEY, v INT, KEY (v))');
    PREPARE make FROM @make; EXECUTE make;
    SET @fill = CONCAT('INSERT INTO tiny_', n, ' VALUES (', n, ', ', n % 7, ')');
    PREPARE fill FROM @fill; EXECUTE fill;
    SET n = n + 1;
  END WHILE;
END//
DELIMITER ;
CALL make_many();
DROP PROCEDURE make_many;

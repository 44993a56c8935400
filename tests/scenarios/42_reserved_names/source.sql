CREATE TABLE `rank` (`groups` INT PRIMARY KEY, `lateral` INT, `manual` INT, `parallel` INT, `qualify` INT, `tablesample` INT, `select` INT, `order` INT, `system` INT, `window` INT, KEY `key` (`lateral`));
INSERT INTO `rank` VALUES (1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
CREATE TABLE `table` (`primary` INT PRIMARY KEY, `null` INT, `default` INT DEFAULT 1, CONSTRAINT `check` CHECK (`null` > 0));
INSERT INTO `table` (`primary`) VALUES (1);
CREATE VIEW `view` AS SELECT `primary` AS `select`, `null` AS `from` FROM `table`;
CREATE FUNCTION `function`(`in` INT) RETURNS INT DETERMINISTIC RETURN `in`;

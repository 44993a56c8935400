CREATE TABLE base (id INT PRIMARY KEY);
INSERT INTO base VALUES (1);
CREATE DEFINER = 'no body'@'no.where' VIEW orphan AS SELECT id FROM base;
CREATE DEFINER = `no"body`@`%` PROCEDURE orphan_p() SELECT 1;
CREATE DEFINER = ghost@localhost TRIGGER orphan_t BEFORE INSERT ON base FOR EACH ROW SET @a = 1;
CREATE DEFINER = ghost@localhost EVENT orphan_e ON SCHEDULE EVERY 1 YEAR DISABLE DO SET @a = 1;
CREATE VIEW over_orphan AS SELECT id FROM base;

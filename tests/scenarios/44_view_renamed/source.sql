CREATE DATABASE old_shop;
USE old_shop;
CREATE TABLE t (id INT PRIMARY KEY, old_shop INT);
INSERT INTO t VALUES (1, 2);
CREATE VIEW v AS SELECT old_shop.id, old_shop.old_shop, 'old_shop.t' AS text FROM old_shop.t AS old_shop;
CREATE VIEW w AS SELECT v.id FROM old_shop.v;
CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1;
CREATE VIEW x AS SELECT old_shop.f() AS n, id FROM t;
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.old_shop = 1;

-- Grants at every level: global, database, pattern, table, column, routine, role in role, with and without GRANT OPTION.
-- shop_loader holds FILE, which an Aurora administrator can give to nobody.
GRANT SELECT, SHOW VIEW ON shop.* TO shop_read;
GRANT SELECT ON `shop\_archive`.* TO shop_read;
GRANT shop_read TO shop_write;
GRANT INSERT, UPDATE, DELETE, EXECUTE ON shop.* TO shop_write;
GRANT SELECT (id, email, full_name, status), UPDATE (status) ON shop.customer TO shop_desk@'10.%';
GRANT EXECUTE ON PROCEDURE shop.cancel_order TO shop_desk@'10.%';

GRANT shop_write TO shop_app@'%';
GRANT shop_read TO shop_report@'10.%' WITH ADMIN OPTION;
GRANT CREATE TEMPORARY TABLES ON shop.* TO shop_report@'10.%';
GRANT shop_desk@'10.%', shop_read TO shop_support@'%';
GRANT SELECT (id, customer_id, status), UPDATE (note) ON shop.`order` TO shop_support@'%';
GRANT EXECUTE ON FUNCTION shop.order_total TO shop_support@'%' WITH GRANT OPTION;
GRANT INSERT, SELECT ON shop.stock TO shop_loader@'192.168.0.0/255.255.0.0';
GRANT FILE ON *.* TO shop_loader@'192.168.0.0/255.255.0.0';
GRANT PROCESS, REPLICATION CLIENT ON *.* TO shop_monitor@localhost;
GRANT SELECT ON performance_schema.* TO shop_monitor@localhost;
SET DEFAULT ROLE shop_read TO shop_support@'%';

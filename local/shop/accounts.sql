-- Six accounts and three roles, each with something of its own: a host pattern, a limit, a lock, TLS, an attribute.
-- Filled in by the driver, so a percent sign is written twice. Grants follow in grants.sql, once the objects exist; only
-- the definer's come here, because a view on a view can be created only if the inner one's definer may read its tables.
DROP USER IF EXISTS shop_owner@localhost, shop_app@'%%', shop_report@'10.%%', shop_support@'%%',
  shop_loader@'192.168.0.0/255.255.0.0', shop_monitor@localhost;
DROP ROLE IF EXISTS shop_read, shop_write, shop_desk@'10.%%';
CREATE ROLE shop_read, shop_write, shop_desk@'10.%%';
CREATE USER shop_owner@localhost IDENTIFIED BY %(password)s COMMENT 'definer of the shop''s views and routines';
CREATE USER shop_app@'%%' IDENTIFIED BY %(password)s DEFAULT ROLE shop_write
  WITH MAX_USER_CONNECTIONS 50 MAX_QUERIES_PER_HOUR 100000 PASSWORD HISTORY 5;
CREATE USER shop_report@'10.%%' IDENTIFIED BY %(password)s DEFAULT ROLE shop_read
  PASSWORD EXPIRE INTERVAL 90 DAY FAILED_LOGIN_ATTEMPTS 4 PASSWORD_LOCK_TIME 2;
CREATE USER shop_support@'%%' IDENTIFIED BY %(password)s ATTRIBUTE '{"team": "Kundendienst", "desk": 7}';
CREATE USER shop_loader@'192.168.0.0/255.255.0.0' IDENTIFIED BY %(password)s PASSWORD EXPIRE NEVER;
CREATE USER shop_monitor@localhost IDENTIFIED BY %(password)s REQUIRE SSL ACCOUNT LOCK;
GRANT ALL ON shop.* TO shop_owner@localhost WITH GRANT OPTION;
GRANT ALL ON shop_archive.* TO shop_owner@localhost;

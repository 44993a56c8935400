-- Views on views, whose names sort against the order in which they can be created; one crosses databases.
CREATE DEFINER = shop_owner@localhost SQL SECURITY DEFINER VIEW shop.shippable_order AS
  SELECT id, customer_id, placed_at, total FROM shop.`order` WHERE status IN ('placed', 'paid') WITH CASCADED CHECK OPTION;

CREATE DEFINER = shop_owner@localhost SQL SECURITY INVOKER VIEW shop.customer_turnover (customer_id, name, orders, turnover) AS
  SELECT c.id, c.full_name, COUNT(o.id), COALESCE(SUM(o.total), 0)
  FROM shop.customer c LEFT JOIN shop.shippable_order o ON o.customer_id = c.id GROUP BY c.id, c.full_name;

CREATE DEFINER = shop_owner@localhost VIEW shop.best_customer AS
  SELECT customer_id, name, turnover, RANK() OVER (ORDER BY turnover DESC) AS place FROM shop.customer_turnover
  WHERE turnover > 1000 AND name NOT LIKE '%blocked%';

CREATE ALGORITHM = MERGE DEFINER = shop_owner@localhost VIEW shop.product_list AS
  SELECT BIN_TO_UUID(id) AS id, sku, name AS `Artikel "Name"`, price, attributes ->> '$.colour' AS colour FROM shop.product;

CREATE DEFINER = shop_owner@localhost VIEW shop_archive.all_order AS
  SELECT id, customer_id, closed_on AS day, total FROM shop_archive.closed_order
  UNION ALL SELECT id, customer_id, DATE(placed_at), total FROM shop.`order`;

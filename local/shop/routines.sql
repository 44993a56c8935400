-- Procedures, functions, triggers and an event. Triggers come after the rows, so that loading them changes nothing, and the
-- event first runs in 2038, so that no demonstration meets it.
DELIMITER $$

CREATE DEFINER = shop_owner@localhost FUNCTION shop.order_total (wanted BIGINT UNSIGNED) RETURNS DECIMAL(16,4)
  READS SQL DATA COMMENT 'sum of the lines, before coupons'
BEGIN
  DECLARE total DECIMAL(16,4);
  SELECT SUM(line_total) INTO total FROM shop.order_line WHERE order_id = wanted;
  RETURN COALESCE(total, 0);
END$$

CREATE DEFINER = shop_owner@localhost FUNCTION shop.price_with_vat (price DECIMAL(10,2), country CHAR(2)) RETURNS DECIMAL(12,2)
  READS SQL DATA SQL SECURITY INVOKER
RETURN ROUND(price * (1 + COALESCE((SELECT vat_rate FROM shop.country WHERE code = country), 0)), 2)$$

SET SESSION sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'$$

-- depends on the mode it was created under: double quotes name columns and || joins text
CREATE DEFINER = shop_owner@localhost FUNCTION shop.greeting (customer INT UNSIGNED) RETURNS VARCHAR(120) CHARSET utf8mb4
  READS SQL DATA
RETURN (SELECT 'Dear ' || "full_name" || '; 50% off' FROM "shop"."customer" WHERE "id" = customer)$$

SET SESSION sql_mode = DEFAULT$$

CREATE DEFINER = shop_owner@localhost PROCEDURE shop.cancel_order (IN wanted BIGINT UNSIGNED, OUT cancelled BOOLEAN)
  MODIFIES SQL DATA
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    SET cancelled = FALSE;
  END;
  START TRANSACTION;
  UPDATE shop.`order` SET status = 'returned', note = CONCAT_WS('; ', note, 'cancelled') WHERE id = wanted;
  SET cancelled = ROW_COUNT() = 1;
  COMMIT;
END$$

CREATE DEFINER = shop_owner@localhost PROCEDURE shop.archive_orders (IN before_day DATE)
  MODIFIES SQL DATA COMMENT 'moves old orders without payments to shop_archive'
BEGIN
  DECLARE finished BOOLEAN DEFAULT FALSE;
  DECLARE found_id BIGINT UNSIGNED;
  DECLARE old CURSOR FOR SELECT o.id FROM shop.`order` o LEFT JOIN shop.payment p ON p.order_id = o.id
    WHERE o.placed_at < before_day AND p.id IS NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET finished = TRUE;
  OPEN old;
  each_order: LOOP
    FETCH old INTO found_id;
    IF finished THEN LEAVE each_order; END IF;
    INSERT INTO shop_archive.closed_order (id, customer_id, closed_on, total)
      SELECT id, customer_id, DATE(placed_at), total FROM shop.`order` WHERE id = found_id;
    DELETE FROM shop.`order` WHERE id = found_id;
  END LOOP;
  CLOSE old;
END$$

CREATE DEFINER = shop_owner@localhost TRIGGER shop.order_line_price BEFORE INSERT ON shop.order_line FOR EACH ROW
  IF NEW.unit_price IS NULL OR NEW.unit_price = 0 THEN
    SET NEW.unit_price = (SELECT price FROM shop.product WHERE id = NEW.product_id);
  END IF$$

-- the second on the same event: the order between the two must survive
CREATE DEFINER = shop_owner@localhost TRIGGER shop.order_line_limit BEFORE INSERT ON shop.order_line FOR EACH ROW
  FOLLOWS order_line_price
BEGIN
  IF NEW.quantity > 1000 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'more than 1000 of one product';
  END IF;
END$$

CREATE DEFINER = shop_owner@localhost TRIGGER shop.product_price_changed AFTER UPDATE ON shop.product FOR EACH ROW
BEGIN
  IF NOT (NEW.price <=> OLD.price) THEN
    INSERT INTO shop.audit_entry (table_name, row_key, what, who)
      VALUES ('product', BIN_TO_UUID(NEW.id), CONCAT('price ', OLD.price, ' -> ', NEW.price), USER());
  END IF;
END$$

CREATE DEFINER = shop_owner@localhost TRIGGER shop.customer_gone BEFORE DELETE ON shop.customer FOR EACH ROW
  INSERT INTO shop.audit_entry (table_name, row_key, what, who) VALUES ('customer', OLD.id, 'deleted', USER())$$

CREATE DEFINER = shop_owner@localhost EVENT shop.forget_page_views
  ON SCHEDULE EVERY 1 WEEK STARTS '2038-01-01 03:00:00' ON COMPLETION PRESERVE ENABLE COMMENT 'keeps 90 days'
  DO DELETE FROM shop.page_view WHERE seen_at < CURRENT_TIMESTAMP - INTERVAL 90 DAY$$

DELIMITER ;

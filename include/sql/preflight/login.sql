-- Who the session is to the server, and which roles are active in it; the server's clock in UTC.
-- Versions: 8.0+. Privileges: none.
SELECT CURRENT_USER() AS account,
       CURRENT_ROLE() AS roles,
       UTC_TIMESTAMP(6) AS clock

-- How many former passwords the server remembers per account; the passwords themselves are not read.
-- Versions: 8.0.3+. Privileges: SELECT on mysql.password_history.
SELECT h.User AS user,
       h.Host AS host,
       COUNT(*) AS passwords
  FROM mysql.password_history h
 GROUP BY h.User, h.Host

-- XA transactions that are prepared, their identifiers in hexadecimal.
-- Versions: 8.0+. Privileges: XA_RECOVER_ADMIN (error 1401 without it).
XA RECOVER CONVERT XID

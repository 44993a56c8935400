-- Authentication plugins that are loaded and active.
-- Versions: 8.0+. Privileges: none.
SELECT p.PLUGIN_NAME AS name
  FROM information_schema.PLUGINS p
 WHERE p.PLUGIN_TYPE = 'AUTHENTICATION'
   AND p.PLUGIN_STATUS = 'ACTIVE'

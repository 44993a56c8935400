#!/bin/bash
# Run once by the mysql image, on an empty data folder: makes the account that migrations log in with, out of the file
# that the local servers use too (local/migrator.sql on the source, local/aurora.sql on the target).
# As in local/aurora.py, a dynamic privilege that this server's version does not know is left out.
# The image sources this file or runs it, whichever its mode asks for: hence the subshell.
(
  set -euo pipefail
  export MYSQL_PWD=$MYSQL_ROOT_PASSWORD
  client=(mysql --user=root --protocol=socket --socket="${SOCKET:-/var/run/mysqld/mysqld.sock}"
    --default-character-set=utf8mb4 --batch --skip-column-names)
  known=$("${client[@]}" --execute='SHOW PRIVILEGES' | cut -f 1 | tr '[:lower:]' '[:upper:]')
  password=${ACCOUNT_PASSWORD//\\/\\\\}
  password="'${password//\'/\\\'}'"
  while IFS= read -r line || [ -n "$line" ]; do
    if [[ $line =~ ^GRANT\ ([A-Z]+_[A-Z_]+)\ ON ]] && ! grep -qx "${BASH_REMATCH[1]}" <<<"$known"; then
      continue
    fi
    printf '%s\n' "${line//'%(password)s'/"$password"}"
  done <"${ACCOUNTS_SQL:-/accounts.sql}" | "${client[@]}"
)

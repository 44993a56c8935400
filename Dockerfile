# The project as an image: the official Airflow, the packages that requirements.lock pins, and the code.
# The lock is made and tested for Python 3.11, hence the tag. mysqlclient has no wheel for Linux: it is built in a
# stage of its own, so that no compiler stays in the image.
FROM apache/airflow:3.3.2-python3.11 AS build
USER root
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev pkg-config default-libmysqlclient-dev \
    && rm -rf /var/lib/apt/lists/*
USER airflow
COPY requirements.lock /tmp/requirements.lock
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /tmp/wheels "$(grep '^mysqlclient==' /tmp/requirements.lock)"
# The libraries of the page: pinned npm packages, of which a few files are taken.
COPY local/vendor.py /tmp/vendor.py
COPY plugins/aurora_migration/web/vendor.json /tmp/vendor.json
RUN python /tmp/vendor.py --list /tmp/vendor.json --into /tmp/vendor

FROM apache/airflow:3.3.2-python3.11
USER root
# What mysqlclient is linked against, with the login plugins of MySQL 8 (caching_sha2_password).
RUN apt-get update \
    && apt-get install -y --no-install-recommends libmariadb3 \
    && rm -rf /var/lib/apt/lists/*
USER airflow
COPY --from=build /tmp/wheels /tmp/wheels
COPY requirements.txt requirements.lock /tmp/
# umask: the image may run under any user id with group 0
RUN umask 0002 \
    && pip install --no-cache-dir --find-links /tmp/wheels -r /tmp/requirements.txt -c /tmp/requirements.lock \
    && python -c "import MySQLdb, pymysql, pydantic, yaml"
COPY --chown=airflow:0 dags /opt/airflow/dags
COPY --chown=airflow:0 plugins /opt/airflow/plugins
COPY --from=build --chown=airflow:0 /tmp/vendor /opt/airflow/plugins/aurora_migration/web/static/vendor
COPY --chown=airflow:0 include /opt/airflow/include

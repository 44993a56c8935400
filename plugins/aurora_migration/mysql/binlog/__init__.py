"""Reads the source's binlog as a replica does, and decodes rows from bytes.

`stream.DumpStream` brings raw events over PyMySQL's connection, `reader.BinlogReader` turns them into the values
of `model.change`. Every event's checksum is verified, nothing is guessed: what is not understood is an error.
Layouts: https://dev.mysql.com/doc/dev/mysql-server/latest/group__Replication.html
"""

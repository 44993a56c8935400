"""Verification: rows by counts and checksums, objects by inventory and definition, and the report over both.

Nothing is shared with the oracle that the tests use, nor with the code that moved the rows.
"""

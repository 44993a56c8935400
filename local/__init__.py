"""The embedded default: a real source MySQL and an Aurora-like target MySQL on this machine, and the sample
database.

Everything here is for trying and testing the project without Docker or AWS. The engine does not import it.
It installs nothing system-wide, listens on 127.0.0.1 only, and keeps each server's data in one folder.
"""


class LocalError(RuntimeError):
    """Something about the local servers failed; the text names the object and what to do about it."""

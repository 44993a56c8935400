"""Pure work on the server's own DDL text: cut it into parts, change parts by named rules, write it again.

Text is cut by a lexer, never by a pattern over the whole text, so that a comment, a literal or a name that looks
like DDL is never taken for it. What no rule names stays as the server wrote it, byte for byte.
"""

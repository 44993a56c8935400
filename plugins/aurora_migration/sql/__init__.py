"""SQL text: quoting of names, typed literals, and the statements of ``include/sql``. Never connects."""

CREATE FUNCTION in_js(a INT) RETURNS INT DETERMINISTIC LANGUAGE JAVASCRIPT AS $js$ return a + 1; /* it's; "js" */ $js$;
CREATE PROCEDURE js_procedure() LANGUAGE JAVASCRIPT AS $$ console.log('x'); $$;

/* settlement: what is open, and for how long */

CREATE FUNCTION ageing_bucket(as_of date, due date, bounds integer[]) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_ageing_bucket'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ageing_bucket(date, date, integer[]) IS
'number of the ageing bucket: 0 not yet due, 1 up to bounds[1] days past due, ..., n + 1 past the last of n bounds';

CREATE FUNCTION ageing_add(state bytea, amount numeric, due date, as_of date, bounds integer[])
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_ageing_add'
/* not STRICT: a null amount or due leaves the state as it is, a null as_of or bounds is an error */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ageing_add(bytea, numeric, date, date, integer[]) IS
'state of ageing with one open item more; a null amount or due changes nothing';

CREATE FUNCTION ageing_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_ageing_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ageing_merge(bytea, bytea) IS
'one state of ageing from two, of the same as_of and bounds';

CREATE FUNCTION ageing_finish(state bytea) RETURNS numeric[]
AS 'MODULE_PATHNAME', 'pgrcv_ageing_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ageing_finish(bytea) IS
'sums of a state of ageing, with subscripts from 0';

/*
 * The state is bytea, not internal: a server that splits aggregates over other
 * servers moves states of SQL types only.
 */
CREATE AGGREGATE ageing(amount numeric, due date, as_of date, bounds integer[]) (
	SFUNC = ageing_add,
	STYPE = bytea,
	SSPACE = 144,
	FINALFUNC = ageing_finish,
	COMBINEFUNC = ageing_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ageing(numeric, date, date, integer[]) IS
'open amounts by days past due at as_of: [0] not yet due, [1] .. [n + 1] the buckets; they add up to all that is open; items with a null amount or due are skipped';

/* Credit notes and discounts for early payment */

CREATE FUNCTION credit_note_split(invoice_net numeric, tax_pct numeric, credited_before numeric,
	credited_now numeric, scale integer DEFAULT 2, invoice_tax numeric DEFAULT NULL,
	tax_before numeric DEFAULT NULL, OUT net numeric, OUT tax numeric, OUT total numeric)
RETURNS record
AS 'MODULE_PATHNAME', 'pgrcv_credit_note_split'
/* not STRICT: without invoice_tax or tax_before they follow from the rate */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION credit_note_split(numeric, numeric, numeric, numeric, integer, numeric, numeric) IS
'net, tax and total of a credit note for a part of an invoice at one rate of tax: the rounded tax of all that is credited by then, less that of the notes before, so that the last note closes the invoice exactly';

CREATE FUNCTION credit_note_split(invoice_net numeric[], tax_pct numeric[], credited_before numeric[],
	credited_now numeric[], scale integer DEFAULT 2, invoice_tax numeric[] DEFAULT NULL,
	tax_before numeric[] DEFAULT NULL, OUT part integer, OUT net numeric, OUT tax numeric, OUT total numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_credit_note_split_rates'
/* not STRICT: without invoice_tax or tax_before they follow from the rates */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 3;
COMMENT ON FUNCTION credit_note_split(numeric[], numeric[], numeric[], numeric[], integer, numeric[], numeric[]) IS
'the same for an invoice of several rates: one element of each array and one row for each of them';

CREATE FUNCTION early_payment_discount(net numeric, tax numeric, issued_on date, paid_on date,
	discount_pct numeric, discount_days integer, tax_mode text DEFAULT 'on_payment',
	excluded_tax numeric DEFAULT 0, scale integer DEFAULT 2, discount_amount numeric DEFAULT NULL,
	OUT taken boolean, OUT valid_until date, OUT discount_net numeric, OUT discount_tax numeric,
	OUT tax_due numeric, OUT to_pay numeric)
RETURNS record
AS 'MODULE_PATHNAME', 'pgrcv_early_payment_discount'
/* not STRICT: a discount is a percentage or an amount */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION early_payment_discount(numeric, numeric, date, date, numeric, integer, text, numeric, integer, numeric) IS
'what is paid on a day for an invoice with a discount up to and with day n after issue; tax_mode: the tax is reduced never, on_payment in time, or always; excluded_tax is never reduced';

CREATE FUNCTION effective_discount_rate(discount_pct numeric, discount_days integer, net_days integer,
	method text DEFAULT 'compound', basis integer DEFAULT 365) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_effective_discount_rate'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION effective_discount_rate(numeric, integer, integer, text, integer) IS
'yearly rate, as a fraction, of the credit that is taken by paying on net_days instead of with the discount on discount_days; compound or simple';

/* split_amount, allocate_payments */

CREATE FUNCTION split_amount(total numeric, weights numeric[], scale integer DEFAULT 2)
RETURNS numeric[]
AS 'MODULE_PATHNAME', 'pgrcv_split_amount'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION split_amount(numeric, numeric[], integer) IS
'parts of an amount in proportion to weights, which add up to it exactly: largest remainder, ties to the first';

CREATE TYPE payment_allocation AS (
	invoice bigint,
	payment bigint,
	credit_note bigint,
	day date,
	amount numeric,
	kind text
);
COMMENT ON TYPE payment_allocation IS
'what a payment or credit note pays of an invoice; or, without one of them, what is left of the other';

CREATE FUNCTION allocate_add(state bytea, payment bigint, invoice bigint, day date, amount numeric, due date)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_allocate_add'
/* not STRICT: nulls tell a payment from an invoice; without an amount the state stays as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION allocate_add(bytea, bigint, bigint, date, numeric, date) IS
'state of allocate_payments with one document more';

CREATE FUNCTION allocate_add(state bytea, payment bigint, invoice bigint, day date, amount numeric, due date,
	as_of date, options jsonb)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_allocate_add'
/* not STRICT: nulls tell a payment from an invoice; without an amount the state stays as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION allocate_add(bytea, bigint, bigint, date, numeric, date, date, jsonb) IS
'state of allocate_payments with one document more';

CREATE FUNCTION allocate_add(state bytea, payment bigint, invoice bigint, day date, amount numeric, due date,
	reference bigint, interest numeric, costs numeric, weight numeric,
	as_of date, options jsonb)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_allocate_add'
/* not STRICT: nulls tell a payment from an invoice; without an amount the state stays as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION allocate_add(bytea, bigint, bigint, date, numeric, date, bigint, numeric, numeric, numeric, date, jsonb) IS
'state of allocate_payments with one document more';

CREATE FUNCTION allocate_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_allocate_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION allocate_merge(bytea, bytea) IS
'one state of allocate_payments from two, of the same as_of and options';

CREATE FUNCTION allocate_finish(state bytea) RETURNS payment_allocation[]
AS 'MODULE_PATHNAME', 'pgrcv_allocate_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION allocate_finish(bytea) IS
'allocations of a state of allocate_payments';

/*
 * The state is bytea, not internal: a server that splits aggregates over other
 * servers moves states of SQL types only.
 */
CREATE AGGREGATE allocate_payments(payment bigint, invoice bigint, day date, amount numeric, due date) (
	SFUNC = allocate_add,
	STYPE = bytea,
	SSPACE = 700,
	FINALFUNC = allocate_finish,
	COMBINEFUNC = allocate_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE allocate_payments(bigint, bigint, date, numeric, date) IS
'which payment pays which invoice of an account: oldest due first; a row with the id of a payment is one, else it is an invoice, or a credit note when below 0';

CREATE AGGREGATE allocate_payments(payment bigint, invoice bigint, day date, amount numeric, due date,
	as_of date, options jsonb) (
	SFUNC = allocate_add,
	STYPE = bytea,
	SSPACE = 700,
	FINALFUNC = allocate_finish,
	COMBINEFUNC = allocate_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE allocate_payments(bigint, bigint, date, numeric, date, date, jsonb) IS
'which payment pays which invoice of an account, by a method and as of a day';

CREATE AGGREGATE allocate_payments(payment bigint, invoice bigint, day date, amount numeric, due date,
	reference bigint, interest numeric, costs numeric, weight numeric,
	as_of date, options jsonb) (
	SFUNC = allocate_add,
	STYPE = bytea,
	SSPACE = 700,
	FINALFUNC = allocate_finish,
	COMBINEFUNC = allocate_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE allocate_payments(bigint, bigint, date, numeric, date, bigint, numeric, numeric, numeric, date, jsonb) IS
'the same for invoices that bear interest and costs, or weigh on the debtor differently';

CREATE FUNCTION allocate_payments(invoices text, payments text, as_of date DEFAULT 'infinity', options jsonb DEFAULT '{}')
RETURNS TABLE (customer bigint, currency text, invoice bigint, payment bigint, credit_note bigint, day date, amount numeric, kind text)
AS 'MODULE_PATHNAME', 'pgrcv_allocate_bulk'
/* not STRICT: a null argument is an error, not a ledger without rows */
LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 100000;
COMMENT ON FUNCTION allocate_payments(text, text, date, jsonb) IS
'allocations of a whole ledger, whose customers are numbers: of the invoices and payments that two queries return';

CREATE FUNCTION allocate_payments_text(invoices text, payments text, as_of date DEFAULT 'infinity', options jsonb DEFAULT '{}')
RETURNS TABLE (customer text, currency text, invoice bigint, payment bigint, credit_note bigint, day date, amount numeric, kind text)
AS 'MODULE_PATHNAME', 'pgrcv_allocate_bulk'
/* not STRICT: a null argument is an error, not a ledger without rows */
LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 100000;
COMMENT ON FUNCTION allocate_payments_text(text, text, date, jsonb) IS
'allocations of a whole ledger, whose customers are texts: of the invoices and payments that two queries return';

/* collection: instalments, promises, how likely an open item is paid, and whom to call first */

/* Instalments */

CREATE FUNCTION instalment_plan(amount numeric, parts integer, first_on date,
	every interval DEFAULT '1 month', method text DEFAULT 'equal', rate_pct numeric DEFAULT 0,
	remainder text DEFAULT 'last', scale integer DEFAULT 2, OUT part integer, OUT due_on date,
	OUT amount numeric, OUT principal numeric, OUT interest numeric, OUT balance numeric) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_instalment_plan'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 12;
COMMENT ON FUNCTION instalment_plan(numeric, integer, date, interval, text, numeric, text, integer) IS
'parts in which an amount is paid off: equal parts of it with interest on what is left, or an annuity; the remainder of equal parts in the last one, or spread over the first ones; days are counted from the first one, so that month ends come back';

CREATE TYPE instalment_standing AS (
	standing text, parts bigint, settled_parts bigint, late_parts bigint, amount numeric, paid numeric,
	open_amount numeric, due_amount numeric, overdue_amount numeric, oldest_unpaid_on date, next_on date,
	next_amount numeric, hold_until date, broken boolean, broken_on date, broken_by text
);
COMMENT ON TYPE instalment_standing IS
'how a plan of instalments stands: settled, on_time, late or broken; its parts and sums; the next part; until when it holds back dunning; since when and by which rule it is broken';

CREATE FUNCTION instalment_status_add(state bytea, due_on date, amount numeric, paid numeric,
	as_of date) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_instalment_status_add'
/* not STRICT: a null part leaves the state as it is, a null paid is nothing paid */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION instalment_status_add(bytea, date, numeric, numeric, date) IS
'state of instalment_status with one part of the plan more';

CREATE FUNCTION instalment_status_add(state bytea, due_on date, amount numeric, paid numeric,
	as_of date, options jsonb) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_instalment_status_add'
/* not STRICT: a null part leaves the state as it is, a null paid is nothing paid */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION instalment_status_add(bytea, date, numeric, numeric, date, jsonb) IS
'state of instalment_status with one part of the plan more';

CREATE FUNCTION instalment_status_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_instalment_status_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION instalment_status_merge(bytea, bytea) IS
'two states of instalment_status as one';

CREATE FUNCTION instalment_status_finish(state bytea) RETURNS instalment_standing
AS 'MODULE_PATHNAME', 'pgrcv_instalment_status_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION instalment_status_finish(bytea) IS
'standing of a state of instalment_status';

CREATE AGGREGATE instalment_status(due_on date, amount numeric, paid numeric, as_of date) (
	SFUNC = instalment_status_add,
	STYPE = bytea,
	SSPACE = 560,
	FINALFUNC = instalment_status_finish,
	COMBINEFUNC = instalment_status_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE instalment_status(date, numeric, numeric, date) IS
'how a plan stands at as_of, from one row for each part with what is paid on it (null: nothing); broken by 2 late parts or one more than 30 days late; parts with a null due_on or amount are skipped';

CREATE AGGREGATE instalment_status(due_on date, amount numeric, paid numeric, as_of date, options jsonb) (
	SFUNC = instalment_status_add,
	STYPE = bytea,
	SSPACE = 560,
	FINALFUNC = instalment_status_finish,
	COMBINEFUNC = instalment_status_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE instalment_status(date, numeric, numeric, date, jsonb) IS
'the same with options: late_parts, late_days, grace_days';

/* Promises */

CREATE TYPE promise_rates AS (
	promises bigint, pending bigint, due bigint, kept bigint, partly bigint, broken bigint,
	due_amount numeric, kept_amount numeric, received_amount numeric,
	kept_rate float8, kept_amount_rate float8, received_rate float8
);
COMMENT ON TYPE promise_rates IS
'promises to pay: how many are pending and how many due, and of these kept, kept in part, and broken; amounts due, kept in full, and received; the rates of kept to due by number and by amount, and of received to due';

CREATE FUNCTION promise_kept_add(state bytea, promised numeric, pay_by date, received numeric, as_of date,
	grace_days integer) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_promise_kept_add'
/* not STRICT: a null promise leaves the state as it is, a null received is nothing received */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION promise_kept_add(bytea, numeric, date, numeric, date, integer) IS
'state of promise_kept with one promise more';

CREATE FUNCTION promise_kept_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_promise_kept_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION promise_kept_merge(bytea, bytea) IS
'two states of promise_kept as one';

CREATE FUNCTION promise_kept_finish(state bytea) RETURNS promise_rates
AS 'MODULE_PATHNAME', 'pgrcv_promise_kept_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION promise_kept_finish(bytea) IS
'rates of a state of promise_kept';

CREATE AGGREGATE promise_kept(promised numeric, pay_by date, received numeric, as_of date, grace_days integer) (
	SFUNC = promise_kept_add,
	STYPE = bytea,
	SSPACE = 112,
	FINALFUNC = promise_kept_finish,
	COMBINEFUNC = promise_kept_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE promise_kept(numeric, date, numeric, date, integer) IS
'how many promises to pay are kept, and how much of the money: one row for each promise with what came in on it by pay_by and grace_days more (null: nothing); promises whose days have not passed at as_of are pending; those with a null amount or day are skipped';

/* Payment histories */

CREATE TYPE payment_history;

CREATE FUNCTION payment_history_in(input cstring) RETURNS payment_history
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_in(cstring) IS
'reads {"days": [[days late, paid, open], ...]}';

CREATE FUNCTION payment_history_out(history payment_history) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_out(payment_history) IS
'prints {"days": [[days late, paid, open], ...]}';

CREATE FUNCTION payment_history_recv(input internal) RETURNS payment_history
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_recv(internal) IS
'reads the binary form of a history: a version byte and its JSON text';

CREATE FUNCTION payment_history_send(history payment_history) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_send(payment_history) IS
'binary form of a history: a version byte and its JSON text';

CREATE TYPE payment_history (
	INPUT = payment_history_in,
	OUTPUT = payment_history_out,
	RECEIVE = payment_history_recv,
	SEND = payment_history_send,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE payment_history IS
'how many items were paid, and how many seen open for the last time, by days after their due date; made by payment_history_agg, merged by rollup';

CREATE FUNCTION payment_history_from_jsonb(history jsonb) RETURNS payment_history
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_from_jsonb(jsonb) IS
'history of the same JSON as its text form';

CREATE FUNCTION payment_history_to_jsonb(history payment_history) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_to_jsonb(payment_history) IS
'JSON of a history, as its text form';

CREATE CAST (jsonb AS payment_history) WITH FUNCTION payment_history_from_jsonb(jsonb);
CREATE CAST (payment_history AS jsonb) WITH FUNCTION payment_history_to_jsonb(payment_history);
COMMENT ON CAST (jsonb AS payment_history) IS 'reads a history from JSON';
COMMENT ON CAST (payment_history AS jsonb) IS 'history as JSON';

CREATE FUNCTION payment_history_eq(a payment_history, b payment_history) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION payment_history_eq(payment_history, payment_history) IS
'implementation of = operator';

CREATE FUNCTION payment_history_ne(a payment_history, b payment_history) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION payment_history_ne(payment_history, payment_history) IS
'implementation of <> operator';

CREATE FUNCTION payment_history_hash(history payment_history) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_value_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION payment_history_hash(payment_history) IS
'hash of a history';

CREATE FUNCTION payment_history_hash_extended(history payment_history, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_value_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION payment_history_hash_extended(payment_history, bigint) IS
'64-bit hash of a history with a seed';

CREATE OPERATOR = (
	LEFTARG = payment_history, RIGHTARG = payment_history, FUNCTION = payment_history_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (payment_history, payment_history) IS 'the same numbers on the same days';

CREATE OPERATOR <> (
	LEFTARG = payment_history, RIGHTARG = payment_history, FUNCTION = payment_history_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (payment_history, payment_history) IS 'other numbers or other days';

CREATE OPERATOR CLASS payment_history_ops DEFAULT FOR TYPE payment_history USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 payment_history_hash(payment_history),
	FUNCTION 2 payment_history_hash_extended(payment_history, bigint);
COMMENT ON OPERATOR CLASS payment_history_ops USING hash IS 'equality of histories';

CREATE FUNCTION payment_history_add(state bytea, days_late integer, paid boolean) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_add'
/* not STRICT: an item with a null leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION payment_history_add(bytea, integer, boolean) IS
'state of payment_history_agg with one item more';

CREATE FUNCTION payment_history_rollup(state bytea, history payment_history) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_rollup'
/* not STRICT: a null history leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_rollup(bytea, payment_history) IS
'state of rollup with one history more';

CREATE FUNCTION payment_history_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_merge(bytea, bytea) IS
'two states of payment histories as one';

CREATE FUNCTION payment_history_finish(state bytea) RETURNS payment_history
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_finish(bytea) IS
'history of a state';

CREATE AGGREGATE payment_history_agg(days_late integer, paid boolean) (
	SFUNC = payment_history_add,
	STYPE = bytea,
	SSPACE = 400,
	FINALFUNC = payment_history_finish,
	COMBINEFUNC = payment_history_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE payment_history_agg(integer, boolean) IS
'history of items: days from the due date to the payment, or for one that is not paid to the day it was last looked at; items with a null are skipped';

CREATE AGGREGATE rollup(history payment_history) (
	SFUNC = payment_history_rollup,
	STYPE = bytea,
	SSPACE = 1600,
	FINALFUNC = payment_history_finish,
	COMBINEFUNC = payment_history_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(payment_history) IS
'one history of several, as if made of all their items';

CREATE FUNCTION p_paid(history payment_history, days_late integer, within_days integer) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_p_paid'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION p_paid(payment_history, integer, integer) IS
'probability that an item still open after days_late days is paid within so many days more, as if one more item had been paid by half; null when the history has none that was open so long';

CREATE FUNCTION p_paid(history payment_history, segment payment_history, days_late integer, within_days integer,
	weight float8 DEFAULT 10) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_p_paid_segment'
/* not STRICT: a null history is a customer without one */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION p_paid(payment_history, payment_history, integer, integer, float8) IS
'the same for a customer with few items: the segment counts as weight items; null when the segment has none that was open so long';

CREATE FUNCTION items_at_risk(history payment_history, days_late integer) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_items_at_risk'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION items_at_risk(payment_history, integer) IS
'number of items that were open after days_late days: what p_paid rests on';

CREATE FUNCTION history_days(history payment_history, OUT days_late integer, OUT paid bigint, OUT still_open bigint) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_history_days'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 50;
COMMENT ON FUNCTION history_days(payment_history) IS
'days of a history, with the items paid on them and those seen open for the last time';

/* Priority */

CREATE FUNCTION collection_priority(open_amount numeric, p_pay float8, value numeric DEFAULT 0,
	cost numeric DEFAULT 0, p_chased float8 DEFAULT 1, scale integer DEFAULT 2) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_collection_priority'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION collection_priority(numeric, float8, numeric, numeric, float8, integer) IS
'what an action on an open item gains: open_amount x (p_chased - p_pay) - value - cost; p_pay and p_chased: the probability of payment without and with it, value: what it puts at risk of the customer''s value';

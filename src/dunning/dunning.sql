/* dunning: whom to remind when and how, by a policy that is a value */

CREATE TYPE dunning_policy;

CREATE FUNCTION dunning_policy_in(input cstring) RETURNS dunning_policy
AS 'MODULE_PATHNAME', 'pgrcv_dunning_policy_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dunning_policy_in(cstring) IS
'reads {"ladders": {segment: [{"step": number, "delay_days": days, "action": name, ...}, ...], ...}, ...}';

CREATE FUNCTION dunning_policy_out(policy dunning_policy) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_dunning_policy_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dunning_policy_out(dunning_policy) IS
'prints a policy as JSON, with keys in a fixed order and without what is the default';

CREATE FUNCTION dunning_policy_recv(input internal) RETURNS dunning_policy
AS 'MODULE_PATHNAME', 'pgrcv_dunning_policy_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dunning_policy_recv(internal) IS
'reads the binary form of a policy: a version byte and its JSON text';

CREATE FUNCTION dunning_policy_send(policy dunning_policy) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_dunning_policy_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dunning_policy_send(dunning_policy) IS
'binary form of a policy: a version byte and its JSON text';

CREATE TYPE dunning_policy (
	INPUT = dunning_policy_in,
	OUTPUT = dunning_policy_out,
	RECEIVE = dunning_policy_recv,
	SEND = dunning_policy_send,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE dunning_policy IS
'ladders of dunning steps, one for each segment, and the rules that hold for all of them';

CREATE FUNCTION dunning_policy_from_jsonb(policy jsonb) RETURNS dunning_policy
AS 'MODULE_PATHNAME', 'pgrcv_dunning_policy_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dunning_policy_from_jsonb(jsonb) IS
'policy of the same JSON as its text form';

CREATE FUNCTION dunning_policy_to_jsonb(policy dunning_policy) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_dunning_policy_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dunning_policy_to_jsonb(dunning_policy) IS
'JSON of a policy, as its text form';

CREATE CAST (jsonb AS dunning_policy) WITH FUNCTION dunning_policy_from_jsonb(jsonb);
CREATE CAST (dunning_policy AS jsonb) WITH FUNCTION dunning_policy_to_jsonb(dunning_policy);
COMMENT ON CAST (jsonb AS dunning_policy) IS 'reads a policy from JSON';
COMMENT ON CAST (dunning_policy AS jsonb) IS 'policy as JSON';

CREATE FUNCTION dunning_policy_eq(a dunning_policy, b dunning_policy) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_policy_eq(dunning_policy, dunning_policy) IS
'implementation of = operator';

CREATE FUNCTION dunning_policy_ne(a dunning_policy, b dunning_policy) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_policy_ne(dunning_policy, dunning_policy) IS
'implementation of <> operator';

CREATE FUNCTION dunning_policy_hash(policy dunning_policy) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_value_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_policy_hash(dunning_policy) IS
'hash of a policy';

CREATE FUNCTION dunning_policy_hash_extended(policy dunning_policy, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_value_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_policy_hash_extended(dunning_policy, bigint) IS
'64-bit hash of a policy with a seed';

CREATE OPERATOR = (
	LEFTARG = dunning_policy, RIGHTARG = dunning_policy, FUNCTION = dunning_policy_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (dunning_policy, dunning_policy) IS 'the same ladders and rules';

CREATE OPERATOR <> (
	LEFTARG = dunning_policy, RIGHTARG = dunning_policy, FUNCTION = dunning_policy_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (dunning_policy, dunning_policy) IS 'another ladder or rule';

CREATE OPERATOR CLASS dunning_policy_ops DEFAULT FOR TYPE dunning_policy USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 dunning_policy_hash(dunning_policy),
	FUNCTION 2 dunning_policy_hash_extended(dunning_policy, bigint);
COMMENT ON OPERATOR CLASS dunning_policy_ops USING hash IS 'equality of policies';

CREATE FUNCTION dunning_ladder(policy dunning_policy, segment text DEFAULT NULL, OUT ladder text,
	OUT step integer, OUT base text, OUT delay_days integer, OUT action text, OUT channels text,
	OUT template text, OUT fee_fixed numeric, OUT fee_pct numeric, OUT fee_tiers text, OUT fee_per text,
	OUT interest boolean, OUT indemnity text, OUT min_amount text, OUT pay_by_days integer,
	OUT approval boolean, OUT cost numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_dunning_ladder'
/* not STRICT: a null segment has the ladder called default */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 5;
COMMENT ON FUNCTION dunning_ladder(dunning_policy, text) IS
'steps of the ladder that a segment has, in plain columns; no row when there is no such ladder';

/* The next step of one item */

CREATE TYPE dunning_step AS (
	step integer, action text, channel text, template text, due_on date, pay_by date,
	fee numeric, interest numeric, indemnity numeric, reason text
);
COMMENT ON TYPE dunning_step IS
'a step of dunning: which one, what is done by which channel with which text, on which day, what is asked for, and why';

CREATE FUNCTION dunning_next_step(policy dunning_policy, due_on date, open_amount numeric, as_of date,
	last_step integer DEFAULT 0, last_step_on date DEFAULT NULL, promise_on date DEFAULT NULL,
	promise_amount numeric DEFAULT NULL, disputed_amount numeric DEFAULT 0, hold_until date DEFAULT NULL,
	open_charges numeric DEFAULT 0, segment text DEFAULT NULL, channels text[] DEFAULT NULL,
	calendar business_calendar DEFAULT NULL, rates rate_schedule DEFAULT NULL,
	invoice_on date DEFAULT NULL, currency text DEFAULT NULL, stop text DEFAULT NULL,
	prescribed_on date DEFAULT NULL) RETURNS dunning_step
AS 'MODULE_PATHNAME', 'pgrcv_dunning_next_step'
/* not STRICT: most facts may be null, and a missing due date has an answer of its own */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dunning_next_step(dunning_policy, date, numeric, date, integer, date, date, numeric, numeric, date, numeric, text, text[], business_calendar, rate_schedule, date, text, text, date) IS
'next dunning step of an item by what is known of it on a day: due when its due_on is not after as_of, with a reason always; null due_on: there is none to take';

CREATE FUNCTION dunning_next_on(policy dunning_policy, due_on date, open_amount numeric, as_of date,
	last_step integer DEFAULT 0, last_step_on date DEFAULT NULL, promise_on date DEFAULT NULL,
	promise_amount numeric DEFAULT NULL, disputed_amount numeric DEFAULT 0, hold_until date DEFAULT NULL,
	open_charges numeric DEFAULT 0, segment text DEFAULT NULL, channels text[] DEFAULT NULL,
	calendar business_calendar DEFAULT NULL, rates rate_schedule DEFAULT NULL,
	invoice_on date DEFAULT NULL, currency text DEFAULT NULL, stop text DEFAULT NULL,
	prescribed_on date DEFAULT NULL) RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_dunning_next_on'
/* not STRICT: most facts may be null, and a missing due date has an answer of its own */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dunning_next_on(dunning_policy, date, numeric, date, integer, date, date, numeric, numeric, date, numeric, text, text[], business_calendar, rate_schedule, date, text, text, date) IS
'day of the next dunning step alone, to filter and sort by; null: there is none to take';

CREATE FUNCTION dunning_plan(policy dunning_policy, due_on date, open_amount numeric, as_of date,
	last_step integer DEFAULT 0, last_step_on date DEFAULT NULL, promise_on date DEFAULT NULL,
	promise_amount numeric DEFAULT NULL, disputed_amount numeric DEFAULT 0, hold_until date DEFAULT NULL,
	open_charges numeric DEFAULT 0, segment text DEFAULT NULL, channels text[] DEFAULT NULL,
	calendar business_calendar DEFAULT NULL, rates rate_schedule DEFAULT NULL,
	invoice_on date DEFAULT NULL, currency text DEFAULT NULL, stop text DEFAULT NULL,
	prescribed_on date DEFAULT NULL, until date DEFAULT NULL) RETURNS SETOF dunning_step
AS 'MODULE_PATHNAME', 'pgrcv_dunning_plan'
/* not STRICT: most facts may be null, and a missing due date has an answer of its own */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 5;
COMMENT ON FUNCTION dunning_plan(dunning_policy, date, numeric, date, integer, date, date, numeric, numeric, date, numeric, text, text[], business_calendar, rate_schedule, date, text, text, date, date) IS
'steps to come of an item if nothing is paid, each taken on its day, up to and with a last day';

CREATE FUNCTION dunning_explain(policy dunning_policy, due_on date, open_amount numeric, as_of date,
	last_step integer DEFAULT 0, last_step_on date DEFAULT NULL, promise_on date DEFAULT NULL,
	promise_amount numeric DEFAULT NULL, disputed_amount numeric DEFAULT 0, hold_until date DEFAULT NULL,
	open_charges numeric DEFAULT 0, segment text DEFAULT NULL, channels text[] DEFAULT NULL,
	calendar business_calendar DEFAULT NULL, rates rate_schedule DEFAULT NULL,
	invoice_on date DEFAULT NULL, currency text DEFAULT NULL, stop text DEFAULT NULL,
	prescribed_on date DEFAULT NULL,
	OUT "position" integer, OUT rule text, OUT inputs text, OUT result text, OUT would_change text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_dunning_explain'
/* not STRICT: most facts may be null, and a missing due date has an answer of its own */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 15;
COMMENT ON FUNCTION dunning_explain(dunning_policy, date, numeric, date, integer, date, date, numeric, numeric, date, numeric, text, text[], business_calendar, rate_schedule, date, text, text, date) IS
'each rule that dunning_next_step looks at, in order: what it saw, what it said, and what would change that';

/* One letter for a customer */

CREATE FUNCTION dunning_merge_add(state bytea, step dunning_step) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_dunning_merge_add'
/* not STRICT: a null step leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_merge_add(bytea, dunning_step) IS
'state of dunning_merge with one step more';

CREATE FUNCTION dunning_merge_add(state bytea, step dunning_step, options jsonb) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_dunning_merge_add'
/* not STRICT: a null step leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_merge_add(bytea, dunning_step, jsonb) IS
'state of dunning_merge with one step more';

CREATE FUNCTION dunning_merge_add(state bytea, step dunning_step, policy dunning_policy, segment text) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_dunning_merge_add'
/* not STRICT: a null step leaves the state as it is, and a null segment has the ladder called default */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_merge_add(bytea, dunning_step, dunning_policy, text) IS
'state of dunning_merge with one step more';

CREATE FUNCTION dunning_merge_combine(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_dunning_merge_combine'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_merge_combine(bytea, bytea) IS
'two states of dunning_merge as one';

CREATE FUNCTION dunning_merge_finish(state bytea) RETURNS dunning_step
AS 'MODULE_PATHNAME', 'pgrcv_dunning_merge_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_merge_finish(bytea) IS
'step of a state of dunning_merge';

CREATE AGGREGATE dunning_merge(step dunning_step) (
	SFUNC = dunning_merge_add,
	STYPE = bytea,
	SSPACE = 300,
	FINALFUNC = dunning_merge_finish,
	COMBINEFUNC = dunning_merge_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE dunning_merge(dunning_step) IS
'steps of the items of one customer as one letter: the highest step with its fee once, interest and indemnities summed up, the earliest days; null steps and those without a day are skipped';

CREATE AGGREGATE dunning_merge(step dunning_step, options jsonb) (
	SFUNC = dunning_merge_add,
	STYPE = bytea,
	SSPACE = 300,
	FINALFUNC = dunning_merge_finish,
	COMBINEFUNC = dunning_merge_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE dunning_merge(dunning_step, jsonb) IS
'the same with options: "fee", "letter" (default: that of the highest step) or "item" (all of them summed up)';

CREATE AGGREGATE dunning_merge(step dunning_step, policy dunning_policy, segment text) (
	SFUNC = dunning_merge_add,
	STYPE = bytea,
	SSPACE = 300,
	FINALFUNC = dunning_merge_finish,
	COMBINEFUNC = dunning_merge_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE dunning_merge(dunning_step, dunning_policy, text) IS
'the same with fees as the policy says for each step in the ladder of its segment: that of the highest step once where it is per letter, and those of all steps that are per item';

/* What a policy would have done */

CREATE FUNCTION dunning_simulate(policy dunning_policy, due_on date, amounts numeric[], days date[],
	from_day date, to_day date, segment text DEFAULT NULL, channels text[] DEFAULT NULL,
	calendar business_calendar DEFAULT NULL, rates rate_schedule DEFAULT NULL,
	invoice_on date DEFAULT NULL, currency text DEFAULT NULL, last_step integer DEFAULT 0,
	last_step_on date DEFAULT NULL, prescribed_on date DEFAULT NULL,
	OUT day date, OUT step integer, OUT action text, OUT channel text, OUT template text,
	OUT open_amount numeric, OUT fee numeric, OUT interest numeric, OUT indemnity numeric,
	OUT reason text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_dunning_simulate'
/* not STRICT: most facts may be null */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 5;
COMMENT ON FUNCTION dunning_simulate(dunning_policy, date, numeric[], date[], date, date, text, text[], business_calendar, rate_schedule, date, text, integer, date, date) IS
'steps of an item whose open amount changes (amounts on days: what was invoiced, then payments below 0) as if asked for in the evening of each day from from_day to to_day, each taken when it is due';

CREATE FUNCTION dunning_backtest(policy dunning_policy, items text, payments text, from_day date,
	to_day date, options jsonb DEFAULT '{}', calendar business_calendar DEFAULT NULL,
	rates rate_schedule DEFAULT NULL,
	OUT item text, OUT customer text, OUT segment text, OUT day date, OUT step integer,
	OUT action text, OUT channel text, OUT template text, OUT open_amount numeric, OUT fee numeric,
	OUT interest numeric, OUT indemnity numeric, OUT cost numeric, OUT paid_by_next numeric,
	OUT days_to_next_payment integer, OUT reason text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_dunning_backtest'
/* not STRICT: calendar, rates and payments may be null */
LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 10000;
COMMENT ON FUNCTION dunning_backtest(dunning_policy, text, text, date, date, jsonb, business_calendar, rate_schedule) IS
'dunning_simulate for all items of a query (item, due_on, amount; customer, segment, currency, issued_on, last_step, last_step_on, prescribed_on), less the payments of another one (item, day, amount; received: false for what is no money; null: none), with what was received after each step; options: "channels", the ones there are';

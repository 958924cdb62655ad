/* provision: allowance for doubtful debts by matrix or item by item, with its trail */

CREATE TYPE provision_matrix;

CREATE FUNCTION provision_matrix_in(input cstring) RETURNS provision_matrix
AS 'MODULE_PATHNAME', 'pgrcv_provision_matrix_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_matrix_in(cstring) IS
'reads {"buckets": [{"up_to": days, "rate_pct": number}, ..., {"rate_pct": number}], ...}';

CREATE FUNCTION provision_matrix_out(matrix provision_matrix) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_provision_matrix_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_matrix_out(provision_matrix) IS
'prints {"buckets": [{"up_to": days, "rate_pct": number}, ..., {"rate_pct": number}], ...}';

CREATE FUNCTION provision_matrix_recv(input internal) RETURNS provision_matrix
AS 'MODULE_PATHNAME', 'pgrcv_provision_matrix_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_matrix_recv(internal) IS
'reads the binary form of a matrix: a version byte and its JSON text';

CREATE FUNCTION provision_matrix_send(matrix provision_matrix) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_provision_matrix_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_matrix_send(provision_matrix) IS
'binary form of a matrix: a version byte and its JSON text';

CREATE TYPE provision_matrix (
	INPUT = provision_matrix_in,
	OUTPUT = provision_matrix_out,
	RECEIVE = provision_matrix_recv,
	SEND = provision_matrix_send,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE provision_matrix IS
'rates of loss in percent by days past due, upper edges inclusive, with segments, forward-looking scalars, weighted scenarios, the days on which it holds, and its source';

CREATE FUNCTION provision_matrix_from_jsonb(matrix jsonb) RETURNS provision_matrix
AS 'MODULE_PATHNAME', 'pgrcv_provision_matrix_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_matrix_from_jsonb(jsonb) IS
'matrix of the same JSON as its text form';

CREATE FUNCTION provision_matrix_to_jsonb(matrix provision_matrix) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_provision_matrix_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_matrix_to_jsonb(provision_matrix) IS
'JSON of a matrix, as its text form';

CREATE CAST (jsonb AS provision_matrix) WITH FUNCTION provision_matrix_from_jsonb(jsonb);
CREATE CAST (provision_matrix AS jsonb) WITH FUNCTION provision_matrix_to_jsonb(provision_matrix);
COMMENT ON CAST (jsonb AS provision_matrix) IS 'reads a matrix from JSON';
COMMENT ON CAST (provision_matrix AS jsonb) IS 'matrix as JSON';

CREATE FUNCTION provision_matrix_eq(a provision_matrix, b provision_matrix) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION provision_matrix_eq(provision_matrix, provision_matrix) IS
'implementation of = operator';

CREATE FUNCTION provision_matrix_ne(a provision_matrix, b provision_matrix) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION provision_matrix_ne(provision_matrix, provision_matrix) IS
'implementation of <> operator';

CREATE FUNCTION provision_matrix_hash(matrix provision_matrix) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_value_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION provision_matrix_hash(provision_matrix) IS
'hash of a matrix';

CREATE FUNCTION provision_matrix_hash_extended(matrix provision_matrix, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_value_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION provision_matrix_hash_extended(provision_matrix, bigint) IS
'64-bit hash of a matrix with a seed';

CREATE OPERATOR = (
	LEFTARG = provision_matrix, RIGHTARG = provision_matrix, FUNCTION = provision_matrix_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (provision_matrix, provision_matrix) IS
'the same buckets, segments, scalars, scenarios and terms';

CREATE OPERATOR <> (
	LEFTARG = provision_matrix, RIGHTARG = provision_matrix, FUNCTION = provision_matrix_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (provision_matrix, provision_matrix) IS
'other buckets, segments, scalars, scenarios or terms';

CREATE OPERATOR CLASS provision_matrix_ops DEFAULT FOR TYPE provision_matrix USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 provision_matrix_hash(provision_matrix),
	FUNCTION 2 provision_matrix_hash_extended(provision_matrix, bigint);
COMMENT ON OPERATOR CLASS provision_matrix_ops USING hash IS 'equality of matrices';

CREATE FUNCTION provision_buckets(matrix provision_matrix, OUT segment text, OUT bucket integer,
	OUT from_days integer, OUT to_days integer, OUT rate_pct numeric, OUT rate numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_provision_buckets'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 10;
COMMENT ON FUNCTION provision_buckets(provision_matrix) IS
'buckets of a matrix: days past due, null without end; the rate as given in percent, and as a fraction with all scalars and scenarios; segment null: the default';

CREATE FUNCTION provision_valid(matrix provision_matrix, day date) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_provision_valid'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION provision_valid(provision_matrix, date) IS
'whether a day lies between "from" and "to" of a matrix';

CREATE FUNCTION provision_stress(matrix provision_matrix, scalar numeric DEFAULT 1,
	worse integer DEFAULT 0, scenario text DEFAULT NULL)
RETURNS provision_matrix
AS 'MODULE_PATHNAME', 'pgrcv_provision_stress'
/* not STRICT: scenario may be null */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_stress(provision_matrix, numeric, integer, text) IS
'the matrix with its rates multiplied by a scalar, each bucket at the rate of the one so many places later, and one scenario instead of all';

CREATE FUNCTION provision_matrix_of(up_to integer[], rates numeric[]) RETURNS provision_matrix
AS 'MODULE_PATHNAME', 'pgrcv_provision_matrix_of'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_matrix_of(integer[], numeric[]) IS
'matrix of upper edges in days past due and of rates as fractions, one more than edges, rounded to 14 decimals';

/* The allowance of an item */

CREATE FUNCTION provision_amount(open_excl_vat numeric, days_past_due integer,
	matrix provision_matrix, override_rate numeric DEFAULT NULL, cover numeric DEFAULT 0,
	scalar numeric DEFAULT 1, segment text DEFAULT NULL, customer_days integer DEFAULT NULL)
RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_provision_amount'
/* not STRICT: override_rate, segment and customer_days may be null */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION provision_amount(numeric, integer, provision_matrix, numeric, numeric, numeric, text, integer) IS
'allowance for an open item: (open_excl_vat - cover) x rate of its bucket x scalar, or x override_rate (a fraction) where there is one; never below 0 nor above the base';

CREATE FUNCTION provision_explain(open_excl_vat numeric, days_past_due integer,
	matrix provision_matrix, override_rate numeric DEFAULT NULL, cover numeric DEFAULT 0,
	INOUT scalar numeric DEFAULT 1, INOUT segment text DEFAULT NULL,
	customer_days integer DEFAULT NULL, OUT bucket integer, OUT from_days integer,
	OUT to_days integer, OUT base numeric, OUT rate numeric, OUT method text, OUT amount numeric,
	OUT reason text, OUT trail jsonb)
RETURNS record
AS 'MODULE_PATHNAME', 'pgrcv_provision_explain'
/* not STRICT: it says what is missing */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION provision_explain(numeric, integer, provision_matrix, numeric, numeric, numeric, text, integer) IS
'the allowance of provision_amount with what it comes from: amount = base x rate; scalar: all of them multiplied, null with an individual rate; segment: null for the default; method individual or matrix; reason matrix, individual, credit, covered, or missing_...; trail: every figure on the way';

CREATE FUNCTION provision_movement(new numeric, old numeric, used numeric DEFAULT 0,
	OUT charge numeric, OUT reversal numeric, OUT use numeric)
RETURNS record
AS 'MODULE_PATHNAME', 'pgrcv_provision_movement'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_movement(numeric, numeric, numeric) IS
'how an allowance moves: new = old - use + charge - reversal, with a charge or a reversal, never both';

/* The allowance of many items */

CREATE FUNCTION provision_amount_add(state bytea, open_excl_vat numeric, days_past_due integer,
	matrix provision_matrix, cover numeric, rounding text)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_provision_amount_add'
/* not STRICT: a null item leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION provision_amount_add(bytea, numeric, integer, provision_matrix, numeric, text) IS
'state of the aggregate provision_amount with one item more';

CREATE FUNCTION provision_amount_add(state bytea, open_excl_vat numeric, days_past_due integer,
	matrix provision_matrix, cover numeric, rounding text, override_rate numeric, segment text,
	customer_days integer)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_provision_amount_add'
/* not STRICT: a null item leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION provision_amount_add(bytea, numeric, integer, provision_matrix, numeric, text, numeric, text, integer) IS
'state of the aggregate provision_amount with one item more';

CREATE FUNCTION provision_amount_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_provision_amount_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_amount_merge(bytea, bytea) IS
'two states of the aggregate provision_amount as one';

CREATE FUNCTION provision_amount_finish(state bytea) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_provision_amount_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_amount_finish(bytea) IS
'total of a state of the aggregate provision_amount';

CREATE AGGREGATE provision_amount(open_excl_vat numeric, days_past_due integer,
	matrix provision_matrix, cover numeric, rounding text) (
	SFUNC = provision_amount_add,
	STYPE = bytea,
	SSPACE = 500,
	FINALFUNC = provision_amount_finish,
	COMBINEFUNC = provision_amount_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE provision_amount(numeric, integer, provision_matrix, numeric, text) IS
'total allowance of open items; rounding: of each line, or of each bucket of the matrix; items with a null amount, days, matrix or cover are skipped';

CREATE AGGREGATE provision_amount(open_excl_vat numeric, days_past_due integer,
	matrix provision_matrix, cover numeric, rounding text, override_rate numeric, segment text,
	customer_days integer) (
	SFUNC = provision_amount_add,
	STYPE = bytea,
	SSPACE = 500,
	FINALFUNC = provision_amount_finish,
	COMBINEFUNC = provision_amount_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE provision_amount(numeric, integer, provision_matrix, numeric, text, numeric, text, integer) IS
'the same with an individual rate, a segment and the customer''s days, each of which may be null';

/* Rates from history */

CREATE FUNCTION loss_rates(flows numeric[]) RETURNS numeric[]
AS 'MODULE_PATHNAME', 'pgrcv_loss_rates'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION loss_rates(numeric[]) IS
'share of each flow that is lost in the end: the last one by each; null of nothing';

CREATE FUNCTION roll_rates(flows numeric[]) RETURNS numeric[]
AS 'MODULE_PATHNAME', 'pgrcv_roll_rates'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION roll_rates(numeric[]) IS
'share of each flow that becomes the next one; null of nothing';

CREATE FUNCTION roll_rates_add(state bytea, bucket integer, next_bucket integer, amount numeric)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_roll_rates_add'
/* not STRICT: a null leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION roll_rates_add(bytea, integer, integer, numeric) IS
'state of roll_rates and loss_rates with one item more';

CREATE FUNCTION roll_rates_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_roll_rates_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION roll_rates_merge(bytea, bytea) IS
'two states of roll_rates and loss_rates as one';

CREATE FUNCTION roll_rates_finish(state bytea) RETURNS numeric[]
AS 'MODULE_PATHNAME', 'pgrcv_roll_rates_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION roll_rates_finish(bytea) IS
'shares of a state of roll_rates, with subscripts from 0';

CREATE FUNCTION loss_rates_finish(state bytea) RETURNS numeric[]
AS 'MODULE_PATHNAME', 'pgrcv_loss_rates_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION loss_rates_finish(bytea) IS
'shares of a state of loss_rates, with subscripts from 0';

CREATE AGGREGATE roll_rates(bucket integer, next_bucket integer, amount numeric) (
	SFUNC = roll_rates_add,
	STYPE = bytea,
	SSPACE = 3300,
	FINALFUNC = roll_rates_finish,
	COMBINEFUNC = roll_rates_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE roll_rates(integer, integer, numeric) IS
'share of the amount of each bucket, from 0, that was in a later one at the next snapshot; next_bucket -1: paid; null where a bucket was empty';

CREATE AGGREGATE loss_rates(bucket integer, next_bucket integer, amount numeric) (
	SFUNC = roll_rates_add,
	STYPE = bytea,
	SSPACE = 3300,
	FINALFUNC = loss_rates_finish,
	COMBINEFUNC = roll_rates_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE loss_rates(integer, integer, numeric) IS
'share of the amount of each bucket, from 0, that comes to the last bucket, where all is lost: the product of the roll rates from it on';

CREATE FUNCTION ecl(pd float8[], lgd float8, ead float8[], eir float8, pd_kind text,
	periods_per_year integer DEFAULT 1, horizon text DEFAULT 'lifetime') RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ecl'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ecl(float8[], float8, float8[], float8, text, integer, text) IS
'expected credit loss: sum of pd x lgd x ead, discounted at the yearly rate eir to the end of each period; pd_kind marginal or conditional (on having survived); horizon lifetime or 12-month';

CREATE FUNCTION ecl_stage(days_past_due integer, stage_2_from integer, stage_3_from integer)
RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_ecl_stage'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ecl_stage(integer, integer, integer) IS
'stage 1, 2 or 3 by days past due and the first days of stages 2 and 3, which are policy';

CREATE FUNCTION ecl_presumptions(OUT stage integer, OUT from_days integer, OUT title text, OUT source text)
RETURNS SETOF record
/* not STRICT: there is no argument, and a query takes its rows in at planning */
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10 ROWS 2
BEGIN ATOMIC
	SELECT q.stage, q.from_days, q.title, q.source
	FROM (VALUES
		(2, 31, 'Credit risk has increased significantly: more than 30 days past due', 'IFRS 9, 5.5.11; rebuttable'),
		(3, 90, 'Default: 90 days past due at the latest', 'IFRS 9, B5.5.37; rebuttable'))
		AS q (stage, from_days, title, source);
END;
COMMENT ON FUNCTION ecl_presumptions() IS
'days past due at which IFRS 9 presumes stages 2 and 3 to begin; both presumptions are rebuttable, so they are data';

/* Tables of the user's own */

CREATE FUNCTION provision_register_ddl(schema text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
BEGIN ATOMIC
	SELECT replace('CREATE TABLE {schema}.provision_account (
    entry text PRIMARY KEY CHECK (entry IN (''receivable'', ''doubtful'', ''allowance'', ''charge'', ''reversal'', ''loss'', ''vat'', ''vat_waiting'')),
    account text NOT NULL,
    title text NOT NULL
);
COMMENT ON TABLE {schema}.provision_account IS ''accounts of the entries of provision_entry'';
INSERT INTO {schema}.provision_account VALUES
    (''receivable'', ''411'', ''Customers''),
    (''doubtful'', ''416'', ''Doubtful or disputed customers''),
    (''allowance'', ''491'', ''Depreciation of customer accounts''),
    (''charge'', ''6817'', ''Charges to depreciation of current assets''),
    (''reversal'', ''7817'', ''Reversals of depreciation of current assets''),
    (''loss'', ''654'', ''Losses on irrecoverable debts''),
    (''vat'', ''44571'', ''VAT collected''),
    (''vat_waiting'', ''4458'', ''VAT that falls due on receipt'');
CREATE TABLE {schema}.provision_register (
    closing date NOT NULL,
    item text NOT NULL,
    customer text,
    event text,
    event_on date,
    method text NOT NULL CHECK (method IN (''individual'', ''statistical'', ''matrix'')),
    rate numeric NOT NULL CHECK (rate BETWEEN 0 AND 1),
    base_excl_vat numeric NOT NULL CHECK (base_excl_vat >= 0 AND base_excl_vat < ''Infinity''),
    amount numeric NOT NULL CONSTRAINT amount_within_base CHECK (amount BETWEEN 0 AND base_excl_vat),
    previous numeric NOT NULL DEFAULT 0 CHECK (previous >= 0 AND previous < ''Infinity''),
    used numeric NOT NULL DEFAULT 0 CHECK (used BETWEEN 0 AND previous),
    loss_excl_vat numeric NOT NULL DEFAULT 0 CHECK (loss_excl_vat >= 0 AND loss_excl_vat < ''Infinity''),
    loss_vat numeric NOT NULL DEFAULT 0 CHECK (loss_vat >= 0 AND loss_vat < ''Infinity''),
    loss_vat_waiting numeric NOT NULL DEFAULT 0 CHECK (loss_vat_waiting >= 0 AND loss_vat_waiting < ''Infinity''),
    doubtful numeric NOT NULL DEFAULT 0 CHECK (doubtful >= 0 AND doubtful < ''Infinity''),
    previous_doubtful numeric NOT NULL DEFAULT 0 CHECK (previous_doubtful >= 0 AND previous_doubtful < ''Infinity''),
    doubtful_paid numeric NOT NULL DEFAULT 0 CHECK (doubtful_paid > ''-Infinity'' AND doubtful_paid < ''Infinity''),
    deductible numeric NOT NULL DEFAULT 0 CHECK (deductible BETWEEN 0 AND amount),
    deductible_reason text,
    trail jsonb,
    PRIMARY KEY (closing, item),
    CONSTRAINT event_known_at_closing CHECK (isfinite(closing) AND event_on <= closing),
    CONSTRAINT individual_has_event CHECK (method <> ''individual'' OR amount = 0 OR (event IS NOT NULL AND event_on IS NOT NULL)),
    CONSTRAINT deductible_has_reason CHECK (deductible = 0 OR deductible_reason IS NOT NULL)
);
COMMENT ON TABLE {schema}.provision_register IS ''allowance of each item at each closing, and why'';
COMMENT ON COLUMN {schema}.provision_register.event IS ''what makes the loss probable, as known at the closing'';
COMMENT ON COLUMN {schema}.provision_register.previous IS ''allowance at the closing before'';
COMMENT ON COLUMN {schema}.provision_register.used IS ''part of previous that a loss has used up; 0 where it is reversed instead'';
COMMENT ON COLUMN {schema}.provision_register.loss_vat IS ''VAT of the loss that had fallen due'';
COMMENT ON COLUMN {schema}.provision_register.loss_vat_waiting IS ''VAT of the loss that falls due on receipt, and so never did'';
COMMENT ON COLUMN {schema}.provision_register.doubtful IS ''what is open of a doubtful item, with VAT: its balance on the account of doubtful customers'';
COMMENT ON COLUMN {schema}.provision_register.previous_doubtful IS ''the same at the closing before'';
COMMENT ON COLUMN {schema}.provision_register.doubtful_paid IS ''what payments and credit notes since then have credited to the account of doubtful customers, less what bounced; 0 where they credit the other one'';
COMMENT ON COLUMN {schema}.provision_register.deductible IS ''part of amount that is claimed as deductible, and deductible_reason says why'';
COMMENT ON COLUMN {schema}.provision_register.trail IS ''as provision_explain gives it'';
CREATE VIEW {schema}.provision_statement AS
    SELECT closing, item, customer, event, event_on, method, rate, base_excl_vat, amount, previous,
        greatest(amount - (previous - used), 0) AS charge, greatest(previous - used - amount, 0) AS reversal,
        used AS use, loss_excl_vat, loss_vat, loss_vat_waiting, doubtful, previous_doubtful, doubtful_paid,
        doubtful - previous_doubtful + doubtful_paid + loss_excl_vat + loss_vat + loss_vat_waiting AS transfer,
        deductible, deductible_reason
    FROM {schema}.provision_register;
COMMENT ON VIEW {schema}.provision_statement IS ''the register with how each allowance moves, and what goes to the account of doubtful customers (transfer, negative: comes back)'';
CREATE VIEW {schema}.provision_entry AS
    SELECT e.closing, e.item, a.account, a.title, e.debit, e.credit
    FROM (SELECT s.closing, s.item, v.entry, v.debit, v.credit
        FROM {schema}.provision_statement AS s, LATERAL (VALUES
            (''doubtful'', greatest(s.transfer, 0), greatest(-s.transfer, 0)),
            (''receivable'', greatest(-s.transfer, 0), greatest(s.transfer, 0)),
            (''charge'', s.charge, 0), (''allowance'', 0, s.charge),
            (''allowance'', s.reversal, 0), (''reversal'', 0, s.reversal),
            (''allowance'', s.use, 0), (''loss'', 0, s.use),
            (''loss'', s.loss_excl_vat, 0), (''vat'', s.loss_vat, 0), (''vat_waiting'', s.loss_vat_waiting, 0),
            (''doubtful'', 0, s.loss_excl_vat + s.loss_vat + s.loss_vat_waiting)) AS v (entry, debit, credit)
        WHERE v.debit <> 0 OR v.credit <> 0) AS e
    JOIN {schema}.provision_account AS a USING (entry);
COMMENT ON VIEW {schema}.provision_entry IS ''entries of transfers, charges, reversals, uses and losses; debits and credits of an item are equal'';', '{schema}', quote_ident(schema));
END;
COMMENT ON FUNCTION provision_register_ddl(text) IS
'definition of the tables provision_account and provision_register, and of the views provision_statement and provision_entry, to be read and then run in a schema of the user';

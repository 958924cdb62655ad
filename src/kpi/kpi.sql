/* kpi: figures of the receivables desk */

CREATE FUNCTION dso(receivables numeric, credit_sales numeric, days integer) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_dso'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dso(numeric, numeric, integer) IS
'days sales outstanding of a period of so many days: receivables / credit_sales x days; null without sales';

CREATE FUNCTION best_possible_dso(not_due numeric, credit_sales numeric, days integer) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_dso'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION best_possible_dso(numeric, numeric, integer) IS
'days sales outstanding if nobody paid late: receivables not yet due / credit_sales x days; null without sales';

CREATE FUNCTION add(receivables numeric, not_due numeric, credit_sales numeric, days integer) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_add'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION add(numeric, numeric, numeric, integer) IS
'average days delinquent: dso less best_possible_dso; null without sales';

CREATE FUNCTION dso_countback(balance numeric, sales numeric[], days integer[]) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_dso_countback'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dso_countback(numeric, numeric[], integer[]) IS
'days of sales that a balance is made of, by count-back over months, the latest first, with their days; null when the balance is larger than all of them';

CREATE FUNCTION dso_countback_at(balance numeric, sales numeric[], as_of date) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_dso_countback_at'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dso_countback_at(numeric, numeric[], date) IS
'the same with the days of the calendar: the first month is that of as_of, up to that day';

CREATE FUNCTION cei(opening numeric, credit_sales numeric, closing numeric, closing_not_due numeric)
RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_cei'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION cei(numeric, numeric, numeric, numeric) IS
'collection effectiveness index, 100 = all that was due, with the total sales of the period; null when nothing could be collected';

CREATE FUNCTION cei_monthly(opening numeric, credit_sales numeric, closing numeric, closing_not_due numeric,
	months integer) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_cei_monthly'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION cei_monthly(numeric, numeric, numeric, numeric, integer) IS
'the same with the sales of the mean month of the period';

CREATE FUNCTION turnover(credit_sales numeric, receivables numeric) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_turnover'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION turnover(numeric, numeric) IS
'how often receivables turn over: credit_sales / receivables; null without receivables';

CREATE FUNCTION bad_debt_ratio(written_off numeric, credit_sales numeric, recovered numeric DEFAULT 0)
RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_bad_debt_ratio'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION bad_debt_ratio(numeric, numeric, numeric) IS
'what was written off, less what was recovered of it, as a fraction of credit sales; null without sales';

CREATE FUNCTION recovery_rate(collected numeric, collectable numeric) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_recovery_rate'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION recovery_rate(numeric, numeric) IS
'what was collected as a fraction of what could be; null when nothing could';

/* Means over items, weighted by their amounts.  The state is bytea, so that it can be moved to another server. */

CREATE FUNCTION dso_true_add(state bytea, amount numeric, issued_on date, paid_on date, as_of date)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_dso_true_add'
/* not STRICT: paid_on may be null; a null amount or day leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dso_true_add(bytea, numeric, date, date, date) IS
'state of dso_true with one item more';

CREATE FUNCTION add_true_add(state bytea, amount numeric, due_on date, paid_on date, as_of date)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_add_true_add'
/* not STRICT: paid_on may be null; a null amount or day leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION add_true_add(bytea, numeric, date, date, date) IS
'state of add_true with one item more';

CREATE FUNCTION days_mean_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_days_mean_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION days_mean_merge(bytea, bytea) IS
'two states of dso_true, or of add_true, as one';

CREATE FUNCTION days_mean_finish(state bytea) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_days_mean_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION days_mean_finish(bytea) IS
'mean days of a state of dso_true or add_true';

CREATE AGGREGATE dso_true(amount numeric, issued_on date, paid_on date, as_of date) (
	SFUNC = dso_true_add,
	STYPE = bytea,
	SSPACE = 44,
	FINALFUNC = days_mean_finish,
	COMBINEFUNC = days_mean_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE dso_true(numeric, date, date, date) IS
'days from issue to payment, or to as_of while unpaid, weighted by amounts; items issued after as_of, or with a null amount or day of issue, are skipped';

CREATE AGGREGATE add_true(amount numeric, due_on date, paid_on date, as_of date) (
	SFUNC = add_true_add,
	STYPE = bytea,
	SSPACE = 44,
	FINALFUNC = days_mean_finish,
	COMBINEFUNC = days_mean_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE add_true(numeric, date, date, date) IS
'days late, weighted by amounts: from due date to payment, or to as_of while unpaid, 0 when not late; items with a null amount or due date are skipped';

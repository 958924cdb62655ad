/* interest: rates by date, interest on what is paid late, and the sum for recovery costs */

CREATE TYPE rate_schedule;

CREATE FUNCTION rate_schedule_in(input cstring) RETURNS rate_schedule
AS 'MODULE_PATHNAME', 'pgrcv_rate_schedule_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rate_schedule_in(cstring) IS
'reads {"rates": [{"from": day, "rate_pct": number}, ...], "to": day}';

CREATE FUNCTION rate_schedule_out(schedule rate_schedule) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_rate_schedule_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rate_schedule_out(rate_schedule) IS
'prints {"rates": [{"from": day, "rate_pct": number}, ...], "to": day}';

CREATE FUNCTION rate_schedule_recv(input internal) RETURNS rate_schedule
AS 'MODULE_PATHNAME', 'pgrcv_rate_schedule_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rate_schedule_recv(internal) IS
'reads the binary form of a schedule: a version byte and its JSON text';

CREATE FUNCTION rate_schedule_send(schedule rate_schedule) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_rate_schedule_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rate_schedule_send(rate_schedule) IS
'binary form of a schedule: a version byte and its JSON text';

CREATE TYPE rate_schedule (
	INPUT = rate_schedule_in,
	OUTPUT = rate_schedule_out,
	RECEIVE = rate_schedule_recv,
	SEND = rate_schedule_send,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE rate_schedule IS
'rates of interest in percent a year by their first day; each holds until the day before the next, the last one until "to" or without end';

CREATE FUNCTION rate_schedule_from_jsonb(schedule jsonb) RETURNS rate_schedule
AS 'MODULE_PATHNAME', 'pgrcv_rate_schedule_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rate_schedule_from_jsonb(jsonb) IS
'schedule of the same JSON as its text form; a rate may say its last day in "to", and a gap or an overlap is an error';

CREATE FUNCTION rate_schedule_to_jsonb(schedule rate_schedule) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_rate_schedule_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rate_schedule_to_jsonb(rate_schedule) IS
'JSON of a schedule, as its text form';

CREATE CAST (jsonb AS rate_schedule) WITH FUNCTION rate_schedule_from_jsonb(jsonb);
CREATE CAST (rate_schedule AS jsonb) WITH FUNCTION rate_schedule_to_jsonb(rate_schedule);
COMMENT ON CAST (jsonb AS rate_schedule) IS 'reads a schedule from JSON';
COMMENT ON CAST (rate_schedule AS jsonb) IS 'schedule as JSON';

CREATE FUNCTION rate_schedule_eq(a rate_schedule, b rate_schedule) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rate_schedule_eq(rate_schedule, rate_schedule) IS
'implementation of = operator';

CREATE FUNCTION rate_schedule_ne(a rate_schedule, b rate_schedule) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rate_schedule_ne(rate_schedule, rate_schedule) IS
'implementation of <> operator';

CREATE FUNCTION rate_schedule_hash(schedule rate_schedule) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_value_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rate_schedule_hash(rate_schedule) IS
'hash of a schedule';

CREATE FUNCTION rate_schedule_hash_extended(schedule rate_schedule, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_value_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rate_schedule_hash_extended(rate_schedule, bigint) IS
'64-bit hash of a schedule with a seed';

CREATE OPERATOR = (
	LEFTARG = rate_schedule, RIGHTARG = rate_schedule, FUNCTION = rate_schedule_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (rate_schedule, rate_schedule) IS 'the same list of rates and the same end';

CREATE OPERATOR <> (
	LEFTARG = rate_schedule, RIGHTARG = rate_schedule, FUNCTION = rate_schedule_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (rate_schedule, rate_schedule) IS 'another list of rates or another end';

CREATE OPERATOR CLASS rate_schedule_ops DEFAULT FOR TYPE rate_schedule USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 rate_schedule_hash(rate_schedule),
	FUNCTION 2 rate_schedule_hash_extended(rate_schedule, bigint);
COMMENT ON OPERATOR CLASS rate_schedule_ops USING hash IS 'equality of schedules';

CREATE FUNCTION rate_at(schedule rate_schedule, day date) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_rate_at'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rate_at(rate_schedule, date) IS
'rate of a day in percent a year; null when the schedule has none';

CREATE FUNCTION schedule_rates(schedule rate_schedule, OUT from_day date, OUT to_day date,
	OUT rate_pct numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_schedule_rates'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 20;
COMMENT ON FUNCTION schedule_rates(rate_schedule) IS
'rates of a schedule with their first and last day; null: without end';

CREATE FUNCTION rate_floor(contract rate_schedule, legal rate_schedule, factor numeric) RETURNS rate_schedule
AS 'MODULE_PATHNAME', 'pgrcv_rate_floor'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rate_floor(rate_schedule, rate_schedule, numeric) IS
'contractual rates, but on no day below the legal rate times a factor (3 in France, art. L441-10 of the Code de commerce); on the days that both schedules have';

CREATE FUNCTION late_interest(principal numeric, from_day date, to_day date, rates rate_schedule,
	rule text DEFAULT 'per_period', day_count text DEFAULT 'act/365', rounding text DEFAULT 'once',
	grace_days integer DEFAULT 0, scale integer DEFAULT 2) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_late_interest'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION late_interest(numeric, date, date, rate_schedule, text, text, text, integer, integer) IS
'simple interest on the days after from_day (the due date) up to and with to_day. rule: rate of each day (per_period), of from_day (at_start) or of to_day (at_end); day_count: act/365, act/360, act/act, 30/360, 30e/360; rounding, half away from zero to scale decimals: once or per_period; 0 up to grace_days of delay';

/* Interest on a balance: each delta counts from the day after it */

CREATE FUNCTION late_interest_add(state bytea, delta numeric, on_day date, rates rate_schedule,
	to_day date) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_late_interest_add'
/* not STRICT: a null line leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION late_interest_add(bytea, numeric, date, rate_schedule, date) IS
'state of late_interest_agg with one change of the balance more';

CREATE FUNCTION late_interest_add(state bytea, delta numeric, on_day date, rates rate_schedule,
	to_day date, options jsonb) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_late_interest_add'
/* not STRICT: a null line leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION late_interest_add(bytea, numeric, date, rate_schedule, date, jsonb) IS
'state of late_interest_agg with one change of the balance more';

CREATE FUNCTION late_interest_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_late_interest_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION late_interest_merge(bytea, bytea) IS
'two states of late_interest_agg as one';

CREATE FUNCTION late_interest_finish(state bytea) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_late_interest_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION late_interest_finish(bytea) IS
'interest of a state of late_interest_agg';

CREATE AGGREGATE late_interest_agg(delta numeric, on_day date, rates rate_schedule, to_day date) (
	SFUNC = late_interest_add,
	STYPE = bytea,
	SSPACE = 600,
	FINALFUNC = late_interest_finish,
	COMBINEFUNC = late_interest_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE late_interest_agg(numeric, date, rate_schedule, date) IS
'interest up to to_day on a balance that changes: the amount due on its due date, payments as negative deltas on their days; in any order; days with a balance below zero bear none; lines with a null delta or day are skipped';

CREATE AGGREGATE late_interest_agg(delta numeric, on_day date, rates rate_schedule, to_day date,
	options jsonb) (
	SFUNC = late_interest_add,
	STYPE = bytea,
	SSPACE = 600,
	FINALFUNC = late_interest_finish,
	COMBINEFUNC = late_interest_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE late_interest_agg(numeric, date, rate_schedule, date, jsonb) IS
'the same with options: rule, day_count, rounding, scale, as in late_interest';

CREATE FUNCTION recovery_indemnity(tiers jsonb, amount numeric) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_recovery_indemnity'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION recovery_indemnity(jsonb, numeric) IS
'fixed sum for recovery costs of one late invoice: {"tiers": [{"up_to": amount, "amount": sum}, ..., {"amount": sum}]}, edges inclusive; 0 for an amount not above 0';

/* Rates and sums set by authorities: data with their days and their source */

CREATE FUNCTION rate_schedules(OUT name text, OUT country text, OUT title text,
	OUT schedule rate_schedule, OUT source text)
RETURNS SETOF record
/* not STRICT: there is no argument, and a query takes its rows in at planning */
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100 ROWS 4
BEGIN ATOMIC
	SELECT q.name, q.country, q.title, q.schedule::rate_schedule, q.source
	FROM (VALUES
		('ecb_refi', 'EU', 'Main refinancing rate of the European Central Bank on 1 January and 1 July',
		'{"rates": [
		{"from": "2013-01-01", "rate_pct": 0.75}, {"from": "2013-07-01", "rate_pct": 0.50},
		{"from": "2014-01-01", "rate_pct": 0.25}, {"from": "2014-07-01", "rate_pct": 0.15},
		{"from": "2015-01-01", "rate_pct": 0.05}, {"from": "2015-07-01", "rate_pct": 0.05},
		{"from": "2016-01-01", "rate_pct": 0.05}, {"from": "2016-07-01", "rate_pct": 0.00},
		{"from": "2017-01-01", "rate_pct": 0.00}, {"from": "2017-07-01", "rate_pct": 0.00},
		{"from": "2018-01-01", "rate_pct": 0.00}, {"from": "2018-07-01", "rate_pct": 0.00},
		{"from": "2019-01-01", "rate_pct": 0.00}, {"from": "2019-07-01", "rate_pct": 0.00},
		{"from": "2020-01-01", "rate_pct": 0.00}, {"from": "2020-07-01", "rate_pct": 0.00},
		{"from": "2021-01-01", "rate_pct": 0.00}, {"from": "2021-07-01", "rate_pct": 0.00},
		{"from": "2022-01-01", "rate_pct": 0.00}, {"from": "2022-07-01", "rate_pct": 0.00},
		{"from": "2023-01-01", "rate_pct": 2.50}, {"from": "2023-07-01", "rate_pct": 4.00},
		{"from": "2024-01-01", "rate_pct": 4.50}, {"from": "2024-07-01", "rate_pct": 4.25},
		{"from": "2025-01-01", "rate_pct": 3.15}, {"from": "2025-07-01", "rate_pct": 2.15}],
		"to": "2025-12-31"}',
		'European Central Bank, key interest rates'),
		('fr_late_payment', 'FR', 'Rate of late payment between traders where the contract says none: the above plus 10 points',
		'{"rates": [
		{"from": "2013-01-01", "rate_pct": 10.75}, {"from": "2013-07-01", "rate_pct": 10.50},
		{"from": "2014-01-01", "rate_pct": 10.25}, {"from": "2014-07-01", "rate_pct": 10.15},
		{"from": "2015-01-01", "rate_pct": 10.05}, {"from": "2015-07-01", "rate_pct": 10.05},
		{"from": "2016-01-01", "rate_pct": 10.05}, {"from": "2016-07-01", "rate_pct": 10.00},
		{"from": "2017-01-01", "rate_pct": 10.00}, {"from": "2017-07-01", "rate_pct": 10.00},
		{"from": "2018-01-01", "rate_pct": 10.00}, {"from": "2018-07-01", "rate_pct": 10.00},
		{"from": "2019-01-01", "rate_pct": 10.00}, {"from": "2019-07-01", "rate_pct": 10.00},
		{"from": "2020-01-01", "rate_pct": 10.00}, {"from": "2020-07-01", "rate_pct": 10.00},
		{"from": "2021-01-01", "rate_pct": 10.00}, {"from": "2021-07-01", "rate_pct": 10.00},
		{"from": "2022-01-01", "rate_pct": 10.00}, {"from": "2022-07-01", "rate_pct": 10.00},
		{"from": "2023-01-01", "rate_pct": 12.50}, {"from": "2023-07-01", "rate_pct": 14.00},
		{"from": "2024-01-01", "rate_pct": 14.50}, {"from": "2024-07-01", "rate_pct": 14.25},
		{"from": "2025-01-01", "rate_pct": 13.15}, {"from": "2025-07-01", "rate_pct": 12.15}],
		"to": "2025-12-31"}',
		'Code de commerce, art. L441-10 II; the rate of 1 January and of 1 July holds for six months'),
		('fr_legal', 'FR', 'Legal rate of interest for creditors in business (taux de l''intérêt légal)',
		'{"rates": [
		{"from": "2015-01-01", "rate_pct": 0.93}, {"from": "2015-07-01", "rate_pct": 0.99},
		{"from": "2016-01-01", "rate_pct": 1.01}, {"from": "2016-07-01", "rate_pct": 0.93},
		{"from": "2017-01-01", "rate_pct": 0.90}, {"from": "2017-07-01", "rate_pct": 0.90},
		{"from": "2018-01-01", "rate_pct": 0.89}, {"from": "2018-07-01", "rate_pct": 0.88},
		{"from": "2019-01-01", "rate_pct": 0.86}, {"from": "2019-07-01", "rate_pct": 0.87},
		{"from": "2020-01-01", "rate_pct": 0.87}, {"from": "2020-07-01", "rate_pct": 0.84},
		{"from": "2021-01-01", "rate_pct": 0.79}, {"from": "2021-07-01", "rate_pct": 0.76},
		{"from": "2022-01-01", "rate_pct": 0.76}, {"from": "2022-07-01", "rate_pct": 0.77},
		{"from": "2023-01-01", "rate_pct": 2.06}, {"from": "2023-07-01", "rate_pct": 4.22},
		{"from": "2024-01-01", "rate_pct": 5.07}, {"from": "2024-07-01", "rate_pct": 4.92},
		{"from": "2025-01-01", "rate_pct": 3.71}, {"from": "2025-07-01", "rate_pct": 2.76}],
		"to": "2025-12-31"}',
		'Code monétaire et financier, art. L313-2; decrees of each half-year in the Journal officiel'),
		('fr_legal_persons', 'FR', 'Legal rate of interest for creditors who are natural persons and not in business',
		'{"rates": [
		{"from": "2015-01-01", "rate_pct": 4.06}, {"from": "2015-07-01", "rate_pct": 4.29},
		{"from": "2016-01-01", "rate_pct": 4.54}, {"from": "2016-07-01", "rate_pct": 4.35},
		{"from": "2017-01-01", "rate_pct": 4.16}, {"from": "2017-07-01", "rate_pct": 3.94},
		{"from": "2018-01-01", "rate_pct": 3.73}, {"from": "2018-07-01", "rate_pct": 3.60},
		{"from": "2019-01-01", "rate_pct": 3.40}, {"from": "2019-07-01", "rate_pct": 3.26},
		{"from": "2020-01-01", "rate_pct": 3.15}, {"from": "2020-07-01", "rate_pct": 3.11},
		{"from": "2021-01-01", "rate_pct": 3.14}, {"from": "2021-07-01", "rate_pct": 3.12},
		{"from": "2022-01-01", "rate_pct": 3.13}, {"from": "2022-07-01", "rate_pct": 3.15},
		{"from": "2023-01-01", "rate_pct": 4.47}, {"from": "2023-07-01", "rate_pct": 6.82},
		{"from": "2024-01-01", "rate_pct": 8.01}, {"from": "2024-07-01", "rate_pct": 8.16},
		{"from": "2025-01-01", "rate_pct": 7.21}, {"from": "2025-07-01", "rate_pct": 6.65}],
		"to": "2025-12-31"}',
		'Code monétaire et financier, art. L313-2; decrees of each half-year in the Journal officiel'))
		AS q (name, country, title, schedule, source);
END;
COMMENT ON FUNCTION rate_schedules() IS
'rates set by authorities, with their source; a day after the last one known has no rate';

CREATE FUNCTION recovery_indemnities(OUT country text, OUT title text, OUT currency text,
	OUT tiers jsonb, OUT valid_from date, OUT valid_to date, OUT source text)
RETURNS SETOF record
/* not STRICT: there is no argument, and a query takes its rows in at planning */
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100 ROWS 2
BEGIN ATOMIC
	SELECT q.country, q.title, q.currency, q.tiers::jsonb, q.valid_from::date, q.valid_to::date, q.source
	FROM (VALUES
		('FR', 'Fixed indemnity for recovery costs, between traders, each late invoice once', 'EUR',
		'{"tiers": [{"amount": 40.00}]}', '2013-01-01', NULL,
		'Code de commerce, art. L441-10 II and D441-5 (decree 2012-1115)'),
		('IE', 'Compensation for recovery costs, between businesses, each late invoice once', 'EUR',
		'{"tiers": [{"up_to": 1000.00, "amount": 40.00}, {"up_to": 10000.00, "amount": 70.00}, {"amount": 100.00}]}',
		'2013-03-16', NULL, 'European Communities (Late Payment in Commercial Transactions) Regulations, S.I. 580/2012'))
		AS q (country, title, currency, tiers, valid_from, valid_to, source);
END;
COMMENT ON FUNCTION recovery_indemnities() IS
'tiers for recovery_indemnity set by law, with their days and source; null: still in force';

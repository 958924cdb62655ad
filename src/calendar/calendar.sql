/* calendar: business days, and due dates by terms of payment */

CREATE TYPE business_calendar;

CREATE FUNCTION business_calendar_in(input cstring) RETURNS business_calendar
AS 'MODULE_PATHNAME', 'pgrcv_calendar_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION business_calendar_in(cstring) IS
'reads a calendar: a name, or JSON with weekend, holidays, working_days, union';

CREATE FUNCTION business_calendar_out(calendar business_calendar) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_calendar_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION business_calendar_out(business_calendar) IS
'prints a calendar: its name, or JSON with keys in a fixed order';

CREATE FUNCTION business_calendar_recv(input internal) RETURNS business_calendar
AS 'MODULE_PATHNAME', 'pgrcv_calendar_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION business_calendar_recv(internal) IS
'reads the binary form of a calendar: a version byte and its text';

CREATE FUNCTION business_calendar_send(calendar business_calendar) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_calendar_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION business_calendar_send(business_calendar) IS
'binary form of a calendar: a version byte and its text';

CREATE TYPE business_calendar (
	INPUT = business_calendar_in,
	OUTPUT = business_calendar_out,
	RECEIVE = business_calendar_recv,
	SEND = business_calendar_send,
	STORAGE = extended
);
COMMENT ON TYPE business_calendar IS
'which days are worked: a name (business_calendars() lists them) or JSON as in {"weekend": [6, 7], "holidays": [{"month": 5, "day": 1}, {"easter": 1}, {"date": "2026-01-02"}]}';

CREATE FUNCTION business_calendar_from_jsonb(calendar jsonb) RETURNS business_calendar
AS 'MODULE_PATHNAME', 'pgrcv_calendar_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION business_calendar_from_jsonb(jsonb) IS
'calendar of the same JSON as its text form, or of a JSON string with its name';

CREATE FUNCTION business_calendar_to_jsonb(calendar business_calendar) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_calendar_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION business_calendar_to_jsonb(business_calendar) IS
'rules of a calendar as JSON; of a calendar that is a name, the rules behind it';

CREATE CAST (jsonb AS business_calendar) WITH FUNCTION business_calendar_from_jsonb(jsonb);
CREATE CAST (business_calendar AS jsonb) WITH FUNCTION business_calendar_to_jsonb(business_calendar);
COMMENT ON CAST (jsonb AS business_calendar) IS 'reads a calendar from JSON';
COMMENT ON CAST (business_calendar AS jsonb) IS 'rules of a calendar as JSON; a name gives the rules behind it';

CREATE FUNCTION business_calendar_eq(a business_calendar, b business_calendar) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION business_calendar_eq(business_calendar, business_calendar) IS
'implementation of = operator';

CREATE FUNCTION business_calendar_ne(a business_calendar, b business_calendar) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION business_calendar_ne(business_calendar, business_calendar) IS
'implementation of <> operator';

CREATE FUNCTION business_calendar_hash(calendar business_calendar) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_value_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION business_calendar_hash(business_calendar) IS
'hash of a calendar';

CREATE FUNCTION business_calendar_hash_extended(calendar business_calendar, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_value_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION business_calendar_hash_extended(business_calendar, bigint) IS
'64-bit hash of a calendar with a seed';

CREATE OPERATOR = (
	LEFTARG = business_calendar, RIGHTARG = business_calendar, FUNCTION = business_calendar_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (business_calendar, business_calendar) IS 'the same name, or the same rules in the same order';

CREATE OPERATOR <> (
	LEFTARG = business_calendar, RIGHTARG = business_calendar, FUNCTION = business_calendar_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (business_calendar, business_calendar) IS 'not the same calendar';

CREATE OPERATOR CLASS business_calendar_ops DEFAULT FOR TYPE business_calendar USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 business_calendar_hash(business_calendar),
	FUNCTION 2 business_calendar_hash_extended(business_calendar, bigint);
COMMENT ON OPERATOR CLASS business_calendar_ops USING hash IS 'equality of calendars';

CREATE FUNCTION business_calendars(OUT name text, OUT title text, OUT source text, OUT calendar business_calendar)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_business_calendars'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 12;
COMMENT ON FUNCTION business_calendars() IS
'calendars that have a name, with the law or the authority that each follows';

CREATE FUNCTION calendar_holidays(calendar business_calendar, from_day date, to_day date, OUT day date, OUT name text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_calendar_holidays'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION calendar_holidays(business_calendar, date, date) IS
'holidays of a calendar from one day to another, those that fall on a weekend and do not move included';

CREATE FUNCTION is_business_day(day date, calendar business_calendar) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_is_business_day'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION is_business_day(date, business_calendar) IS
'whether a day is worked';

CREATE FUNCTION next_business_day(day date, calendar business_calendar) RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_next_business_day'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION next_business_day(date, business_calendar) IS
'the first business day after a day; roll() gives the day itself when it is one';

CREATE FUNCTION previous_business_day(day date, calendar business_calendar) RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_previous_business_day'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION previous_business_day(date, business_calendar) IS
'the last business day before a day';

CREATE FUNCTION add_business_days(day date, n integer, calendar business_calendar) RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_add_business_days'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION add_business_days(date, integer, business_calendar) IS
'the nth business day after a day, before it when n is negative; n = 0: the day, or the next business day when it is off';

CREATE FUNCTION add_business_days(day date, calendar business_calendar, n integer) RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_add_business_days_last'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION add_business_days(date, business_calendar, integer) IS
'the nth business day after a day, as add_business_days(day, n, calendar)';

CREATE FUNCTION business_days_between(from_day date, to_day date, calendar business_calendar) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_business_days_between'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION business_days_between(date, date, business_calendar) IS
'business days after one day up to and including another; negative when the second is earlier';

CREATE FUNCTION roll(day date, calendar business_calendar, convention text DEFAULT 'following') RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_roll'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION roll(date, business_calendar, text) IS
'the day when it is worked, else a business day by a convention: following, preceding, modified_following, modified_preceding, none';

CREATE FUNCTION due_date(issued date, terms text, calendar business_calendar DEFAULT NULL,
	convention text DEFAULT 'following') RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_due_date'
/* not STRICT: without a calendar the day is not rolled */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION due_date(date, text, business_calendar, text) IS
'day on which an invoice is due by terms as 30 days, 45 days end of month, end of month 45 days, 2 months, on receipt, 30 days the 15th; rolled when a calendar is given';

CREATE FUNCTION due_dates(issued date, terms text, calendar business_calendar DEFAULT NULL,
	convention text DEFAULT 'following', OUT part integer, OUT share_pct numeric, OUT due_on date)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_due_dates'
/* not STRICT: without a calendar the days are not rolled */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 3;
COMMENT ON FUNCTION due_dates(date, text, business_calendar, text) IS
'instalments by terms as 30% 30 days, 70% 60 days: shares in percent and the day each is due';

CREATE FUNCTION statutory_terms(OUT country text, OUT rule text, OUT terms text, OUT counted_from text,
	OUT valid_from date, OUT valid_to date, OUT source text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 7
BEGIN ATOMIC
	SELECT * FROM (VALUES
		('FR', 'default', '30 days', 'receipt of goods or service', DATE '2009-01-01', NULL::date,
			'Code de commerce, art. L441-10 I (until 2019-04-25 art. L441-6), loi 2008-776'),
		('FR', 'maximum', '60 days', 'invoice', DATE '2009-01-01', NULL,
			'Code de commerce, art. L441-10 I (until 2019-04-25 art. L441-6), loi 2008-776'),
		('FR', 'maximum if expressly agreed', '45 days end of month', 'invoice', DATE '2009-01-01', NULL,
			'Code de commerce, art. L441-10 I (until 2019-04-25 art. L441-6), loi 2008-776; the order of the steps is not in the law, see end of month 45 days'),
		('EU', 'default', '30 days', 'receipt of the invoice', DATE '2013-03-16', NULL,
			'Directive 2011/7/EU, art. 3(3)(b)'),
		('EU', 'maximum unless expressly agreed', '60 days', 'receipt of the invoice', DATE '2013-03-16', NULL,
			'Directive 2011/7/EU, art. 3(5)'),
		('EU', 'default, public authority', '30 days', 'receipt of the invoice', DATE '2013-03-16', NULL,
			'Directive 2011/7/EU, art. 4(3)'),
		('EU', 'maximum, public authority', '60 days', 'receipt of the invoice', DATE '2013-03-16', NULL,
			'Directive 2011/7/EU, art. 4(4) and 4(6)')
	) AS t (country, rule, terms, counted_from, valid_from, valid_to, source);
END;
COMMENT ON FUNCTION statutory_terms() IS
'longest and default terms of payment between firms by law, as terms that due_date reads; valid_to is null while the rule holds';

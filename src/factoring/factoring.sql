/* factoring: what a factor pays for an invoice, and what that costs */

CREATE FUNCTION factoring_quote(amount numeric, days integer, terms jsonb, on_day date DEFAULT NULL,
	OUT advance numeric, OUT commission numeric, OUT fees numeric, OUT financing numeric,
	OUT vat numeric, OUT retention numeric, OUT cash_day_0 numeric, OUT total_cost numeric,
	OUT cost_of_cash_pct float8, OUT cost_of_advance_pct float8, OUT annual_360_pct float8,
	OUT annual_365_pct float8, OUT effective_annual_pct float8, OUT overdraft_cost numeric,
	OUT over_overdraft numeric)
AS 'MODULE_PATHNAME', 'pgrcv_factoring_quote'
/* not STRICT: on_day may be null; a null amount, days or terms gives null */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION factoring_quote(numeric, integer, jsonb, date) IS
'what a factor pays for an invoice that its customer pays after so many days, and what that costs, beside an overdraft; terms are {"advance_pct": 90, "commission_pct": 0.9, "financing_pct": 3.2, "vat_pct": 20, ...}; on_day must be a day of theirs';

CREATE FUNCTION factoring_year(turnover numeric, invoices integer, days integer, terms jsonb,
	on_day date DEFAULT NULL,
	OUT outstanding numeric, OUT funds numeric, OUT commission numeric, OUT fees numeric,
	OUT financing numeric, OUT vat numeric, OUT savings numeric, OUT total_cost numeric,
	OUT cost_of_funds_pct float8, OUT cost_of_turnover_pct float8)
AS 'MODULE_PATHNAME', 'pgrcv_factoring_year'
/* not STRICT: on_day may be null; any other null gives null */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION factoring_year(numeric, integer, integer, jsonb, date) IS
'what a year of a factoring contract costs, with its yearly minimum, fees and savings, for a turnover that is paid after so many days in the mean';

CREATE FUNCTION simple_annual_rate(cost numeric, funds numeric, days integer, year_days integer DEFAULT 365)
RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_simple_annual_rate'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION simple_annual_rate(numeric, numeric, integer, integer) IS
'rate a year, as a fraction, of a cost for funds over so many days: cost / funds x year_days / days; null without funds';

CREATE FUNCTION effective_annual_rate(cost numeric, funds numeric, days integer, year_days integer DEFAULT 365)
RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_effective_annual_rate'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION effective_annual_rate(numeric, numeric, integer, integer) IS
'the same compounded: (1 + cost / funds)^(year_days / days) - 1; null without funds';

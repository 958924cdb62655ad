CREATE SCHEMA test_factoring;
SET search_path = test_factoring, public;
-- What a factor pays for an invoice, and what that costs.
\pset null '(null)'
\x on
\set terms '{"advance_pct": 90, "commission_pct": 0.9, "financing_pct": 3.2, "vat_pct": 20, "overdraft_pct": 9}'

SELECT advance, commission, fees, financing, vat, retention, cash_day_0, total_cost, round(cost_of_cash_pct::numeric, 9) AS cost_of_cash_pct, round(cost_of_advance_pct::numeric, 9) AS cost_of_advance_pct, round(annual_360_pct::numeric, 9) AS annual_360_pct,
	round(annual_365_pct::numeric, 9) AS annual_365_pct, round(effective_annual_pct::numeric, 9) AS effective_annual_pct, overdraft_cost, over_overdraft FROM factoring_quote(10000.00, 60, :'terms');
-- interest in advance on what is paid out: 100,000, fee 4 %, reserve 6 %, 1 % a month for two months
SELECT advance, commission, financing, retention, cash_day_0, total_cost, overdraft_cost, over_overdraft FROM factoring_quote(100000, 60, '{"advance_pct": 94, "commission_pct": 4, "financing_pct": 12, "interest_on": "cash"}');
-- 100,000 a month, 80 % advanced at 10 %, fee 2 %, 18,000 saved: 14,000 on 80,000
SELECT outstanding, funds, commission, fees, financing, vat, savings, total_cost, cost_of_funds_pct, round(cost_of_turnover_pct::numeric, 6) AS cost_of_turnover_pct FROM factoring_year(1200000, 1000, 30, '{"advance_pct": 80, "commission_pct": 2, "financing_pct": 10, "annual_savings": 18000}');
\x off
SELECT simple_annual_rate(14000, 80000, 360, 360) AS year, round(effective_annual_rate(2, 98, 20)::numeric, 12) AS "2/10 net 30", round(simple_annual_rate(2, 98, 20)::numeric, 12) AS simple_365, round(simple_annual_rate(2, 98, 20, 360)::numeric, 12) AS simple_360, round(effective_annual_rate(1, 99, 35)::numeric, 12) AS "1/10 net 45";

-- a minimum for each invoice; of a year
SELECT amount, commission FROM unnest('{1000,615.38,615.77,500}'::numeric[]) AS amount, factoring_quote(amount, 30, '{"advance_pct": 90, "commission_pct": 1.3, "commission_min": 8.00}') ORDER BY amount;
SELECT q.commission AS quote, y.commission AS year, low.commission AS small_year FROM factoring_quote(1000, 30, '{"advance_pct": 90, "commission_pct": 0.5, "annual_commission_min": 20000, "annual_turnover": 1000000}') AS q,
	factoring_year(1000000, 1000, 30, '{"advance_pct": 90, "commission_pct": 0.5, "annual_commission_min": 20000}') AS y, factoring_year(1000000, 5000, 30, '{"advance_pct": 90, "commission_pct": 0.5, "annual_commission_min": 20000, "commission_min": 6}') AS low;
-- interest taken at the end; VAT that is not recovered; fees; no interest; by 365
SELECT name, q.financing, q.vat, q.cash_day_0, q.total_cost, round(q.effective_annual_pct::numeric, 6) AS effective
FROM (VALUES (1, 'start', '{}'::jsonb), (2, 'end', '{"interest_taken": "end"}'), (3, 'cash, end', '{"interest_on": "cash", "interest_taken": "end"}'), (4, 'vat', '{"vat_recovered": false}'), (5, 'fees', '{"fees": 12.50}'), (6, 'no interest', '{"financing_pct": 0}'), (7, '365', '{"basis": 365}')) AS v (i, name, more),
	factoring_quote(10000, 60, :'terms'::jsonb || more) AS q ORDER BY i;
-- fees above the advance leave nothing to have a rate of
SELECT cash_day_0, total_cost, cost_of_cash_pct, cost_of_advance_pct, annual_360_pct, annual_365_pct, effective_annual_pct, overdraft_cost FROM factoring_quote(10, 60, '{"advance_pct": 90, "fees": 10, "overdraft_pct": 9}');
-- a currency without decimals, one with three
SELECT advance, commission, financing, cash_day_0 FROM factoring_quote(1000001, 60, '{"advance_pct": 90, "commission_pct": 0.9, "financing_pct": 3.2, "scale": 0}');
SELECT advance, commission, financing, cash_day_0 FROM factoring_quote(1000.001, 60, '{"advance_pct": 90, "commission_pct": 0.9, "financing_pct": 3.2, "scale": 3}');
-- the days on which terms hold
SELECT total_cost FROM factoring_quote(10000, 60, :'terms'::jsonb || '{"from": "2025-01-01", "to": "2025-12-31", "name": "Offer B", "source": "letter of 12 December"}', '2025-12-31');
SELECT total_cost FROM factoring_quote(10000, 60, :'terms'::jsonb || '{"from": "2025-01-01", "to": "2025-12-31"}', '2026-01-01');
SELECT total_cost FROM factoring_year(10000, 1, 60, :'terms'::jsonb || '{"to": "2025-12-31"}', '2026-01-01');
-- nulls
SELECT factoring_quote(NULL, 60, :'terms') IS NULL AS a, factoring_quote(1, NULL, :'terms') IS NULL AS b, factoring_quote(1, 60, NULL) IS NULL AS c, factoring_quote(1, 60, :'terms', NULL) IS NULL AS d, factoring_year(1, NULL, 1, :'terms') IS NULL AS e, effective_annual_rate(NULL, 1, 1) AS f,
	effective_annual_rate(1, 0, 1) AS no_funds, effective_annual_rate(-2, 1, 1) AS more_than_all, simple_annual_rate(1, -1, 1) AS below;

-- cash, cost and retention add up to the invoice, whatever the terms
SELECT count(*) AS quotes, count(*) FILTER (WHERE cash_day_0 + total_cost + retention <> amount) AS differ, count(*) FILTER (WHERE abs(financing - CASE i % 2 WHEN 0 THEN cash_day_0 ELSE advance END * 3.2 * days / 36000) > 0.0055) AS interest_differs
FROM generate_series(1, 2000) AS i, LATERAL (SELECT (hashint4(i) & 16777215)::numeric / 100 + 0.01 AS amount, 1 + (hashint4(i + 1) & 127) AS days) AS v,
	factoring_quote(amount, days, jsonb_build_object('advance_pct', 50 + i % 50, 'commission_pct', i % 7 * 0.1, 'financing_pct', 3.2, 'interest_on', CASE i % 2 WHEN 0 THEN 'cash' ELSE 'advance' END)) WHERE days < 100 OR i % 2 = 1;

-- each error once
SELECT factoring_quote(0, 60, :'terms');
SELECT factoring_quote(-5, 60, :'terms');
SELECT factoring_quote(10.001, 60, :'terms');
SELECT factoring_quote('NaN', 60, :'terms');
SELECT factoring_quote(10000, 0, :'terms');
SELECT factoring_quote(10000, 3661, :'terms');
SELECT factoring_quote(10000, 60, '{}');
SELECT factoring_quote(10000, 60, '[]');
SELECT factoring_quote(10000, 60, '{"advance_pct": 0}');
SELECT factoring_quote(10000, 60, '{"advance_pct": 100.01}');
SELECT factoring_quote(10000, 60, '{"advance_pct": "90"}');
SELECT factoring_quote(10000, 60, '{"advance_pct": 90, "commission": 1}');
SELECT factoring_quote(10000, 60, '{"advance_pct": 90, "commission_pct": -1}');
SELECT factoring_quote(10000, 60, '{"advance_pct": 90, "commission_pct": 0.1234567}');
SELECT factoring_quote(10000, 60, '{"advance_pct": 90, "financing_pct": 1001}');
SELECT factoring_quote(10000, 60, '{"advance_pct": 90, "commission_min": -1}');
SELECT factoring_quote(10000, 60, '{"advance_pct": 90, "commission_min": 1.005}');
SELECT factoring_quote(10000, 60, '{"advance_pct": 90, "annual_commission_min": 1000}');
SELECT factoring_quote(10000, 60, '{"advance_pct": 90, "basis": 366}');
SELECT factoring_quote(10000, 60, '{"advance_pct": 90, "interest_on": "balance"}');
SELECT factoring_quote(10000, 60, '{"advance_pct": 90, "vat_recovered": "no"}');
SELECT factoring_quote(10000, 60, '{"advance_pct": 90, "scale": 7}');
SELECT factoring_quote(10000, 60, '{"advance_pct": 90, "from": "2025-02-30"}');
SELECT factoring_quote(10000, 60, '{"advance_pct": 90, "from": "2025-02-03", "to": "2025-02-02"}');
SELECT factoring_year(10000, -1, 60, :'terms');
SELECT factoring_year(0, 1, 60, :'terms');
SELECT effective_annual_rate(1, 1, 0);
SELECT effective_annual_rate(1000000000, 1, 1);
SELECT effective_annual_rate('NaN', 1, 1);

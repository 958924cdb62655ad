/*
 * demo.sql
 *		What `make demo` prints: the ledger of test/data aged, scored, named, valued,
 *		segmented by rules, chased and closed.
 *
 * Needs CREATE EXTENSION receivables and schema "ledger"; leaves nothing but
 * temporary tables.  Amounts of EUR and of CHF accounts are never added: each
 * currency has its own balance, its own scores and its own segments.
 */
\set as_of 2024-12-31
\pset footer off
\pset border 0
\pset null '-'
\pset numericlocale on
SET client_min_messages = warning;

/* Everything open that evening: invoices, credit notes, cash not yet matched. */
CREATE TEMP TABLE item AS
SELECT * FROM ledger.open_item(DATE :'as_of');

\echo
\echo '1. AGEING BALANCE on' :as_of
\echo '   what is owed, VAT included, by days past due (what falls due that day is not late yet);'
\echo '   credit notes and unmatched cash apart; insolvent customers and companies of the group included'
\echo
WITH balance AS
(
	SELECT currency,
		   ageing(open_amount, due_on, DATE :'as_of', ARRAY[0, 30, 60, 90, 120]) FILTER (WHERE kind = 'invoice') AS due,
		   coalesce(sum(open_amount) FILTER (WHERE kind = 'credit_note'), 0) AS credits,
		   coalesce(sum(open_amount) FILTER (WHERE kind = 'unapplied_cash'), 0) AS cash,
		   sum(open_amount) AS outstanding
	FROM item
	GROUP BY currency
)
SELECT currency AS " ",
	   due[0] + due[1] AS "not due", due[2] AS "1-30", due[3] AS "31-60", due[4] AS "61-90", due[5] AS "91-120", due[6] AS "> 120",
	   credits, cash AS "unapplied", outstanding,
	   CASE WHEN (SELECT sum(part) FROM unnest(due) AS part) + credits + cash = outstanding
			THEN 'yes' ELSE 'NO' END AS "adds up"
FROM balance
ORDER BY currency DESC;

/* One summary a customer: what follows asks the summary, not the ledger. */
CREATE TEMP TABLE summary AS
SELECT customer_id, currency, activity_agg(day, amount) AS a
FROM ledger.sale
WHERE day <= DATE :'as_of'
GROUP BY customer_id, currency;

CREATE TEMP TABLE model AS
SELECT currency, rfm_fit(a, DATE :'as_of', 5) AS model
FROM summary
GROUP BY currency;

/* OFFSET 0: the score is computed once, then taken apart. */
CREATE TEMP TABLE scored AS
SELECT q.*, (rfm).r, (rfm).f, (rfm).m, segment_of(rfm) AS segment
FROM (SELECT c.customer_id, c.currency, c.name, c.insolvent_on, c.intra_group, s.a, model.model,
			 recency(s.a, DATE :'as_of') AS recency, monetary(s.a, DATE :'as_of') AS monetary,
			 rfm_score(s.a, model.model, DATE :'as_of') AS rfm
	  FROM ledger.customer AS c
	  LEFT JOIN summary AS s USING (customer_id, currency)
	  LEFT JOIN model USING (currency)
	  OFFSET 0) AS q;

\echo '2. RFM: CUSTOMERS BY SCORE, 5 is best'
\echo '   the breaks are the quintiles of each currency''s customers; equal customers have equal scores;'
\echo '   revenue since 2022, without VAT'
\echo
WITH spread AS
(
	SELECT model.currency, b.dimension, b.score, b.above, b.up_to, count(s.customer_id) AS customers
	FROM model
	CROSS JOIN rfm_breaks(model.model) AS b
	LEFT JOIN scored AS s
	  ON s.currency = model.currency
		 AND b.score = CASE b.dimension WHEN 'recency' THEN s.r WHEN 'frequency' THEN s.f ELSE s.m END
	GROUP BY model.currency, b.dimension, b.score, b.above, b.up_to
),
worded AS
(
	SELECT currency, dimension, score, customers,
		   CASE WHEN dimension = 'monetary'
				THEN concat_ws(' ', 'over ' || to_char(trunc(above, 2), 'FM999,999,990.00'),
							   'up to ' || to_char(trunc(up_to, 2), 'FM999,999,990.00'))
				WHEN up_to IS NULL THEN format('%s or more', floor(above) + 1)
				ELSE format('%s to %s', coalesce(floor(above) + 1, CASE dimension WHEN 'recency' THEN 0 ELSE 1 END), floor(up_to))
		   END AS range
	FROM spread
)
SELECT currency AS " ", score,
	   min(range) FILTER (WHERE dimension = 'recency') AS "days since last order",
	   min(customers) FILTER (WHERE dimension = 'recency') AS "customers",
	   min(range) FILTER (WHERE dimension = 'frequency') AS "days with an order",
	   min(customers) FILTER (WHERE dimension = 'frequency') AS "customers",
	   min(range) FILTER (WHERE dimension = 'monetary') AS "revenue",
	   min(customers) FILTER (WHERE dimension = 'monetary') AS "customers"
FROM worded
GROUP BY currency, score
ORDER BY currency DESC, score DESC;

/* What each customer owes, and how late settled invoices came, by amount. */
CREATE TEMP TABLE owing AS
SELECT customer_id, sum(open_amount) AS open,
	   coalesce(sum(open_amount) FILTER (WHERE due_on < DATE :'as_of'), 0) AS overdue,
	   DATE :'as_of' - min(due_on) AS oldest
FROM item
WHERE kind = 'invoice'
GROUP BY customer_id;

CREATE TEMP TABLE habit AS
SELECT customer_id, sum(days_late * total) AS days_amount, sum(total) AS settled, max(settled_on) AS last_settled
FROM ledger.settled
WHERE settled_on <= DATE :'as_of'
GROUP BY customer_id;
ANALYZE item, scored, owing, habit;

\echo '3. SEGMENTS: WHAT EACH IS WORTH AND HOW IT PAYS'
\echo '   revenue since 2022, without VAT; open amount: invoices, with VAT; overdue: the share of it that fell due before;'
\echo '   days late: of settled invoices, weighted by amount, early ones negative;'
\echo '   prospect: no purchase since 2022; a negative revenue is credit notes on earlier sales'
\echo
WITH named(nth, segment) AS
(
	VALUES (1, 'Champions'), (2, 'Loyal'), (3, 'Potential Loyalist'), (4, 'Recent'), (5, 'Promising'), (6, 'Need Attention'),
		   (7, 'About To Sleep'), (8, 'At Risk'), (9, 'Can''t Lose'), (10, 'Hibernating'), (11, 'Lost'), (12, 'prospect')
)
SELECT model.currency AS " ", coalesce(named.segment, 'all') AS segment, count(s.customer_id) AS customers,
	   round(coalesce(sum(s.monetary), 0)) AS revenue,
	   round(100 * coalesce(sum(s.monetary), 0) / sum(sum(s.monetary)) OVER (PARTITION BY model.currency, grouping(named.segment)), 1)
		   AS "% of revenue",
	   round(coalesce(sum(o.open), 0)) AS "open amount",
	   round(100 * sum(o.overdue) / sum(o.open), 1) AS "% overdue",
	   round(sum(h.days_amount) / sum(h.settled), 1) AS "days late"
FROM model
CROSS JOIN named
LEFT JOIN scored AS s ON s.currency = model.currency AND s.segment = named.segment
LEFT JOIN owing AS o USING (customer_id)
LEFT JOIN habit AS h USING (customer_id)
GROUP BY GROUPING SETS ((model.currency, named.nth, named.segment), (model.currency))
ORDER BY model.currency DESC, named.nth;

\echo '4. THE TEN CUSTOMERS TO LOOK AT FIRST, EUR accounts'
\echo '   at stake: what is overdue (with VAT) and, where a customer slips away, the revenue of the last 12 months (without)'
\echo '   slips away: Can''t Lose or At Risk, or silent for a month and five times the usual gap between orders;'
\echo '   left out: insolvent customers and companies of the group; score 355: recency 3, frequency 5, monetary 5'
\echo
CREATE TEMP TABLE look_at AS
SELECT s.*, o.open, coalesce(o.overdue, 0) AS overdue, o.oldest, round(h.days_amount / h.settled) AS days_late, h.last_settled,
	   coalesce(o.overdue, 0) + CASE WHEN slips THEN last_year ELSE 0 END AS at_stake
FROM (SELECT q.*,
			 segment IN ('Can''t Lose', 'At Risk') OR recency > 30 AND recency > 5 * gap AS slips
	  FROM (SELECT scored.*, average_gap(a, DATE :'as_of') AS gap,
				   amount_between(a, (DATE :'as_of' - interval '1 year')::date + 1, DATE :'as_of') AS last_year
			FROM scored
			WHERE currency = 'EUR' AND segment <> 'prospect' AND insolvent_on IS NULL AND NOT intra_group
			OFFSET 0) AS q) AS s
LEFT JOIN owing AS o USING (customer_id)
LEFT JOIN habit AS h USING (customer_id)
ORDER BY at_stake DESC, customer_id
LIMIT 10;

\pset tuples_only on
\pset format unaligned
SELECT concat_ws(E'\n    ',
	format(E'%s. %s (customer %s), %s, score %s: %s at stake',
		   lpad((row_number() OVER (ORDER BY at_stake DESC, customer_id))::text, 2), name, customer_id, segment, rfm_code(rfm),
		   to_char(at_stake, 'FM999,999,999')),
	CASE WHEN slips AND overdue > 0
		 THEN format('%s overdue and %s of yearly revenue', to_char(overdue, 'FM999,999,999'), to_char(last_year, 'FM999,999,999')) END,
	format('bought for %s in the last 12 months', to_char(last_year, 'FM999,999,999'))
	|| CASE WHEN slips AND gap IS NOT NULL
			THEN format(', but nothing for %s days, and used to order every %s days', recency, greatest(2, round(gap)))
			WHEN recency < 2 THEN ', and is still ordering'
			ELSE format(', the last order %s days ago', recency) END,
	CASE WHEN overdue > 0
		 THEN format('%s overdue of %s open (%s %%), the oldest for %s days; %s', to_char(overdue, 'FM999,999,999'),
					 to_char(open, 'FM999,999,999'), round(100 * overdue / open), oldest,
					 concat_ws(', ', CASE WHEN days_late > 1 THEN format('settled invoices came %s days late on average', days_late)
						  WHEN days_late IS NULL THEN 'no invoice was ever settled'
						  ELSE 'settled invoices came on time' END,
						  CASE WHEN last_settled < DATE :'as_of' - 60 THEN format('the last one on %s', last_settled) END))
		 ELSE 'owes nothing overdue' END,
	(SELECT format('disputes %s on %s, since %s: %s', to_char(sum(d.amount), 'FM999,999,999'),
				   CASE count(*) WHEN 1 THEN 'one invoice' ELSE count(*) || ' invoices' END, min(d.since),
				   string_agg(DISTINCT d.reason, ', '))
	 FROM ledger.dispute AS d
	 JOIN ledger.invoice AS i USING (invoice_id)
	 WHERE i.customer_id = look_at.customer_id AND d.since <= DATE :'as_of' AND (d.until IS NULL OR d.until > DATE :'as_of')
	 HAVING count(*) > 0),
	(SELECT format('%s not kept on invoices still open, the last one to pay %s by %s',
				   CASE count(*) WHEN 1 THEN 'one promise' ELSE count(*) || ' promises' END,
				   to_char((array_agg(p.amount ORDER BY p.pay_by DESC, p.promise_id DESC))[1], 'FM999,999,999'), max(p.pay_by))
	 FROM ledger.promise AS p
	 JOIN item USING (invoice_id)
	 WHERE p.customer_id = look_at.customer_id AND p.pay_by < DATE :'as_of'
	 HAVING count(*) > 0),
	(SELECT string_agg(e.message, '; ' ORDER BY e.dimension DESC)
	 FROM rfm_explain(look_at.a, look_at.model, DATE :'as_of') AS e
	 WHERE e.dimension = 'recency' AND e.change IS NOT NULL OR e.dimension = 'frequency' AND e.change <= 10)) || E'\n'
FROM look_at
ORDER BY at_stake DESC, customer_id;
\pset format aligned
\pset tuples_only off

/*
 * What customers are still worth.  A model for each currency and class of
 * customer: persons and large companies in one have no mean to speak of.  The
 * one of a year before is there to be compared with what came.
 */
CREATE TEMP TABLE valued AS
SELECT s.customer_id, s.currency, s.name, s.segment, s.rfm, s.a, s.insolvent_on IS NOT NULL OR s.intra_group AS left_out,
	   CASE WHEN c.size_class = 'person' THEN 'person' WHEN c.size_class IN ('micro', 'small') THEN 'small firm' ELSE 'large firm' END AS class,
	   m.margin
FROM scored AS s
JOIN ledger.customer AS c USING (customer_id)
JOIN (SELECT business, i.currency, (1 - sum(cost) / sum(net))::float8 AS margin
	  FROM ledger.invoice AS i
	  JOIN ledger.customer USING (customer_id)
	  GROUP BY business, i.currency) AS m ON m.business = c.business AND m.currency = s.currency
WHERE s.segment <> 'prospect';

CREATE TEMP TABLE clv_version AS
SELECT fitted_on, currency, class, clv_fit(a, fitted_on) AS purchases, spend_fit(a, fitted_on) AS spend
FROM valued
CROSS JOIN (VALUES ((DATE :'as_of' - interval '1 year')::date), (DATE :'as_of')) AS day (fitted_on)
GROUP BY fitted_on, currency, class;
ANALYZE valued, clv_version;

\echo '5. CUSTOMER LIFETIME VALUE BY SEGMENT: THE NEXT 12 MONTHS'
\echo '   value: expected orders x expected amount x margin of the line of business, at 8 % a year; lower, upper: 95 % interval of the fit, see below;'
\echo '   left out: insolvent customers and companies of the group, and who has no positive amount to go by'
\echo
SELECT currency AS " ", coalesce(segment, 'all') AS segment, (money).customers, round(buyers::numeric) AS "buy in 90 days",
	   round(orders::numeric) AS orders, round((money).estimate) AS value, greatest(round((money).lower), 0) AS lower,
	   round((money).upper) AS upper,
	   round(100 * (money).estimate / max((money).estimate) OVER (PARTITION BY currency), 1) AS "% of value",
	   round((money).estimate / (money).customers) AS "per customer"
FROM (SELECT currency, segment, clv_total(purchases, spend, a, DATE :'as_of', 365, 0.08, margin, 0, 0) AS money,
			 sum(expected_purchases(purchases, a, DATE :'as_of', 365)) AS orders,
			 sum(p_purchase(purchases, a, DATE :'as_of', 90)) AS buyers
	  FROM valued
	  JOIN clv_version USING (currency, class)
	  WHERE fitted_on = DATE :'as_of' AND NOT left_out AND expected_spend(spend, a, DATE :'as_of') IS NOT NULL
	  GROUP BY GROUPING SETS ((currency, segment), (currency))) AS total
ORDER BY currency DESC, segment IS NULL, (money).estimate DESC;

\echo '   Does it hold?  Fitted a year earlier, orders of the 12 months since: as expected then, and as they came;'
\echo '   intervals hold the error of the parameters only: allow for the error of the model too, which the ratio shows'
\echo
SELECT currency AS " ", class, (e).customers, round((e).estimate::numeric) AS expected,
	   round((e).lower::numeric) AS lower, round((e).upper::numeric) AS upper, came,
	   round((came / (e).estimate)::numeric, 2) AS "came / expected"
FROM (SELECT currency, class, expected_purchases_total(purchases, a, fitted_on, DATE :'as_of' - fitted_on) AS e,
			 sum(frequency(a, DATE :'as_of') - frequency(a, fitted_on)) AS came
	  FROM valued
	  JOIN clv_version USING (currency, class)
	  WHERE fitted_on < DATE :'as_of' AND first_day(a) <= fitted_on
	  GROUP BY currency, class) AS held_out
ORDER BY currency DESC, class;

\echo '6. THE TEN CUSTOMERS WHOSE VALUE IS MOST AT RISK, EUR accounts'
\echo '   at risk: value of the next 12 months x probability of no order in the next 90 days; % buys: of an order in them;'
\echo '   silent: days since the last order; usual gap: mean days between orders;'
\echo '   left out: as above, and customers with one order, whose value is only the mean of their class'
\echo
SELECT customer_id::text AS customer, name, segment, rfm_code(rfm) AS score, frequency AS orders, recency AS silent,
	   round(gap) AS "usual gap", round(100 * p_purchase::numeric) AS "% buys",
	   round(value) AS value, round(value * (1 - p_purchase)::numeric) AS "at risk"
FROM (SELECT v.*, frequency(a, DATE :'as_of') AS frequency, recency(a, DATE :'as_of') AS recency,
			 average_gap(a, DATE :'as_of')::numeric AS gap, p_purchase(purchases, a, DATE :'as_of', 90) AS p_purchase,
			 clv(purchases, spend, a, DATE :'as_of', 365, 0.08, margin) AS value
	  FROM valued AS v
	  JOIN clv_version USING (currency, class)
	  WHERE fitted_on = DATE :'as_of' AND currency = 'EUR' AND NOT left_out AND frequency(a, DATE :'as_of') > 1
	  OFFSET 0) AS q
WHERE value IS NOT NULL
ORDER BY "at risk" DESC, customer_id
LIMIT 10;

/*
 * Rules: any column can decide, and each segment carries its strategy.  The
 * figures are those of the sections above.
 */
CREATE TEMP TABLE figures AS
SELECT s.customer_id, s.currency, s.name, c.business, c.country, s.insolvent_on IS NOT NULL AS insolvent, s.recency AS silent,
	   frequency(s.a, DATE :'as_of') - frequency(s.a, DATE :'as_of' - 365) AS orders,
	   amount_between(s.a, DATE :'as_of' - 364, DATE :'as_of') AS revenue,
	   o.overdue, round(o.overdue / nullif(o.open, 0), 2) AS overdue_share, round(h.days_amount / h.settled, 1) AS days_late
FROM scored AS s
JOIN ledger.customer AS c USING (customer_id)
LEFT JOIN owing AS o USING (customer_id)
LEFT JOIN habit AS h USING (customer_id)
WHERE NOT s.intra_group;

CREATE TEMP TABLE rules AS
SELECT segment_rules $$
	insolvent    [dunning = none,     price = prepaid]:                     insolvent
	slow payers  [dunning = strict,   price = list]:                        days_late > 20 OR overdue_share > 0.5 AND overdue > 1000
	key accounts [dunning = personal, price = contract, offer = visit]:     revenue >= 50000 AND silent <= 60
	regular      [dunning = friendly, price = list, loyalty = gold]:        orders >= 6 AND silent <= 180
	sleeping     [dunning = friendly, price = list, offer = "come back"]:   silent > 180
	prospects    [offer = welcome]:                                         silent IS NULL
	others       [dunning = friendly, price = list, loyalty = silver]:      ELSE
$$ AS rules;
ANALYZE figures, rules;

\echo '7. SEGMENTS BY ANY RULE'
\echo '   the first rule that holds; revenue of the last 12 months, without VAT; days late: of settled invoices, weighted by amount'
\echo
SELECT currency AS " ", segment, count(*) AS customers, round(coalesce(sum(revenue), 0)) AS revenue, round(coalesce(sum(overdue), 0)) AS overdue,
	   l.condition AS rule, l.dunning, l.price, l.loyalty, l.offer
FROM (SELECT f.*, segment_of(f, rules) AS segment FROM figures AS f, rules) AS f
JOIN (SELECT l.* FROM rules, segment_list(rules) AS l) AS l USING (segment)
GROUP BY currency, l.position, segment, l.condition, l.dunning, l.price, l.loyalty, l.offer
ORDER BY currency DESC, l.position;

\echo '   Why is customer 1764 where it is, and what is missing elsewhere?  distance: how far a figure is from coming out otherwise'
\echo
SELECT e.segment, e.verdict AS holds, e.chosen, e.decided_by AS "decided by", e.value AS "its figures", e.distance
FROM figures AS f, rules, segment_explain(f, rules) AS e
WHERE f.customer_id = 1764
ORDER BY e.position;

\echo '   Would 25 days instead of 20 for slow payers move anybody?  EUR accounts'
\echo
CREATE TEMP VIEW eur AS
SELECT * FROM figures WHERE currency = 'EUR';
SELECT old_segment AS "from", new_segment AS "to", customers
FROM rules, segment_diff(rules, replace(rules::text, 'days_late > 20', 'days_late > 25')::segment_rules, 'eur')
WHERE old_segment <> new_segment
ORDER BY customers DESC, new_segment;

\echo '   Who moved in the last six months?  RFM segments on 30 June and at the end of the year, with the breaks of the year''s end;'
\echo '   customers with a score on both days; stayed: share of them with the same segment; alike: adjusted Rand index, 1 if nobody moved; shift of the mix: PSI, half a customer added to each segment'
\echo
SELECT currency AS " ", customers, round(stay_share(m)::numeric, 2) AS stayed, round(adjusted_rand(m)::numeric, 2) AS alike,
	   round(psi(m, 0.5)::numeric, 3) AS "shift of the mix"
FROM (SELECT currency, count(*) AS customers, migration_agg(segment_of(before), segment_of(after)) AS m
	  FROM (SELECT currency, rfm_score(a, model, DATE :'as_of' - 184) AS before, rfm_score(a, model, DATE :'as_of') AS after
			FROM scored OFFSET 0) AS s
	  WHERE before IS NOT NULL AND after IS NOT NULL
	  GROUP BY currency) AS q
ORDER BY currency DESC;

\echo '   Ready for a test?  The regular customers of the rules above in two random halves, which nobody treated differently yet:'
\echo '   the sizes must be as planned, and the days late of the halves, of those with a settled invoice, must not differ beyond chance (95 % interval)'
\echo
SELECT control, variant, round((sizes).p_value::numeric, 2) AS "p of the sizes",
	   (t).n_control + (t).n_variant AS "with days late", round((t).mean_control::numeric, 1) AS "days late, control", round((t).mean_variant::numeric, 1) AS "variant",
	   round((t).difference::numeric, 1) AS difference, round((t).lower::numeric, 1) AS lower, round((t).upper::numeric, 1) AS upper,
	   round((t).p_value::numeric, 2) AS p
FROM (SELECT control, variant, ab_test(late_control, late_variant) AS t, ab_srm(ARRAY[control, variant]) AS sizes
	  FROM (SELECT count(*) FILTER (WHERE arm = 0) AS control, count(*) FILTER (WHERE arm = 1) AS variant,
				   ab_stats(days_late) FILTER (WHERE arm = 0) AS late_control, ab_stats(days_late) FILTER (WHERE arm = 1) AS late_variant
			FROM (SELECT ab_assign('friendlier reminder', customer_id) AS arm, days_late::float8 AS days_late
				  FROM figures AS f, rules
				  WHERE currency = 'EUR' AND segment_of(f, rules) = 'regular') AS assigned) AS halves
	  OFFSET 0) AS q;

/* A ladder for each line of business; the French indemnity and the interest between traders are not for persons, nor asked of Swiss accounts. */
CREATE TEMP TABLE dunning AS
SELECT '{
  "ladders": {
    "retail": [
      {"step": 1, "delay_days": 5,  "action": "remind", "channels": ["email", "letter"], "template": "friendly", "min_amount": 10, "pay_by_days": 8, "cost": 0.10},
      {"step": 2, "delay_days": 15, "action": "remind", "channels": ["email", "letter"], "template": "firm", "min_amount": 10, "pay_by_days": 8, "cost": 0.10},
      {"step": 3, "delay_days": 30, "action": "letter", "template": "last reminder", "min_amount": 30, "pay_by_days": 8, "cost": 2},
      {"step": 4, "delay_days": 60, "action": "collect", "template": "collection", "min_amount": 100, "approval": true, "cost": 15}],
    "financial services": [
      {"step": 1, "delay_days": -5, "action": "remind", "channels": ["email", "letter"], "template": "due soon", "cost": 0.10},
      {"step": 2, "delay_days": 3,  "action": "call", "template": "account manager", "cost": 6},
      {"step": 3, "delay_days": 10, "action": "letter", "template": "second reminder", "interest": true, "indemnity": 40, "pay_by_days": 8, "cost": 2},
      {"step": 4, "delay_days": 30, "action": "formal_notice", "template": "mise en demeure", "interest": true, "approval": true, "pay_by_days": 8, "cost": 9}],
    "financial services, no charges": [
      {"step": 1, "delay_days": 3,  "action": "remind", "channels": ["email", "letter"], "template": "friendly", "cost": 0.10},
      {"step": 2, "delay_days": 10, "action": "call", "template": "account manager", "min_amount": 50, "cost": 6},
      {"step": 3, "delay_days": 30, "action": "formal_notice", "template": "mise en demeure", "approval": true, "pay_by_days": 8, "cost": 9}],
    "tourism": [
      {"step": 1, "delay_days": 7,  "action": "remind", "channels": ["email", "letter"], "template": "friendly", "pay_by_days": 10, "cost": 0.10},
      {"step": 2, "base": "previous", "delay_days": 14, "action": "call", "template": "firm", "min_amount": 50, "cost": 6},
      {"step": 3, "base": "previous", "delay_days": 21, "action": "formal_notice", "template": "mise en demeure", "min_amount": 50, "approval": true, "pay_by_days": 8, "cost": 9}]},
  "min_gap_days": 7, "promise_grace_days": 3, "promise_broken": "next", "roll": "following"}'::dunning_policy AS policy;

/*
 * What was open that evening, with what is known of each invoice.  Credit notes and cash not yet matched are set against
 * the oldest invoices of the account: nobody is asked for what he has paid.
 */
CREATE TEMP TABLE chased AS
SELECT i.invoice_id, i.customer_id, c.name, c.business, i.currency, i.due_on, least(i.open_amount, greatest(i.upto, 0.00)) AS open_amount, c.email_consent,
	   c.business || CASE WHEN c.business = 'financial services' AND (c.account_type = 'private' OR i.currency = 'CHF') THEN ', no charges' ELSE '' END AS ladder,
	   CASE WHEN c.insolvent_on <= :'as_of' THEN 'insolvency' END AS stop, DATE :'as_of' - i.due_on AS late, k.step, k.contacted_on, p.pay_by, p.amount AS promised, coalesce(d.amount, 0) AS disputed
FROM (SELECT *, sum(open_amount) FILTER (WHERE kind = 'invoice') OVER (account ORDER BY due_on, invoice_id)
			  + coalesce(sum(open_amount) FILTER (WHERE kind <> 'invoice') OVER account, 0) AS upto
	  FROM item WINDOW account AS (PARTITION BY customer_id, currency)) AS i
JOIN ledger.customer AS c USING (customer_id)
LEFT JOIN (SELECT DISTINCT ON (invoice_id) invoice_id, step, contacted_on FROM ledger.contact
		   WHERE contacted_on <= :'as_of' ORDER BY invoice_id, contacted_on DESC, step DESC) AS k USING (invoice_id)
LEFT JOIN (SELECT DISTINCT ON (invoice_id) invoice_id, pay_by, amount FROM ledger.promise
		   WHERE made_on <= :'as_of' ORDER BY invoice_id, made_on DESC) AS p USING (invoice_id)
LEFT JOIN (SELECT invoice_id, sum(amount) AS amount FROM ledger.dispute
		   WHERE since <= :'as_of' AND (until IS NULL OR until > :'as_of') GROUP BY invoice_id) AS d USING (invoice_id)
WHERE i.kind = 'invoice' AND NOT c.intra_group;

CREATE TEMP TABLE next_step AS
SELECT s.*, (s.d).action, (s.d).template, (s.d).channel, (s.d).due_on AS day, (s.d).reason, (s.d).interest, (s.d).indemnity
FROM (SELECT x.*, dunning_next_step(policy, due_on, open_amount, :'as_of', coalesce(step, 0), contacted_on, pay_by, promised, disputed,
			 segment => ladder, calendar => 'FR', rates => l.schedule, currency => currency,
			 channels => CASE WHEN email_consent THEN '{email,letter}' ELSE '{letter}' END::text[], stop => stop) AS d
	  FROM chased AS x, dunning, (SELECT schedule FROM rate_schedules() WHERE name = 'fr_late_payment') AS l OFFSET 0) AS s;

\echo '8. THIS MORNING''S WORK LIST'
\echo '   what the ladder of each line of business asks for today, one step an invoice; "approve": a notice that waits for somebody''s yes;'
\echo '   interest at the French rate of late payment; companies of the group left out'
\echo
SELECT currency AS " ", ladder, step AS "done so far", action, template, count(*) AS invoices, count(DISTINCT customer_id) AS customers,
	   sum(open_amount) AS "open", sum(interest) AS interest, sum(indemnity) AS indemnity
FROM next_step
WHERE day <= :'as_of'
GROUP BY currency, ladder, step, action, template
ORDER BY currency DESC, ladder, step NULLS FIRST, action;

\echo '   Which overdue invoices are not on it, and why?  no_more_levels: the ladder is at its end, and a person or a court goes on;'
\echo '   settled: credit notes or cash not yet matched cover it'
\echo
SELECT currency AS " ", reason, count(*) AS invoices, sum(open_amount) AS "open", min(day) AS "first day again"
FROM next_step
WHERE late > 0 AND (day > :'as_of' OR day IS NULL)
GROUP BY currency, reason
ORDER BY currency DESC, invoices DESC, reason;

/* How invoices of each line of business get paid: for each day after the due date, how many were still open and how many were paid. */
CREATE TEMP TABLE history AS
SELECT business, payment_history_agg(days_late, paid) AS history
FROM (SELECT customer_id, days_late, true AS paid FROM ledger.settled WHERE settled_on <= :'as_of'
	  UNION ALL SELECT customer_id, late, false FROM chased WHERE late >= 0) AS i
JOIN ledger.customer USING (customer_id)
GROUP BY business;

\echo '   Whom to call first, of those whose ladder asks for a call?  gain: what one call to the customer brings: open amount x what it adds'
\echo '   to the probability of payment in 30 days, less 6 for the call.  It is taken to make one in five pay who would not have, a figure'
\echo '   to test (section 7) before it is believed'
\echo
SELECT currency AS " ", name, business, count(*) AS invoices, sum(open_amount) AS "open",
	   sum(more) - 6 AS gain, format('%s days late, %s %% would pay by themselves; %s',
		   concat_ws(' to ', min(late), nullif(max(late), min(late))), round((100 * sum(open_amount * p_pay) / sum(open_amount))::numeric), string_agg(DISTINCT reason, ', ')) AS why
FROM (SELECT n.*, collection_priority(open_amount, p_pay, p_chased => p_pay + (1 - p_pay) * 0.2) AS more
	  FROM (SELECT n.*, p_paid(history, greatest(late, 0), 30) AS p_pay FROM next_step AS n JOIN history USING (business)
			WHERE day <= :'as_of' AND action = 'call' OFFSET 0) AS n) AS n
GROUP BY currency, name, business
ORDER BY currency DESC, gain DESC
LIMIT 8;

\echo '   The coming week: all steps that fall then if nothing is paid and today''s list is done, also those that follow one another;'
\echo '   promises: those that run out then'
\echo
SELECT to_char(p.due_on, 'Dy DD Mon') AS day, count(*) AS steps, count(*) FILTER (WHERE business = 'retail') AS retail,
	   count(*) FILTER (WHERE business = 'financial services') AS "financial services", count(*) FILTER (WHERE business = 'tourism') AS tourism,
	   count(*) FILTER (WHERE p.action = 'call') AS calls, count(*) FILTER (WHERE p.action = 'approve') AS "to approve",
	   count(*) FILTER (WHERE p.reason = 'promise_pending') AS promises
FROM chased AS x, dunning,
	 dunning_plan(policy, x.due_on, open_amount, :'as_of', coalesce(x.step, 0), contacted_on, pay_by, promised, disputed, segment => ladder, calendar => 'FR',
				  currency => currency, channels => CASE WHEN email_consent THEN '{email,letter}' ELSE '{letter}' END::text[], stop => stop,
				  until => DATE :'as_of' + 7) AS p
WHERE p.due_on > :'as_of'
GROUP BY p.due_on
ORDER BY p.due_on;

/*
 * Rates of loss by days past due, from what became of the invoices that fell due in 2022; one currency has too little of it
 * for rates of its own.  A rate is a share, so amounts of both currencies may stand beside each other here.
 */
CREATE TEMP TABLE losses AS
SELECT provision_matrix_of('{0,30,60,90}', (loss_rates(ARRAY[sum(total), sum(total - on_due), sum(total - in_30), sum(total - in_60), sum(total - in_90), sum(lost)]))[1:5]) AS matrix
FROM (SELECT i.total, coalesce(sum(a.amount) FILTER (WHERE a.allocated_on <= i.due_on), 0) AS on_due,
			 coalesce(sum(a.amount) FILTER (WHERE a.allocated_on <= i.due_on + 30), 0) AS in_30,
			 coalesce(sum(a.amount) FILTER (WHERE a.allocated_on <= i.due_on + 60), 0) AS in_60,
			 coalesce(sum(a.amount) FILTER (WHERE a.allocated_on <= i.due_on + 90), 0) AS in_90,
			 coalesce((SELECT w.amount FROM ledger.write_off AS w WHERE w.invoice_id = i.invoice_id AND w.written_off_on <= '2023-12-31'), 0) AS lost
	  FROM ledger.invoice AS i
	  LEFT JOIN ledger.allocation AS a ON a.invoice_id = i.invoice_id AND a.allocated_on <= '2023-12-31'
	  WHERE i.kind = 'invoice' AND i.currency = 'EUR' AND i.due_on BETWEEN '2022-01-01' AND '2022-12-31'
	  GROUP BY i.invoice_id) AS q;

/* Open invoices on the evenings of both closings, without VAT, companies of the group left out; insolvent customers at 90 %, each by itself. */
CREATE TEMP TABLE closing AS
SELECT day, o.invoice_id, o.customer_id, c.name, c.business, o.currency, round(o.open_amount * i.net / i.total, 2) AS base, day - o.due_on AS days,
	   CASE WHEN c.insolvent_on <= day THEN 0.9 END AS own_rate
FROM unnest('{2024-09-30,2024-12-31}'::date[]) AS day, ledger.open_item(day) AS o
JOIN ledger.invoice AS i USING (invoice_id)
JOIN ledger.customer AS c ON c.customer_id = o.customer_id
WHERE o.kind = 'invoice' AND NOT c.intra_group;

CREATE TEMP TABLE allowance AS
SELECT invoice_id, n.amount AS new, o.amount AS old, coalesce(n.business, o.business) AS business, coalesce(n.currency, o.currency) AS currency,
	   least(o.amount, coalesce(w.net, 0)) AS used, w.net AS lost
FROM (SELECT *, provision_amount(base, days, matrix, own_rate) AS amount FROM closing, losses WHERE day = '2024-12-31') AS n
FULL JOIN (SELECT *, provision_amount(base, days, matrix, own_rate) AS amount FROM closing, losses WHERE day = '2024-09-30') AS o USING (invoice_id)
LEFT JOIN (SELECT w.invoice_id, round(w.amount * i.net / i.total, 2) AS net FROM ledger.write_off AS w JOIN ledger.invoice AS i USING (invoice_id)
		   WHERE written_off_on BETWEEN '2024-10-01' AND '2024-12-31') AS w USING (invoice_id);

\echo '9. THE QUARTER''S CLOSING'
\echo '   Allowances for doubtful debts, without VAT: what they were, what the quarter''s losses used, charged and reversed, what they are.'
\echo '   Companies of the group left out; insolvent customers at 90 %, each by itself.  Used and reversed together are the reversal of doc/provision.md:'
\echo '   in France the allowance of a lost item is reversed whole and the loss booked beside it.  Rates of loss from the EUR invoices due in 2022, used for CHF too:'
\echo
SELECT CASE WHEN to_days = 0 THEN 'not overdue' WHEN to_days IS NULL THEN 'over ' || from_days - 1 || ' days' ELSE 'up to ' || to_days END AS "days past due",
	   round(rate_pct, 2) AS "rate in %"
FROM losses, provision_buckets(matrix) ORDER BY bucket;
SELECT currency AS " ", coalesce(business, 'all') AS business, sum(old) AS "on 30 September", sum((m).use) AS used, sum((m).charge) AS charged,
	   sum((m).reversal) AS reversed, sum(new) AS "on 31 December",
	   CASE WHEN sum(old) - sum((m).use) + sum((m).charge) - sum((m).reversal) = sum(new) THEN 'yes' ELSE 'NO' END AS "adds up"
FROM (SELECT currency, business, coalesce(new, 0) AS new, coalesce(old, 0) AS old,
			 provision_movement(coalesce(new, 0), coalesce(old, 0), coalesce(used, 0)) AS m
	  FROM allowance OFFSET 0) AS a
GROUP BY currency, ROLLUP (business)
ORDER BY currency DESC, grouping(business), 2;

\echo '   Three lines, explained'
\echo
SELECT i.number AS invoice, name, days, base AS "open, without VAT", bucket, to_days AS "bucket to", round(100 * rate, 2) AS "rate in %", method, amount
FROM (SELECT c.invoice_id, c.name, c.days, e.* FROM closing AS c, losses,
			 provision_explain(c.base, c.days, matrix, c.own_rate) AS e
	  WHERE day = '2024-12-31' OFFSET 0) AS e
JOIN ledger.invoice AS i USING (invoice_id)
WHERE invoice_id IN (SELECT min(invoice_id) FROM closing WHERE day = '2024-12-31' AND (base > 2000 AND (days BETWEEN 31 AND 60 OR days > 90) OR own_rate > 0 AND base > 500)
					 GROUP BY own_rate IS NULL, own_rate IS NULL AND days > 90)
ORDER BY amount DESC LIMIT 3;

\echo '   VAT that the receipts of the quarter made due (sales whose VAT falls due on payment), by rate; each receipt by the rounded'
\echo '   sum up to it, so that an invoice paid in parts owes its VAT to the cent; refunds and credit notes taken off; what is matched'
\echo '   later counts when it is matched, so that no month changes once declared; doc/vat.md has the view'
\echo
SELECT currency AS " ", vat_rate_pct AS "rate in %", count(*) FILTER (WHERE received <> 0) AS receipts, sum(received) AS received, sum(vat_due) AS "VAT due"
FROM (SELECT *, vat_on_receipt(vat, total, received) OVER (PARTITION BY invoice_id ORDER BY day, allocation_id) AS vat_due
	  FROM (SELECT i.currency, a.allocation_id, a.invoice_id, i.vat_rate_pct, greatest(p.paid_on, c.issued_on, a.allocated_on) AS day,
				   CASE WHEN c.invoice_id IS NULL THEN a.amount ELSE 0 END AS received,
				   i.vat + coalesce(sum(c.vat) OVER so_far, 0) AS vat, i.total + coalesce(sum(c.total) OVER so_far, 0) AS total
			FROM ledger.allocation AS a JOIN ledger.invoice AS i USING (invoice_id)
			LEFT JOIN ledger.payment AS p USING (payment_id)
			LEFT JOIN ledger.invoice AS c ON c.invoice_id = a.credit_note_id
			WHERE i.vat_due_on = 'receipt' AND i.vat_rate_pct > 0
			WINDOW so_far AS (PARTITION BY a.invoice_id ORDER BY greatest(p.paid_on, c.issued_on, a.allocated_on), a.allocation_id ROWS UNBOUNDED PRECEDING)) AS event) AS v
WHERE day BETWEEN '2024-10-01' AND '2024-12-31'
GROUP BY currency, vat_rate_pct
ORDER BY currency DESC, vat_rate_pct;

\echo '   Figures of the receivables desk, as in doc/receivables-kpis.md: sales and opening balance of the last 90 days, turnover of the last 365;'
\echo '   balance at the end; invoices without credit notes and unmatched cash on all sides; DSO: days sales outstanding, CEI: collection effectiveness'
\echo
SELECT q.currency AS " ", round(dso(open, sales, 90)::numeric, 1) AS "DSO", round(best_possible_dso(not_due, sales, 90)::numeric, 1) AS "best possible",
	   round(add(open, not_due, sales, 90)::numeric, 1) AS "days delinquent", round(cei(opening, sales, open, not_due)::numeric, 1) AS "CEI in %",
	   round(turnover(year, open)::numeric, 2) AS turnover
FROM (SELECT currency, sum(open_amount) AS open, sum(open_amount) FILTER (WHERE due_on >= DATE :'as_of') AS not_due
	  FROM item WHERE kind = 'invoice' GROUP BY currency) AS q
JOIN (SELECT currency, sum(open_amount) AS opening FROM ledger.open_item(DATE :'as_of' - 90) WHERE kind = 'invoice' GROUP BY currency) AS b USING (currency)
JOIN (SELECT currency, sum(total) AS year, sum(total) FILTER (WHERE issued_on > DATE :'as_of' - 90) AS sales
	  FROM ledger.invoice WHERE issued_on > DATE :'as_of' - 365 AND issued_on <= :'as_of' AND kind = 'invoice' GROUP BY currency) AS s USING (currency)
ORDER BY q.currency DESC;

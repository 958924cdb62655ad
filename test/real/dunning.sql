\set policy '{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind", "fee": {"pct": 1}}, {"step": 2, "delay_days": 20, "action": "call"}, {"step": 3, "delay_days": 40, "action": "formal_notice"}]}, "progression": "highest"}'

-- Every day of the file, each invoice that was open on it: the step by plain SQL.
CREATE TABLE asked AS
SELECT as_of, due, amount, disputed, dunning_next_step(:'policy', due, amount, as_of, disputed_amount => CASE disputed WHEN 'Yes' THEN amount END) AS s
FROM (SELECT min(issued) AS first, max(settled) AS last FROM ibm) AS span, LATERAL (SELECT first + i AS as_of FROM generate_series(0, last - first) AS i) AS day
JOIN ibm ON issued <= as_of AND settled > as_of;
SELECT count(*) = (SELECT sum(days_to_settle) FROM ibm) AND count((s).reason) = count(*), 'IBM: an answer with a reason for each invoice on each day that it was open' FROM asked;
SELECT bool_and((s).reason = CASE WHEN disputed = 'Yes' THEN 'disputed' WHEN as_of - due >= 5 THEN 'due' ELSE 'not_due' END), 'IBM: its reason' FROM asked;
SELECT bool_and((s).step = CASE WHEN as_of - due < 20 THEN 1 WHEN as_of - due < 40 THEN 2 ELSE 3 END AND (s).due_on - due = CASE (s).step WHEN 1 THEN 5 WHEN 2 THEN 20 ELSE 40 END),
    'IBM: its step and day' FROM asked WHERE disputed = 'No';
SELECT bool_and((s).fee = CASE (s).step WHEN 1 THEN round(amount / 100, 2) ELSE 0 END), 'IBM: its fee' FROM asked WHERE disputed = 'No';
SELECT sum(hashtextextended(s::text, 0)) = (SELECT sum(hashtextextended(dunning_next_step(:'policy', due, amount, as_of, disputed_amount => CASE disputed WHEN 'Yes' THEN amount END)::text, 0)) FROM asked),
    'IBM: the same again' FROM asked;

-- 128 days of open invoices, by a calendar of the United States.
SELECT count(*) = 9681 * 128 AND count((s).reason) = count(*) AND bool_and(CASE WHEN amount = 0 THEN (s).reason = 'settled' ELSE (s).due_on >= due + 5 AND ((s).due_on <= as_of) = ((s).reason = 'due') END),
    'HighRadius: every day, an answer with a reason'
FROM (SELECT due, amount, as_of, dunning_next_step(:'policy', due, amount, as_of, calendar => 'US') AS s
      FROM (SELECT due, round(amount, 2) AS amount FROM highradius) AS h, LATERAL (SELECT DATE '2020-02-01' + i AS as_of FROM generate_series(0, 127) AS i) AS day OFFSET 0) AS q;

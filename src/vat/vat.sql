/* vat: tax that becomes due as an invoice is paid */

CREATE FUNCTION vat_collected(vat numeric, total numeric, received numeric, scale integer DEFAULT 2)
RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_vat_collected'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION vat_collected(numeric, numeric, numeric, integer) IS
'VAT in what has been received of an invoice so far: round(vat x received / total), received cut to 0 .. total';

CREATE FUNCTION vat_on_receipt(vat numeric, total numeric, received_before numeric,
	received_now numeric, scale integer DEFAULT 2) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_vat_on_receipt'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION vat_on_receipt(numeric, numeric, numeric, numeric, integer) IS
'VAT that a receipt makes due: vat_collected after it less vat_collected before it, so that the receipts of an invoice add up to its VAT';

CREATE FUNCTION vat_on_receipt(vat numeric[], total numeric, received_before numeric,
	received_now numeric, scale integer DEFAULT 2) RETURNS numeric[]
AS 'MODULE_PATHNAME', 'pgrcv_vat_on_receipt_rates'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION vat_on_receipt(numeric[], numeric, numeric, numeric, integer) IS
'the same for the VAT of each rate of an invoice';

CREATE FUNCTION vat_on_receipt(vat numeric, total numeric, received numeric) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_vat_on_receipt_window'
/* not STRICT: a window function; a row with a null has a null answer and changes nothing */
LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION vat_on_receipt(numeric, numeric, numeric) IS
'window function, OVER (PARTITION BY invoice ORDER BY day): VAT that each receipt makes due, with two decimals; a credit note is a row of its own with received 0 and vat and total as they are from then on';

CREATE FUNCTION vat_on_receipt(vat numeric, total numeric, received numeric, options jsonb) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_vat_on_receipt_window'
/* not STRICT: a window function; a row with a null has a null answer and changes nothing */
LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION vat_on_receipt(numeric, numeric, numeric, jsonb) IS
'the same with options => {"scale": decimals of the currency}';

CREATE FUNCTION receipt_by_rate(base numeric[], vat numeric[], received_before numeric,
	received_now numeric, scale integer DEFAULT 2,
	OUT line integer, OUT base_received numeric, OUT vat_received numeric, OUT received numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_receipt_by_rate'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 3;
COMMENT ON FUNCTION receipt_by_rate(numeric[], numeric[], numeric, numeric, integer) IS
'a receipt split over the lines of an invoice, one for each rate: base and VAT of each add up to what it received, and these to the receipt';

/* What the law says of days: data with its validity and its source */

CREATE FUNCTION vat_receipt_rules(OUT country text, OUT means text, OUT counts_on text, OUT meaning text,
	OUT valid_from date, OUT valid_to date, OUT source text)
RETURNS SETOF record
/* not STRICT: there is no argument, and a query takes its rows in at planning */
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100 ROWS 5
BEGIN ATOMIC
	SELECT q.country, q.means, q.counts_on, q.meaning, q.valid_from::date, q.valid_to::date, q.source
	FROM (VALUES
		('FR', 'cheque', 'handed_over', 'the day on which the cheque is handed over, not the one on which it is cashed', NULL, NULL,
		'CGI, art. 269-2 c; BOI-TVA-BASE-20-20, receipt by cheque'),
		('FR', 'transfer', 'credited', 'the day on which the supplier''s account is credited', NULL, NULL,
		'CGI, art. 269-2 c; BOI-TVA-BASE-20-20, receipt by transfer'),
		('FR', 'bill', 'matures', 'the day on which the bill falls due and is paid, also when it was discounted before', NULL, NULL,
		'CGI, art. 269-2 c; BOI-TVA-BASE-20-20, bills of exchange'),
		('FR', 'dailly', 'debtor_pays', 'the day on which the debtor pays the bank that the debt was assigned to', NULL, NULL,
		'CGI, art. 269-2 c; BOI-TVA-BASE-20-20, assigned debts'),
		('FR', 'factor', 'debtor_pays', 'the day on which the debtor pays the factor: its advance is a loan', NULL, NULL,
		'CGI, art. 269-2 c; instruction 3 D-6-94 of 29 September 1994'))
		AS q (country, means, counts_on, meaning, valid_from, valid_to, source);
END;
COMMENT ON FUNCTION vat_receipt_rules() IS
'the day on which a receipt counts for VAT, by means of payment, with its source; null: no limit known';

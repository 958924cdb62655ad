/*
 * ledger.sql
 *		A made-up ledger: the customers of a French group in retail, financial
 *		services and tourism, and three years of their invoices and payments.
 *
 * Load it into an empty database, or drop schema "ledger" first:
 *
 *		psql -q -1 -v ON_ERROR_STOP=1 -f ledger.sql
 *
 * The same rows come out on every machine and every PostgreSQL version.  All
 * chance comes from sha256() of the row's own key, read two bytes at a time
 * (a "draw", 0 .. 65535); all arithmetic is integer or numeric; there is no
 * clock, no random() and no float.  The ledger is what the group knew on the
 * evening of 2024-12-31.
 */
SET client_min_messages = warning;
SET jit = off;

CREATE SCHEMA ledger;
COMMENT ON SCHEMA ledger IS
'made-up receivables ledger of a French group, 2022-01-01 to 2024-12-31';

/*
 * Tables.  Keys are added once the rows are in.
 */
CREATE TABLE ledger.customer
(
	customer_id		bigint NOT NULL,
	name			text NOT NULL,
	business		text NOT NULL CHECK (business IN ('retail', 'financial services', 'tourism')),
	account_type	text NOT NULL CHECK (account_type IN ('private', 'business', 'key account', 'reseller')),
	legal_form		text NOT NULL,
	size_class		text NOT NULL CHECK (size_class IN ('person', 'micro', 'small', 'medium', 'large')),
	birth_year		int CHECK (birth_year BETWEEN 1930 AND 2006),
	income_band		text,
	country			text NOT NULL,
	region			text NOT NULL,
	language		text NOT NULL,
	currency		text NOT NULL CHECK (currency IN ('EUR', 'CHF')),
	interests		jsonb NOT NULL,
	acquired_by		text NOT NULL,
	opened_on		date NOT NULL,
	email			text NOT NULL,
	phone			text,
	email_consent	boolean NOT NULL,
	sms_consent		boolean NOT NULL,
	phone_consent	boolean NOT NULL,
	terms			text NOT NULL,
	means			text NOT NULL CHECK (means IN ('transfer', 'card', 'direct debit', 'cheque')),
	credit_limit	numeric(12,2) NOT NULL CHECK (credit_limit >= 0),
	insured_limit	numeric(12,2) NOT NULL CHECK (insured_limit >= 0),
	intra_group		boolean NOT NULL,
	insolvent_on	date
);

CREATE TABLE ledger.invoice
(
	invoice_id		bigint NOT NULL,
	number			text NOT NULL,
	kind			text NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
	refers_to		bigint,
	customer_id		bigint NOT NULL,
	issued_on		date NOT NULL,
	terms			text NOT NULL,
	due_on			date NOT NULL,
	currency		text NOT NULL,
	family			text NOT NULL,
	net				numeric(12,2) NOT NULL,
	vat_rate_pct	numeric(4,2) NOT NULL CHECK (vat_rate_pct IN (20, 10, 5.5, 0)),
	vat				numeric(12,2) NOT NULL,
	total			numeric(12,2) NOT NULL,
	vat_due_on		text NOT NULL CHECK (vat_due_on IN ('invoice', 'receipt')),
	cost			numeric(12,2) NOT NULL,
	CHECK (due_on >= issued_on),
	CHECK (vat = round(net * vat_rate_pct / 100, 2)),
	CHECK (total = net + vat),
	CHECK (CASE kind WHEN 'invoice' THEN total > 0 AND refers_to IS NULL ELSE total < 0 END)
);

CREATE TABLE ledger.dispute
(
	dispute_id		bigint NOT NULL,
	invoice_id		bigint NOT NULL,
	amount			numeric(12,2) NOT NULL CHECK (amount > 0),
	since			date NOT NULL,
	until			date CHECK (until >= since),
	reason			text NOT NULL,
	outcome			text NOT NULL CHECK (outcome IN ('open', 'granted', 'rejected')),
	CHECK ((until IS NULL) = (outcome = 'open'))
);

CREATE TABLE ledger.payment
(
	payment_id		bigint NOT NULL,
	customer_id		bigint NOT NULL,
	paid_on			date NOT NULL,
	currency		text NOT NULL,
	amount			numeric(12,2) NOT NULL CHECK (amount <> 0),
	means			text NOT NULL CHECK (means IN ('transfer', 'card', 'direct debit', 'cheque')),
	invoice_id		bigint
);

CREATE TABLE ledger.allocation
(
	allocation_id	bigint NOT NULL,
	invoice_id		bigint NOT NULL,
	payment_id		bigint,
	credit_note_id	bigint,
	allocated_on	date NOT NULL,
	amount			numeric(12,2) NOT NULL CHECK (amount <> 0),
	CHECK (num_nonnulls(payment_id, credit_note_id) = 1)
);

CREATE TABLE ledger.write_off
(
	invoice_id		bigint NOT NULL,
	written_off_on	date NOT NULL,
	amount			numeric(12,2) NOT NULL CHECK (amount > 0),
	reason			text NOT NULL CHECK (reason IN ('small difference', 'insolvency', 'time-barred', 'uncollectable'))
);

CREATE TABLE ledger.contact
(
	contact_id		bigint NOT NULL,
	customer_id		bigint NOT NULL,
	invoice_id		bigint NOT NULL,
	contacted_on	date NOT NULL,
	step			int NOT NULL CHECK (step BETWEEN 1 AND 4),
	channel			text NOT NULL CHECK (channel IN ('email', 'phone', 'letter', 'registered letter')),
	outcome			text NOT NULL CHECK (outcome IN ('sent', 'no answer', 'promise', 'will check')),
	cost			numeric(12,2) NOT NULL
);

CREATE TABLE ledger.promise
(
	promise_id		bigint NOT NULL,
	contact_id		bigint NOT NULL,
	customer_id		bigint NOT NULL,
	invoice_id		bigint NOT NULL,
	made_on			date NOT NULL,
	pay_by			date NOT NULL CHECK (pay_by > made_on),
	amount			numeric(12,2) NOT NULL CHECK (amount > 0)
);

CREATE TABLE ledger.survey
(
	customer_id		bigint NOT NULL,
	asked_on		date NOT NULL,
	nps				int NOT NULL CHECK (nps BETWEEN 0 AND 10),
	csat			int NOT NULL CHECK (csat BETWEEN 1 AND 5)
);

CREATE TABLE ledger.made_as
(
	customer_id		bigint NOT NULL,
	buyer			text NOT NULL CHECK (buyer IN ('regular', 'occasional', 'lapsed', 'new', 'never', 'credit only')),
	payer			text NOT NULL CHECK (payer IN ('prompt', 'normal', 'slow', 'sliding', 'disputer', 'defaulter')),
	orders_a_year	numeric(8,3) NOT NULL,
	ticket			numeric(12,2) NOT NULL,
	gone_on			date NOT NULL,
	stops_paying_on	date
);

/*
 * Tools.  draw(h, k): the k-th of the sixteen draws in a hash.  pick(words, d):
 * one of the words, each as likely as the next; a word said twice is twice as
 * likely.  due(issued, terms): the due date.
 */
CREATE FUNCTION pg_temp.draw(h bytea, k int) RETURNS int
LANGUAGE sql IMMUTABLE AS
$$ SELECT get_byte(h, 2 * k) * 256 + get_byte(h, 2 * k + 1) $$;

CREATE FUNCTION pg_temp.pick(words text, d int) RETURNS text
LANGUAGE sql IMMUTABLE AS
$$ SELECT (string_to_array(words, '|'))[1 + d * cardinality(string_to_array(words, '|')) / 65536] $$;

CREATE FUNCTION pg_temp.due(issued date, terms text) RETURNS date
LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE terms
	WHEN '0 days' THEN issued
	WHEN '14 days' THEN issued + 14
	WHEN '30 days' THEN issued + 30
	WHEN '60 days' THEN issued + 60
	WHEN '45 days end of month'
		THEN (date_trunc('month', (issued + 45)::timestamp) + interval '1 month')::date - 1
	WHEN 'end of month 45 days'
		THEN (date_trunc('month', issued::timestamp) + interval '1 month')::date + 44
	END $$;

/*
 * Two curves in 1024 steps, in thousandths: "expo", the exponential law of mean
 * 1; "spread", a skewed law of median 1 (log-logistic).
 */
CREATE TEMP TABLE curve AS
SELECT k,
	   round(-1000 * ln(1 - u))::int AS expo,
	   round(1000 * exp(0.42 * ln(u / (1 - u))))::int AS spread
FROM (SELECT k, (k + 0.5) / 1024 AS u FROM generate_series(0, 1023) AS k) AS s;

/*
 * Customers, first as they are made: who they are, how they buy, how they pay.
 */
CREATE TEMP TABLE person AS
WITH hashed AS MATERIALIZED
(
	SELECT i,
		   sha256(convert_to('customer/' || i, 'UTF8')) AS h,
		   sha256(convert_to('customer/more/' || i, 'UTF8')) AS g
	FROM generate_series(1, 2000) AS i
),
drawn AS MATERIALIZED
(
	SELECT i, h, g,
		   pg_temp.pick('retail|retail|retail|retail|financial services|financial services|financial services|tourism|tourism',
						pg_temp.draw(h, 0)) AS business,
		   pg_temp.draw(h, 1) < 34000 AS private,
		   pg_temp.pick('FR|FR|FR|FR|FR|FR|FR|FR|FR|FR|FR|FR|FR|FR|FR|FR|FR|FR|FR|FR|BE|BE|CH|CH|CH|DE|DE|ES|IT|LU',
						pg_temp.draw(h, 2)) AS country,
		   pg_temp.pick('micro|micro|micro|micro|micro|micro|small|small|small|small|medium|medium|medium|large',
						pg_temp.draw(h, 3)) AS size_class,
		   2003 - pg_temp.draw(h, 4) * 62 / 65536 AS birth_year,
		   pg_temp.pick('under 20k|20k-35k|20k-35k|35k-60k|35k-60k|35k-60k|over 60k', pg_temp.draw(h, 5)) AS income_band,
		   pg_temp.pick('shop|shop|shop|web|web|web|advertising|advertising|referral|referral|partner|trade fair',
						pg_temp.draw(h, 6)) AS acquired_by,
		   pg_temp.pick('regular|regular|regular|regular|regular|regular|regular|regular|regular|regular|regular|occasional|occasional|occasional|occasional|occasional|lapsed|lapsed|lapsed|new|new|new|never|never|never',
						pg_temp.draw(h, 7)) AS buyer
	FROM hashed
)
SELECT i AS customer_id, h, g, business, private, country, acquired_by,
	   CASE WHEN private THEN 'person' ELSE size_class END AS size_class,
	   CASE WHEN private THEN birth_year END AS birth_year,
	   CASE WHEN private THEN income_band END AS income_band,
	   CASE WHEN i % 80 = 7 THEN 'credit only' ELSE buyer END AS buyer,
	   /* the young private client of financial services pays late more often */
	   CASE WHEN business = 'financial services' AND private AND birth_year >= 1988
			THEN pg_temp.pick('prompt|prompt|normal|normal|slow|slow|slow|sliding|disputer|defaulter|defaulter', pg_temp.draw(h, 8))
			/* and who leaves has often been an unhappy or a poor payer before */
			WHEN buyer = 'lapsed'
			THEN pg_temp.pick('prompt|prompt|normal|normal|slow|slow|slow|sliding|disputer|disputer|defaulter', pg_temp.draw(h, 8))
			WHEN private
			THEN pg_temp.pick('prompt|prompt|prompt|prompt|prompt|prompt|prompt|prompt|normal|normal|normal|normal|normal|slow|slow|sliding|disputer|defaulter', pg_temp.draw(h, 8))
			ELSE pg_temp.pick('prompt|prompt|prompt|prompt|prompt|prompt|normal|normal|normal|normal|normal|normal|normal|slow|slow|slow|slow|sliding|sliding|disputer|disputer|defaulter', pg_temp.draw(h, 8))
	   END AS payer
FROM drawn;

CREATE TEMP TABLE plan AS
WITH law AS
(
	SELECT array_agg(expo ORDER BY k) AS expo, array_agg(spread ORDER BY k) AS spread FROM curve
),
dated AS MATERIALIZED
(
	SELECT p.*,
		   CASE WHEN buyer = 'new' AND pg_temp.draw(h, 10) < 30000
				THEN greatest(date '2024-12-30' - law.expo[1 + pg_temp.draw(h, 9) / 64] * 40 / 1000, date '2024-06-03')
				WHEN buyer = 'new' THEN date '2024-01-04' + pg_temp.draw(h, 9) * 330 / 65536
				WHEN buyer = 'credit only' OR pg_temp.draw(h, 10) < 40000
				THEN date '2012-03-01' + pg_temp.draw(h, 9) * 3590 / 65536
				WHEN buyer = 'lapsed' THEN date '2022-01-03' + pg_temp.draw(h, 9) * 520 / 65536
				ELSE date '2022-01-03' + pg_temp.draw(h, 9) * 900 / 65536
		   END AS opened_on,
		   /* orders in 1000 years: gamma of shape 2 about the mean of the kind */
		   (CASE buyer WHEN 'regular' THEN CASE WHEN private THEN 16500 ELSE 50000 END
					   WHEN 'occasional' THEN CASE WHEN private THEN 2200 ELSE 5000 END
					   WHEN 'lapsed' THEN CASE WHEN private THEN 8000 ELSE 22000 END
					   WHEN 'new' THEN CASE WHEN private THEN 7000 ELSE 16000 END
					   ELSE 0 END
			* CASE WHEN business = 'tourism' THEN CASE WHEN private THEN 40 ELSE 75 END ELSE 100 END / 100
			* (law.expo[1 + pg_temp.draw(h, 11) / 64] + law.expo[1 + pg_temp.draw(h, 12) / 64] + 200) / 2200)::bigint AS pace,
		   /* mean life as a customer, days: exponential about it */
		   (CASE buyer WHEN 'regular' THEN 3200 WHEN 'lapsed' THEN 240 ELSE 1500 END
			* CASE acquired_by WHEN 'referral' THEN 150 WHEN 'advertising' THEN 55 ELSE 100 END / 100
			* law.expo[1 + pg_temp.draw(h, 13) / 64] / 1000) AS life,
		   /* usual net amount of an order, cents */
		   (CASE business WHEN 'retail' THEN CASE WHEN private THEN 14000 ELSE 80000 END
						  WHEN 'financial services' THEN CASE WHEN private THEN 24000 ELSE 95000 END
						  ELSE CASE WHEN private THEN 64000 ELSE 150000 END END
			* CASE size_class WHEN 'micro' THEN 50 WHEN 'medium' THEN 230 WHEN 'large' THEN 600 ELSE 100 END / 100
			* CASE WHEN business = 'tourism'
				   THEN CASE country WHEN 'CH' THEN 165 WHEN 'DE' THEN 135 WHEN 'FR' THEN 90 ELSE 115 END
				   WHEN business = 'financial services' AND private
				   THEN CASE income_band WHEN 'under 20k' THEN 55 WHEN '20k-35k' THEN 80 WHEN '35k-60k' THEN 120 ELSE 220 END
				   ELSE 100 END / 100
			* least(law.spread[1 + pg_temp.draw(h, 14) / 64], 6000)::bigint / 1000) AS ticket,
		   CASE WHEN payer = 'defaulter' THEN date '2022-05-01' + pg_temp.draw(h, 15) * 930 / 65536 END AS stops_paying_on
	FROM person AS p CROSS JOIN law
)
SELECT d.*,
	   greatest(opened_on, date '2022-01-01') AS starts_on,
	   /* a customer who no longer pays is no longer served some months later */
	   least(CASE WHEN buyer = 'lapsed'
				  THEN least(greatest(opened_on, date '2022-01-01') + 60 + life, date '2024-02-29')
				  ELSE greatest(opened_on, date '2022-01-01') + life END,
			 stops_paying_on + 50 + pg_temp.draw(g, 0) * 70 / 65536) AS gone_on,
	   CASE WHEN payer = 'defaulter' AND NOT private AND pg_temp.draw(g, 1) < 42000
			THEN nullif(least(stops_paying_on + 45 + pg_temp.draw(g, 2) * 150 / 65536, date '2025-01-01'), date '2025-01-01')
	   END AS insolvent_on,
	   CASE WHEN private
			THEN CASE business WHEN 'retail' THEN pg_temp.pick('0 days|0 days|0 days|30 days|30 days', pg_temp.draw(g, 3))
							   WHEN 'tourism' THEN pg_temp.pick('0 days|14 days|14 days|30 days', pg_temp.draw(g, 3))
							   ELSE pg_temp.pick('14 days|30 days|30 days', pg_temp.draw(g, 3)) END
			ELSE pg_temp.pick('30 days|30 days|30 days|30 days|30 days|45 days end of month|end of month 45 days|60 days', pg_temp.draw(g, 3))
	   END AS terms,
	   pg_temp.draw(g, 5) < 22000 AND NOT private AS pays_in_runs
FROM dated AS d;

INSERT INTO ledger.customer
SELECT customer_id,
	   CASE WHEN private THEN first_name || ' ' || last_name ELSE firm || ' ' || legal_form END,
	   business,
	   CASE WHEN private THEN 'private'
			WHEN size_class = 'large' THEN 'key account'
			WHEN acquired_by = 'partner' THEN 'reseller'
			ELSE 'business' END,
	   CASE WHEN private THEN 'person' ELSE legal_form END,
	   size_class, birth_year, income_band, country, region, language, currency,
	   CASE WHEN private
			THEN jsonb_build_object('likes', jsonb_build_array(like_1, like_2),
									'eco', pg_temp.draw(g, 13) % 6,
									'price_first', pg_temp.draw(g, 14) < 26000)
			ELSE jsonb_build_object('paperless', pg_temp.draw(g, 13) < 40000) END,
	   acquired_by, opened_on,
	   'account' || customer_id || '@example.' || CASE WHEN customer_id % 3 = 0 THEN 'org' ELSE 'com' END,
	   CASE WHEN country = 'FR' THEN '+3363998' || lpad((customer_id * 3)::text, 4, '0') END,
	   pg_temp.draw(g, 6) < 52000, pg_temp.draw(g, 6) % 100 < 35, pg_temp.draw(g, 6) % 10 < 7,
	   terms, means,
	   CASE WHEN private THEN 0 ELSE greatest(1000, round(ticket * (2000 + pace) / 1000000.0, -3) * 2) END,
	   CASE WHEN private OR pg_temp.draw(g, 15) > 26000 THEN 0
			ELSE greatest(1000, round(ticket * (2000 + pace) / 1000000.0, -3)) END,
	   NOT private AND customer_id % 200 < 2,
	   insolvent_on
FROM (SELECT p.*,
			 pg_temp.pick('Alice|Bruno|Camille|Denis|Elise|Farid|Gaelle|Hugo|Ines|Jules|Karim|Lea|Marc|Nadia|Oscar|Pauline|Quentin|Rose|Samir|Tess|Ulysse|Vera|Yann|Zoe', pg_temp.draw(g, 7)) AS first_name,
			 pg_temp.pick('Bel|Cour|Dor|Fau|Gri|Lam|Mar|Nor|Pel|Ros|Sau|Tour|Val|Ver|Vil|Yv', pg_temp.draw(g, 8))
			 || pg_temp.pick('andel|avoine|belin|charel|dubac|elain|fontal|gnoret|ivarn|lerond|mintel|ouard|quesnin|rivol|sandier|tavel', pg_temp.draw(g, 9)) AS last_name,
			 pg_temp.pick('Alvo|Brela|Cori|Delvi|Estri|Fola|Garvi|Havre|Isola|Jura|Kelmo|Luna|Mirva|Novel|Orva|Prela|Quila|Rovi|Solva|Trema|Ulmo|Vista|Wando|Zelia', pg_temp.draw(g, 7))
			 || pg_temp.pick('nor|mont|tis|dane|gel|ric|val|ster|bois|nova', pg_temp.draw(g, 8))
			 || CASE business WHEN 'retail' THEN pg_temp.pick(' Distribution| Magasins| Maison| Negoce| Jardin', pg_temp.draw(g, 9))
							  WHEN 'tourism' THEN pg_temp.pick(' Voyages| Hotels| Evenements| Sejours| Loisirs', pg_temp.draw(g, 9))
							  ELSE pg_temp.pick(' Industrie| Conseil| Batiment| Transports| Services', pg_temp.draw(g, 9)) END AS firm,
			 CASE country WHEN 'FR' THEN pg_temp.pick('SARL|SARL|SARL|SAS|SAS|SAS|SA|EI|association|EURL', pg_temp.draw(g, 10))
						  WHEN 'DE' THEN pg_temp.pick('GmbH|GmbH|AG', pg_temp.draw(g, 10))
						  WHEN 'CH' THEN pg_temp.pick('Sarl|SA|AG', pg_temp.draw(g, 10))
						  WHEN 'BE' THEN pg_temp.pick('SRL|SA', pg_temp.draw(g, 10))
						  WHEN 'ES' THEN pg_temp.pick('SL|SA', pg_temp.draw(g, 10))
						  WHEN 'IT' THEN pg_temp.pick('Srl|SpA', pg_temp.draw(g, 10))
						  ELSE 'Sarl' END AS legal_form,
			 CASE country WHEN 'FR' THEN pg_temp.pick('Ile-de-France|Ile-de-France|Ile-de-France|Ile-de-France|Auvergne-Rhone-Alpes|Auvergne-Rhone-Alpes|Provence-Alpes-Cote d''Azur|Provence-Alpes-Cote d''Azur|Occitanie|Occitanie|Nouvelle-Aquitaine|Nouvelle-Aquitaine|Hauts-de-France|Hauts-de-France|Grand Est|Bretagne|Pays de la Loire|Normandie|Bourgogne-Franche-Comte|Centre-Val de Loire|Corse', pg_temp.draw(g, 11))
						  WHEN 'CH' THEN pg_temp.pick('Geneve|Vaud|Zurich', pg_temp.draw(g, 11))
						  WHEN 'BE' THEN pg_temp.pick('Wallonie|Bruxelles|Vlaanderen', pg_temp.draw(g, 11))
						  WHEN 'DE' THEN pg_temp.pick('Bayern|Baden-Wurttemberg|Saarland', pg_temp.draw(g, 11))
						  WHEN 'ES' THEN pg_temp.pick('Catalunya|Madrid', pg_temp.draw(g, 11))
						  WHEN 'IT' THEN pg_temp.pick('Piemonte|Lombardia', pg_temp.draw(g, 11))
						  ELSE 'Luxembourg' END AS region,
			 CASE country WHEN 'DE' THEN 'de' WHEN 'ES' THEN 'es' WHEN 'IT' THEN 'it'
						  WHEN 'CH' THEN pg_temp.pick('fr|fr|de', pg_temp.draw(g, 11)) ELSE 'fr' END AS language,
			 CASE country WHEN 'CH' THEN 'CHF' ELSE 'EUR' END AS currency,
			 pg_temp.pick('sea|mountain|cooking|garden|reading', pg_temp.draw(g, 12)) AS like_1,
			 pg_temp.pick('sport|music|museums|games', pg_temp.draw(g, 13)) AS like_2,
			 CASE WHEN terms = '0 days' THEN 'card'
				  WHEN private THEN pg_temp.pick('transfer|transfer|direct debit|direct debit|card|cheque', pg_temp.draw(g, 4))
				  ELSE pg_temp.pick('transfer|transfer|transfer|transfer|transfer|direct debit|cheque', pg_temp.draw(g, 4)) END AS means
	  FROM plan AS p) AS p;

INSERT INTO ledger.made_as
SELECT customer_id, buyer, payer, pace / 1000.0, ticket / 100.0, gone_on, stops_paying_on
FROM plan;

/*
 * Orders.  Gaps between a customer's orders are exponential (a Poisson process),
 * thinned by the season of the business; companies order on working days.
 */
CREATE TEMP TABLE candidate AS
SELECT p.customer_id, k, sha256(convert_to('order/' || p.customer_id || '/' || k, 'UTF8')) AS h
FROM plan AS p,
	 generate_series(1, 9 + p.pace * 125 / 100 * (least(gone_on, date '2024-12-31') - starts_on + 1) / 365000 * 130 / 100) AS k
WHERE p.pace > 0;

CREATE TEMP TABLE sold AS
WITH law AS
(
	SELECT array_agg(expo ORDER BY k) AS expo, array_agg(spread ORDER BY k) AS spread FROM curve
),
arrived AS MATERIALIZED
(
	SELECT c.customer_id, c.k, c.h, c.k = 1 AND p.opened_on >= date '2022-01-01' AS first, p.gone_on, p.private, p.business, p.country, p.ticket, p.terms,
		   starts_on + (sum(CASE WHEN c.k = 1 AND opened_on >= date '2022-01-01' THEN 0
								 ELSE (SELECT expo FROM law)[1 + pg_temp.draw(c.h, 0) / 64]::bigint * 292200 / p.pace END)
						OVER (PARTITION BY c.customer_id ORDER BY c.k ROWS UNBOUNDED PRECEDING) / 1000)::int AS day
	FROM candidate AS c JOIN plan AS p USING (customer_id)
),
kept AS MATERIALIZED
(
	SELECT a.*,
		   CASE WHEN private THEN day
				WHEN extract(isodow FROM day) = 6 AND day > date '2022-01-01' THEN day - 1
				WHEN extract(isodow FROM day) = 6 THEN day + 2
				WHEN extract(isodow FROM day) = 7 THEN day + 1
				ELSE day END AS issued_on
	FROM arrived AS a
	WHERE day <= gone_on AND day <= date '2024-12-31'
	  AND (first OR pg_temp.draw(h, 1) * 100 / 65536 <
		  (CASE business WHEN 'retail' THEN '{75,70,78,78,80,78,72,65,80,85,100,100}'::int[]
						WHEN 'tourism' THEN '{60,75,60,70,80,90,100,100,75,60,50,80}'::int[]
						ELSE '{100,80,85,85,80,85,70,60,85,90,85,95}'::int[] END)[extract(month FROM day)::int])
),
family(business, lo, hi, family, vat_rate_pct, vat_due_on, cost_pct) AS
(
	VALUES ('retail', 0, 20000, 'furniture', 20.0, 'invoice', 62),
		   ('retail', 20000, 40000, 'household', 20.0, 'invoice', 58),
		   ('retail', 40000, 50000, 'books', 5.5, 'invoice', 66),
		   ('retail', 50000, 60000, 'food', 5.5, 'invoice', 72),
		   ('retail', 60000, 65536, 'plants', 10.0, 'invoice', 64),
		   ('financial services', 0, 26000, 'insurance', 0.0, 'invoice', 70),
		   ('financial services', 26000, 48000, 'leasing', 20.0, 'receipt', 74),
		   ('financial services', 48000, 65536, 'advice', 20.0, 'receipt', 40),
		   ('tourism', 0, 26000, 'hotel', 10.0, 'receipt', 60),
		   ('tourism', 26000, 40000, 'transport', 10.0, 'receipt', 75),
		   ('tourism', 40000, 55000, 'package', 20.0, 'receipt', 78),
		   ('tourism', 55000, 65536, 'activity', 20.0, 'receipt', 55)
),
priced AS
(
	SELECT k.customer_id, k.k, k.h, issued_on, terms, family, vat_due_on,
		   round(greatest(k.ticket * least((SELECT spread FROM law)[1 + pg_temp.draw(h, 2) / 64], 12000)::bigint / 1000, 500) / 100.0, 2) AS net,
		   /* goods and services sold abroad bear no French VAT; a stay in France does */
		   CASE WHEN k.business <> 'tourism' AND k.country <> 'FR' AND (NOT private OR k.country = 'CH') THEN 0.0
				ELSE vat_rate_pct END AS vat_rate_pct,
		   cost_pct - 6 + pg_temp.draw(h, 3) % 13 AS cost_pct
	FROM kept AS k JOIN family AS f
	  ON f.business = k.business AND pg_temp.draw(h, 3) >= f.lo AND pg_temp.draw(h, 3) < f.hi
)
SELECT row_number() OVER (ORDER BY issued_on, customer_id, k) AS invoice_id,
	   customer_id, h, issued_on, terms, pg_temp.due(issued_on, terms) AS due_on, family,
	   net, vat_rate_pct, round(net * vat_rate_pct / 100, 2) AS vat,
	   net + round(net * vat_rate_pct / 100, 2) AS total,
	   vat_due_on, round(net * cost_pct / 100, 2) AS cost
FROM priced;

/*
 * What becomes of each invoice.  In 10,000 invoices of each kind of payer so
 * many are never paid, paid in two parts, paid short, over-paid, disputed,
 * sent back before or after payment, or paid without saying what for.
 */
CREATE TEMP TABLE fate AS
WITH law AS
(
	SELECT array_agg(expo ORDER BY k) AS expo FROM curve
),
habit(payer, never, split, short, over, dispute, return_before, return_after, unmatched) AS
(
	VALUES ('prompt', 60, 150, 40, 50, 70, 110, 120, 150),
		   ('normal', 180, 350, 120, 50, 120, 110, 120, 150),
		   ('slow', 600, 1200, 400, 50, 250, 100, 120, 150),
		   ('sliding', 450, 900, 250, 50, 200, 100, 120, 150),
		   ('disputer', 450, 500, 300, 20, 1400, 150, 150, 100),
		   ('defaulter', 900, 1500, 300, 20, 300, 100, 100, 150),
		   ('leaving', 700, 1200, 400, 20, 900, 200, 150, 100)
),
drawn AS MATERIALIZED
(
	SELECT s.invoice_id, s.customer_id, s.h, s.issued_on, s.due_on, s.net, s.vat_rate_pct, s.total,
		   habit_of.payer, p.pays_in_runs, p.stops_paying_on, c.means,
		   pg_temp.draw(s.h, 4) AS d,
		   (SELECT expo FROM law)[1 + pg_temp.draw(s.h, 4) / 64] AS e,
		   (SELECT expo FROM law)[1 + pg_temp.draw(s.h, 7) / 64] AS e2,
		   (SELECT expo FROM law)[1 + pg_temp.draw(s.h, 9) / 64] AS e3,
		   10 + pg_temp.draw(s.h, 6) * 91 / 65536 AS part_pct,
		   s.terms = '0 days' AS at_once,
		   CASE WHEN f < t1 THEN CASE WHEN s.terms = '0 days' THEN 'full' ELSE 'never' END
				WHEN f < t2 THEN 'split' WHEN f < t3 THEN 'short' WHEN f < t4 THEN 'over'
				WHEN f < t5 THEN 'dispute'
				WHEN f < t6 THEN CASE WHEN s.terms = '0 days' THEN 'return after' ELSE 'return before' END
				WHEN f < t7 THEN 'return after' WHEN f < t8 THEN 'unmatched' ELSE 'full' END AS fate
	FROM sold AS s JOIN plan AS p USING (customer_id) JOIN ledger.customer AS c USING (customer_id)
	/* the last orders of a customer who leaves: unhappy, or short of money */
	CROSS JOIN LATERAL (SELECT CASE WHEN s.issued_on > p.gone_on - 75 AND p.payer IN ('normal', 'slow', 'sliding', 'disputer')
									THEN 'leaving' ELSE p.payer END) AS habit_of(payer)
	JOIN (SELECT payer, never AS t1, never + split AS t2, never + split + short AS t3,
				 never + split + short + over AS t4, never + split + short + over + dispute AS t5,
				 never + split + short + over + dispute + return_before AS t6,
				 never + split + short + over + dispute + return_before + return_after AS t7,
				 never + split + short + over + dispute + return_before + return_after + unmatched AS t8
		  FROM habit) AS t ON t.payer = habit_of.payer
	CROSS JOIN LATERAL (SELECT pg_temp.draw(s.h, 5) * 10000 / 65536) AS x(f)
),
timed AS MATERIALIZED
(
	SELECT drawn.*,
		   CASE WHEN at_once THEN CASE WHEN d % 100 < 95 THEN 0 ELSE 2 + e * 10 / 1000 END
				WHEN means = 'direct debit' THEN CASE WHEN d % 100 < 96 THEN 0 ELSE 8 + e * 9 / 1000 END
				ELSE CASE payer WHEN 'prompt' THEN d % 12 - 8
								WHEN 'normal' THEN e * 8 / 1000 - 2
								WHEN 'slow' THEN 6 + e * 20 / 1000
								WHEN 'sliding' THEN (issued_on - date '2022-01-01') * 50 / 1095 + e * 7 / 1000 - 3
								WHEN 'disputer' THEN e * 12 / 1000
								WHEN 'leaving' THEN 4 + e * 24 / 1000
								ELSE 5 + e * 18 / 1000 END
		   END AS late,
		   round(net * part_pct / 100, 2) AS part_net
	FROM drawn
),
placed AS MATERIALIZED
(
	SELECT timed.*,
		   part_net + round(part_net * vat_rate_pct / 100, 2) AS part,
		   greatest(issued_on, due_on + late) AS day_1,
		   issued_on + 2 + pg_temp.draw(h, 8) * 20 / 65536 AS since
	FROM timed
)
SELECT invoice_id, customer_id, h, payer, means, issued_on, due_on, total, fate, part_net, part, since,
	   /* a payment run: the 10th, the 25th or the last day of February, whichever comes next */
	   CASE WHEN NOT pays_in_runs OR means <> 'transfer' THEN day_1
			WHEN extract(day FROM day_1) <= 10 THEN date_trunc('month', day_1::timestamp)::date + 9
			WHEN extract(day FROM day_1) <= 25 THEN date_trunc('month', day_1::timestamp)::date + 24
			ELSE (date_trunc('month', day_1::timestamp) + interval '1 month')::date + 9 END AS paid_on,
	   day_1 + 15 + e2 * 30 / 1000 AS paid_again_on,
	   since + 12 + e3 * 40 / 1000 AS until,
	   pg_temp.draw(h, 10) < 34000 AS granted,
	   /* the ledger ends here, and so does the money of who stops paying */
	   least(date '2024-12-31', stops_paying_on) AS last_day
FROM placed;

INSERT INTO ledger.invoice
SELECT invoice_id,
	   'F' || extract(year FROM issued_on) || '-' ||
	   lpad((row_number() OVER (PARTITION BY extract(year FROM issued_on) ORDER BY invoice_id))::text, 6, '0'),
	   'invoice', NULL, s.customer_id, issued_on, s.terms, due_on, c.currency, family,
	   net, vat_rate_pct, vat, total, vat_due_on, cost
FROM sold AS s JOIN ledger.customer AS c USING (customer_id)
ORDER BY invoice_id;

INSERT INTO ledger.dispute
SELECT row_number() OVER (ORDER BY since, invoice_id), invoice_id, part, since,
	   CASE WHEN until <= date '2024-12-31' THEN until END,
	   pg_temp.pick('price|price|quantity|quality|quality|late delivery|not received|not ordered', pg_temp.draw(h, 11)),
	   CASE WHEN until > date '2024-12-31' THEN 'open' WHEN granted THEN 'granted' ELSE 'rejected' END
FROM fate
WHERE fate = 'dispute' AND since <= date '2024-12-31';

/*
 * Credit notes: disputes granted, goods sent back before or after payment, and,
 * for customers with nothing else, notes on invoices older than this ledger.
 */
CREATE TEMP TABLE note AS
SELECT (SELECT count(*) FROM sold) + row_number() OVER (ORDER BY issued_on, customer_id, refers_to) AS invoice_id, n.*
FROM (SELECT customer_id, invoice_id AS refers_to, fate,
			 CASE fate WHEN 'dispute' THEN until
					   WHEN 'return before' THEN least(since, paid_on)
					   ELSE paid_on + 4 + pg_temp.draw(h, 8) * 40 / 65536 END AS issued_on,
			 part_net AS net,
			 CASE WHEN pg_temp.draw(h, 10) < 60000 THEN 8 + pg_temp.draw(h, 9) * 40 / 65536 END AS refund_after
	  FROM fate
	  WHERE fate IN ('return before', 'return after') AND paid_on <= last_day OR fate = 'dispute' AND granted
	  UNION ALL
	  SELECT customer_id, NULL, 'older invoice', date '2022-01-10' + pg_temp.draw(g, 0) * 1000 / 65536,
			 round(ticket / 100.0, 2), NULL
	  FROM plan
	  WHERE buyer = 'credit only') AS n
WHERE issued_on <= date '2024-12-31';

INSERT INTO ledger.invoice
SELECT n.invoice_id,
	   'A' || extract(year FROM n.issued_on) || '-' ||
	   lpad((row_number() OVER (PARTITION BY extract(year FROM n.issued_on) ORDER BY n.invoice_id))::text, 6, '0'),
	   'credit_note', n.refers_to, n.customer_id, n.issued_on, '0 days', n.issued_on, c.currency,
	   coalesce(s.family, 'other'), - n.net, coalesce(s.vat_rate_pct, 0),
	   - round(n.net * coalesce(s.vat_rate_pct, 0) / 100, 2),
	   - n.net - round(n.net * coalesce(s.vat_rate_pct, 0) / 100, 2),
	   coalesce(s.vat_due_on, 'invoice'),
	   CASE WHEN n.fate LIKE 'return%' THEN - round(s.cost * n.net / s.net, 2) ELSE 0 END
FROM note AS n
JOIN ledger.customer AS c USING (customer_id)
LEFT JOIN sold AS s ON s.invoice_id = n.refers_to
ORDER BY n.invoice_id;

/*
 * Money received, part by part; a customer's parts of one day and one means are
 * one payment.  "extra" is money beyond the invoice, "wait" the days until the
 * payment is matched with it (NULL: never).
 */
CREATE TEMP TABLE part AS
SELECT f.customer_id, f.invoice_id, m.paid_on, m.amount, m.extra,
	   CASE WHEN m.nth = 1 AND fate = 'unmatched' THEN 20 + pg_temp.draw(f.h, 12) % 90
			WHEN f.means IN ('card', 'direct debit') THEN 0
			ELSE pg_temp.draw(f.h, 12) % 4 END AS wait,
	   CASE WHEN f.means = 'transfer' OR pg_temp.draw(f.h, 13) > 3000 THEN f.means ELSE 'transfer' END AS means,
	   pg_temp.draw(f.h, 11) < 54000 AND fate <> 'unmatched' AS named
FROM fate AS f
CROSS JOIN LATERAL
(
	VALUES (1, f.paid_on,
			CASE f.fate WHEN 'never' THEN 0
						WHEN 'split' THEN f.part
						WHEN 'short' THEN CASE WHEN f.part_net * 3 > f.total THEN f.total - least(round(f.total * 0.004, 2), 4.90)
											   ELSE f.total - f.part END
						WHEN 'dispute' THEN f.total - f.part
						WHEN 'return before' THEN f.total - f.part
						ELSE f.total END,
			CASE WHEN f.fate <> 'over' THEN 0
				 WHEN pg_temp.draw(f.h, 14) < 25000 THEN f.total
				 ELSE greatest(0, round(f.total + 5, -1) - f.total) END),
		   (2, CASE f.fate WHEN 'dispute' THEN f.until + 5 + pg_temp.draw(f.h, 14) % 20 ELSE f.paid_again_on END,
			CASE WHEN f.fate = 'split' THEN f.total - f.part
				 WHEN f.fate = 'dispute' AND NOT f.granted THEN f.part
				 ELSE 0 END, 0)
) AS m(nth, paid_on, amount, extra)
WHERE m.paid_on <= f.last_day AND m.amount > 0;

/* money on account: deposits and payments nobody can place; then refunds */
INSERT INTO part
SELECT customer_id, NULL, date '2023-09-01' + pg_temp.draw(g, 12) * 486 / 65536, 0,
	   round(ticket / 100.0 * (20 + pg_temp.draw(g, 13) % 60) / 100, -1) + 10, NULL, 'transfer', false
FROM plan
WHERE pg_temp.draw(g, 14) < 4000;

INSERT INTO part
SELECT i.customer_id, i.invoice_id, i.issued_on + n.refund_after, i.total, 0, 0, 'transfer', true
FROM note AS n JOIN ledger.invoice AS i USING (invoice_id)
WHERE n.fate = 'return after' AND i.issued_on + n.refund_after <= date '2024-12-31';

CREATE TEMP TABLE received AS
SELECT row_number() OVER (ORDER BY paid_on, customer_id, means COLLATE "C", sign) AS payment_id, r.*
FROM (SELECT customer_id, paid_on, means, sign(amount) < 0 AS sign, sum(amount + extra) AS amount,
			 CASE WHEN count(DISTINCT invoice_id) = 1 AND bool_and(named) THEN min(invoice_id) END AS invoice_id
	  FROM part
	  GROUP BY customer_id, paid_on, means, sign(amount) < 0) AS r;
ANALYZE received (customer_id, paid_on, means, sign), part (customer_id, paid_on, means);

INSERT INTO ledger.payment
SELECT r.payment_id, r.customer_id, r.paid_on, c.currency, r.amount, r.means, r.invoice_id
FROM received AS r JOIN ledger.customer AS c USING (customer_id)
ORDER BY r.payment_id;

INSERT INTO ledger.allocation
SELECT row_number() OVER (ORDER BY allocated_on, invoice_id, payment_id, credit_note_id), a.*
FROM (SELECT p.invoice_id, r.payment_id, NULL::bigint AS credit_note_id, p.paid_on + p.wait AS allocated_on, sum(p.amount) AS amount
	  FROM part AS p JOIN received AS r
		ON r.customer_id = p.customer_id AND r.paid_on = p.paid_on AND r.means = p.means AND r.sign = (p.amount < 0)
	  WHERE p.amount <> 0
	  GROUP BY p.invoice_id, r.payment_id, p.paid_on + p.wait
	  UNION ALL
	  SELECT n.refers_to, NULL, n.invoice_id, n.issued_on, - i.total
	  FROM note AS n JOIN ledger.invoice AS i USING (invoice_id)
	  WHERE n.fate IN ('dispute', 'return before')) AS a
WHERE allocated_on <= date '2024-12-31'
ORDER BY 1;
CREATE INDEX ON ledger.allocation (invoice_id);
ANALYZE ledger.invoice (invoice_id), ledger.allocation (invoice_id, payment_id);

/*
 * Write-offs: small differences after two months, claims on a customer insolvent
 * for 180 days, private claims past two years, company claims past one.
 */
CREATE TEMP TABLE remaining AS
SELECT i.invoice_id, i.customer_id, i.total, i.due_on, i.total - coalesce(a.amount, 0) AS amount, a.last_on
FROM ledger.invoice AS i
LEFT JOIN (SELECT invoice_id, sum(amount) AS amount, max(allocated_on) AS last_on
		   FROM ledger.allocation GROUP BY invoice_id) AS a USING (invoice_id)
WHERE i.kind = 'invoice';

INSERT INTO ledger.write_off
SELECT r.invoice_id, w.day, r.amount,
	   CASE WHEN w.day = w.small THEN 'small difference' WHEN w.day = w.broke THEN 'insolvency'
			WHEN p.private THEN 'time-barred' ELSE 'uncollectable' END
FROM remaining AS r
JOIN plan AS p USING (customer_id)
CROSS JOIN LATERAL
(
	SELECT small, broke, least(small, broke, old)
	FROM (SELECT CASE WHEN r.amount < 5 AND r.last_on IS NOT NULL THEN greatest(r.last_on, r.due_on) + 60 END,
				 CASE WHEN p.insolvent_on IS NOT NULL THEN greatest(p.insolvent_on + 180, r.due_on + 30) END,
				 r.due_on + CASE WHEN p.private THEN 731 ELSE 365 END) AS d(small, broke, old)
) AS w(small, broke, day)
WHERE r.amount > 0 AND w.day <= date '2024-12-31'
  AND NOT EXISTS (SELECT FROM ledger.dispute AS d WHERE d.invoice_id = r.invoice_id AND d.until IS NULL)
ORDER BY r.invoice_id;

/*
 * Collection: the ladder used so far, one ladder for all.  An invoice below 30.00
 * gets the e-mail only.
 */
CREATE TEMP TABLE settled AS
SELECT r.invoice_id, r.customer_id, r.total, r.due_on,
	   CASE WHEN r.amount = 0 THEN p.last_paid_on END AS settled_on
FROM remaining AS r
LEFT JOIN (SELECT a.invoice_id, max(coalesce(p.paid_on, a.allocated_on)) AS last_paid_on
		   FROM ledger.allocation AS a LEFT JOIN ledger.payment AS p USING (payment_id)
		   GROUP BY a.invoice_id) AS p USING (invoice_id);

INSERT INTO ledger.contact
SELECT row_number() OVER (ORDER BY c.day, s.invoice_id, step), s.customer_id, s.invoice_id, c.day, step, channel,
	   CASE WHEN channel <> 'phone' THEN 'sent'
			ELSE pg_temp.pick('no answer|promise|promise|will check', pg_temp.draw(sha256(convert_to('call/' || s.invoice_id, 'UTF8')), 0)) END,
	   cost
FROM settled AS s
LEFT JOIN ledger.write_off AS w USING (invoice_id)
CROSS JOIN (VALUES (1, 8, 'email', 0.05), (2, 22, 'phone', 6.40), (3, 40, 'letter', 2.15), (4, 65, 'registered letter', 7.80))
	AS ladder(step, days, channel, cost)
CROSS JOIN LATERAL
(
	/* sent on working days */
	SELECT s.due_on + days + CASE extract(isodow FROM s.due_on + days) WHEN 6 THEN 2 WHEN 7 THEN 1 ELSE 0 END
) AS c(day)
WHERE c.day <= date '2024-12-31'
  AND (s.settled_on IS NULL OR s.settled_on > c.day)
  AND (w.written_off_on IS NULL OR w.written_off_on > c.day)
  AND (step = 1 OR s.total >= 30)
  AND NOT EXISTS (SELECT FROM ledger.dispute AS d
				  WHERE d.invoice_id = s.invoice_id AND c.day BETWEEN d.since AND coalesce(d.until, date '2024-12-31'))
ORDER BY 1;

INSERT INTO ledger.promise
SELECT row_number() OVER (ORDER BY contact_id), contact_id, customer_id, invoice_id, contacted_on, pay_by, amount
FROM (SELECT c.*, x.d,
			 /* most who soon pay had said so */
			 CASE WHEN s.settled_on - c.contacted_on BETWEEN 1 AND 30 AND x.d % 10 < 8
				  THEN greatest(c.contacted_on + 2, s.settled_on + x.d % 7 - 1)
				  ELSE c.contacted_on + 5 + x.d % 9 END AS pay_by,
			 s.total - coalesce((SELECT sum(a.amount) FROM ledger.allocation AS a
								 WHERE a.invoice_id = c.invoice_id AND a.allocated_on <= c.contacted_on), 0) AS amount
	  FROM ledger.contact AS c
	  JOIN settled AS s USING (invoice_id)
	  CROSS JOIN LATERAL (SELECT pg_temp.draw(sha256(convert_to('call/' || c.invoice_id, 'UTF8')), 1)) AS x(d)
	  WHERE c.outcome = 'promise') AS p
WHERE amount > 0;

/* satisfaction: two customers in three who bought lately were asked */
INSERT INTO ledger.survey
SELECT p.customer_id, b.last_on + 7,
	   greatest(0, least(10, mood)), greatest(1, least(5, (mood + 1) / 2))
FROM plan AS p
JOIN (SELECT customer_id, max(issued_on) AS last_on FROM sold WHERE issued_on BETWEEN '2023-01-01' AND '2024-12-20'
	  GROUP BY customer_id) AS b USING (customer_id)
CROSS JOIN LATERAL
(
	SELECT 5 + pg_temp.draw(p.g, 9) * 6 / 65536
		   + CASE p.buyer WHEN 'regular' THEN 1 WHEN 'lapsed' THEN -2 ELSE 0 END
		   - CASE p.payer WHEN 'disputer' THEN 3 WHEN 'defaulter' THEN 2 ELSE 0 END
) AS m(mood)
WHERE pg_temp.draw(p.g, 8) < 44000;

/*
 * Keys.  A document and a payment carry the currency of their account: one
 * account, one currency.
 */
ALTER TABLE ledger.customer
	ADD PRIMARY KEY (customer_id),
	ADD UNIQUE (customer_id, currency);
ALTER TABLE ledger.made_as
	ADD PRIMARY KEY (customer_id),
	ADD FOREIGN KEY (customer_id) REFERENCES ledger.customer;
ALTER TABLE ledger.invoice
	ADD PRIMARY KEY (invoice_id),
	ADD UNIQUE (number),
	ADD FOREIGN KEY (customer_id, currency) REFERENCES ledger.customer (customer_id, currency),
	ADD FOREIGN KEY (refers_to) REFERENCES ledger.invoice;
ALTER TABLE ledger.dispute
	ADD PRIMARY KEY (dispute_id),
	ADD FOREIGN KEY (invoice_id) REFERENCES ledger.invoice;
ALTER TABLE ledger.payment
	ADD PRIMARY KEY (payment_id),
	ADD FOREIGN KEY (customer_id, currency) REFERENCES ledger.customer (customer_id, currency),
	ADD FOREIGN KEY (invoice_id) REFERENCES ledger.invoice;
ALTER TABLE ledger.allocation
	ADD PRIMARY KEY (allocation_id),
	ADD FOREIGN KEY (invoice_id) REFERENCES ledger.invoice,
	ADD FOREIGN KEY (payment_id) REFERENCES ledger.payment,
	ADD FOREIGN KEY (credit_note_id) REFERENCES ledger.invoice;
ALTER TABLE ledger.write_off
	ADD PRIMARY KEY (invoice_id),
	ADD FOREIGN KEY (invoice_id) REFERENCES ledger.invoice;
ALTER TABLE ledger.contact
	ADD PRIMARY KEY (contact_id),
	ADD FOREIGN KEY (customer_id) REFERENCES ledger.customer,
	ADD FOREIGN KEY (invoice_id) REFERENCES ledger.invoice;
ALTER TABLE ledger.promise
	ADD PRIMARY KEY (promise_id),
	ADD FOREIGN KEY (contact_id) REFERENCES ledger.contact,
	ADD FOREIGN KEY (customer_id) REFERENCES ledger.customer,
	ADD FOREIGN KEY (invoice_id) REFERENCES ledger.invoice;
ALTER TABLE ledger.survey
	ADD PRIMARY KEY (customer_id, asked_on),
	ADD FOREIGN KEY (customer_id) REFERENCES ledger.customer;
CREATE INDEX ON ledger.invoice (customer_id);
CREATE INDEX ON ledger.invoice (refers_to) WHERE refers_to IS NOT NULL;
CREATE INDEX ON ledger.payment (customer_id);
CREATE INDEX ON ledger.allocation (payment_id);
CREATE INDEX ON ledger.dispute (invoice_id);
CREATE INDEX ON ledger.contact (invoice_id);
CREATE INDEX ON ledger.promise (invoice_id);
ANALYZE ledger.customer, ledger.invoice, ledger.dispute, ledger.payment, ledger.allocation, ledger.write_off,
	ledger.contact, ledger.promise, ledger.survey, ledger.made_as;

/*
 * Views.
 */
CREATE VIEW ledger.sale AS
SELECT customer_id, issued_on AS day, net AS amount, currency
FROM ledger.invoice;

CREATE VIEW ledger.settled AS
SELECT i.invoice_id, i.customer_id, i.currency, i.total, i.due_on, a.settled_on, a.settled_on - i.due_on AS days_late
FROM ledger.invoice AS i
JOIN (SELECT a.invoice_id, sum(a.amount) AS amount, max(coalesce(p.paid_on, a.allocated_on)) AS settled_on
	  FROM ledger.allocation AS a LEFT JOIN ledger.payment AS p USING (payment_id)
	  GROUP BY a.invoice_id) AS a USING (invoice_id)
WHERE i.kind = 'invoice' AND a.amount = i.total;

CREATE FUNCTION ledger.open_item(as_of date)
RETURNS TABLE (customer_id bigint, kind text, invoice_id bigint, payment_id bigint, currency text, due_on date, open_amount numeric)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT i.customer_id, i.kind, i.invoice_id, NULL::bigint, i.currency, i.due_on,
		   i.total - coalesce(a.amount, 0) + coalesce(n.amount, 0) - coalesce(w.amount, 0)
	FROM ledger.invoice AS i
	LEFT JOIN (SELECT al.invoice_id, sum(al.amount) AS amount FROM ledger.allocation AS al
			   WHERE al.allocated_on <= open_item.as_of GROUP BY al.invoice_id) AS a ON a.invoice_id = i.invoice_id
	LEFT JOIN (SELECT al.credit_note_id, sum(al.amount) AS amount FROM ledger.allocation AS al
			   WHERE al.allocated_on <= open_item.as_of AND al.credit_note_id IS NOT NULL
			   GROUP BY al.credit_note_id) AS n ON n.credit_note_id = i.invoice_id
	LEFT JOIN ledger.write_off AS w ON w.invoice_id = i.invoice_id AND w.written_off_on <= open_item.as_of
	WHERE i.issued_on <= open_item.as_of
	  AND i.total - coalesce(a.amount, 0) + coalesce(n.amount, 0) - coalesce(w.amount, 0) <> 0
	UNION ALL
	SELECT p.customer_id, 'unapplied_cash', NULL::bigint, p.payment_id, p.currency, p.paid_on,
		   coalesce(a.amount, 0) - p.amount
	FROM ledger.payment AS p
	LEFT JOIN (SELECT al.payment_id, sum(al.amount) AS amount FROM ledger.allocation AS al
			   WHERE al.allocated_on <= open_item.as_of AND al.payment_id IS NOT NULL
			   GROUP BY al.payment_id) AS a ON a.payment_id = p.payment_id
	WHERE p.paid_on <= open_item.as_of
	  AND p.amount <> coalesce(a.amount, 0);
END;

/*
 * What each table and column holds.
 */
COMMENT ON TABLE ledger.customer IS 'one account; an account has one currency';
COMMENT ON COLUMN ledger.customer.name IS 'made up';
COMMENT ON COLUMN ledger.customer.business IS 'line of business of the group that serves the account';
COMMENT ON COLUMN ledger.customer.account_type IS 'private (a person), business, key account (large company) or reseller';
COMMENT ON COLUMN ledger.customer.legal_form IS 'person, or the legal form of the company in its country';
COMMENT ON COLUMN ledger.customer.size_class IS 'person, micro, small, medium or large';
COMMENT ON COLUMN ledger.customer.birth_year IS 'persons only';
COMMENT ON COLUMN ledger.customer.income_band IS 'yearly household income, persons only';
COMMENT ON COLUMN ledger.customer.country IS 'ISO 3166 code';
COMMENT ON COLUMN ledger.customer.region IS 'first administrative level of the country';
COMMENT ON COLUMN ledger.customer.language IS 'language to write in, ISO 639-1';
COMMENT ON COLUMN ledger.customer.currency IS 'currency of the account: EUR, or CHF for Switzerland';
COMMENT ON COLUMN ledger.customer.interests IS 'persons: likes, eco (0 to 5), price_first; companies: paperless';
COMMENT ON COLUMN ledger.customer.acquired_by IS 'channel that brought the customer';
COMMENT ON COLUMN ledger.customer.opened_on IS 'day the account was opened';
COMMENT ON COLUMN ledger.customer.email IS 'in a domain reserved for examples';
COMMENT ON COLUMN ledger.customer.phone IS 'in a French range reserved for fiction; NULL abroad, whose numbers are not shipped';
COMMENT ON COLUMN ledger.customer.email_consent IS 'accepts e-mail';
COMMENT ON COLUMN ledger.customer.sms_consent IS 'accepts text messages';
COMMENT ON COLUMN ledger.customer.phone_consent IS 'accepts calls';
COMMENT ON COLUMN ledger.customer.terms IS 'agreed payment terms';
COMMENT ON COLUMN ledger.customer.means IS 'usual means of payment';
COMMENT ON COLUMN ledger.customer.credit_limit IS 'credit limit set by the group, in the currency of the account';
COMMENT ON COLUMN ledger.customer.insured_limit IS 'amount covered by credit insurance, 0 if none';
COMMENT ON COLUMN ledger.customer.intra_group IS 'a company of the same group';
COMMENT ON COLUMN ledger.customer.insolvent_on IS 'day of the insolvency judgment, if any';

COMMENT ON TABLE ledger.invoice IS 'invoices and credit notes; amounts of credit notes are negative';
COMMENT ON COLUMN ledger.invoice.number IS 'F (invoice) or A (credit note), year and rank in the year without gap';
COMMENT ON COLUMN ledger.invoice.kind IS 'invoice or credit_note';
COMMENT ON COLUMN ledger.invoice.issued_on IS 'date of the document';
COMMENT ON COLUMN ledger.invoice.refers_to IS 'invoice a credit note corrects; NULL when that one is older than the ledger';
COMMENT ON COLUMN ledger.invoice.terms IS '0, 14, 30 or 60 days from issue; 45 days end of month: 45 days, then to the end of that month; end of month 45 days: end of the month of issue, then 45 days';
COMMENT ON COLUMN ledger.invoice.due_on IS 'due date; of a credit note, its date of issue';
COMMENT ON COLUMN ledger.invoice.family IS 'what was sold';
COMMENT ON COLUMN ledger.invoice.currency IS 'currency of the account';
COMMENT ON COLUMN ledger.invoice.net IS 'amount without VAT';
COMMENT ON COLUMN ledger.invoice.vat IS 'net x rate, rounded to the cent';
COMMENT ON COLUMN ledger.invoice.total IS 'net + VAT: what is owed';
COMMENT ON COLUMN ledger.invoice.vat_rate_pct IS '20, 10, 5.5 or 0 (exempt, or sold abroad)';
COMMENT ON COLUMN ledger.invoice.vat_due_on IS 'VAT falls due on the invoice (goods) or on receipt of the money (services)';
COMMENT ON COLUMN ledger.invoice.cost IS 'direct cost of what was sold, so that net - cost is the margin';

COMMENT ON TABLE ledger.dispute IS 'part of an invoice, VAT included, that the customer contests';
COMMENT ON COLUMN ledger.dispute.amount IS 'contested part, VAT included';
COMMENT ON COLUMN ledger.dispute.since IS 'day the customer raised it';
COMMENT ON COLUMN ledger.dispute.reason IS 'what the customer says is wrong';
COMMENT ON COLUMN ledger.dispute.until IS 'day it was decided; NULL while open';
COMMENT ON COLUMN ledger.dispute.outcome IS 'open, granted (a credit note followed) or rejected (the amount stays due)';

COMMENT ON TABLE ledger.payment IS 'money received; refunds are negative';
COMMENT ON COLUMN ledger.payment.paid_on IS 'day the money was received';
COMMENT ON COLUMN ledger.payment.currency IS 'currency of the account';
COMMENT ON COLUMN ledger.payment.amount IS 'maybe for several invoices, or for none';
COMMENT ON COLUMN ledger.payment.means IS 'transfer, card, direct debit or cheque';
COMMENT ON COLUMN ledger.payment.invoice_id IS 'invoice the payer named; NULL when none or several';

COMMENT ON TABLE ledger.allocation IS 'part of a payment or of a credit note set against an invoice; a refund is set against its credit note';
COMMENT ON COLUMN ledger.allocation.payment_id IS 'payment or refund used, or NULL';
COMMENT ON COLUMN ledger.allocation.credit_note_id IS 'credit note used, or NULL';
COMMENT ON COLUMN ledger.allocation.allocated_on IS 'day it was matched; between payment and match the money is unapplied';
COMMENT ON COLUMN ledger.allocation.amount IS 'what it takes off invoice_id; negative for a refund';

COMMENT ON TABLE ledger.write_off IS 'what was left of an invoice and given up, VAT included';
COMMENT ON COLUMN ledger.write_off.written_off_on IS 'day of the loss';
COMMENT ON COLUMN ledger.write_off.amount IS 'all that was open';
COMMENT ON COLUMN ledger.write_off.reason IS 'small difference, insolvency, time-barred or uncollectable';

COMMENT ON TABLE ledger.contact IS 'reminders and calls about an overdue invoice';
COMMENT ON COLUMN ledger.contact.step IS 'rung of the ladder: 1 e-mail, 2 call, 3 letter, 4 registered letter';
COMMENT ON COLUMN ledger.contact.contacted_on IS 'a working day';
COMMENT ON COLUMN ledger.contact.channel IS 'email, phone, letter or registered letter';
COMMENT ON COLUMN ledger.contact.outcome IS 'sent, or what the call gave';
COMMENT ON COLUMN ledger.contact.cost IS 'cost of the contact, EUR';

COMMENT ON TABLE ledger.promise IS 'promises to pay made in a call; kept if the money came by pay_by';
COMMENT ON COLUMN ledger.promise.made_on IS 'day of the call';
COMMENT ON COLUMN ledger.promise.pay_by IS 'last day to keep it';
COMMENT ON COLUMN ledger.promise.amount IS 'what was open on the day of the call';

COMMENT ON TABLE ledger.survey IS 'answers of customers to two questions';
COMMENT ON COLUMN ledger.survey.asked_on IS 'a week after an order';
COMMENT ON COLUMN ledger.survey.nps IS 'would recommend the group: 0 to 10';
COMMENT ON COLUMN ledger.survey.csat IS 'satisfied with the order: 1 to 5';

COMMENT ON TABLE ledger.made_as IS 'how the script made each customer: for checks, never as an input, nobody knows this of a real customer';
COMMENT ON COLUMN ledger.made_as.buyer IS 'regular, occasional, lapsed, new, never or credit only';
COMMENT ON COLUMN ledger.made_as.payer IS 'prompt, normal, slow, sliding (later every year), disputer or defaulter';
COMMENT ON COLUMN ledger.made_as.orders_a_year IS 'mean orders in a year while a customer';
COMMENT ON COLUMN ledger.made_as.ticket IS 'median net amount of an order';
COMMENT ON COLUMN ledger.made_as.gone_on IS 'no order after this day, maybe after the end of the ledger';
COMMENT ON COLUMN ledger.made_as.stops_paying_on IS 'no payment after this day';

COMMENT ON VIEW ledger.sale IS
'one row a document: net amount, negative for credit notes; group or filter by currency, amounts of two currencies are never added';
COMMENT ON VIEW ledger.settled IS
'invoices fully settled by payments and credit notes, with the day of the last of them and the days late';
COMMENT ON FUNCTION ledger.open_item(date) IS
'what was open on the evening of a day: kind invoice (positive), credit_note and unapplied_cash (negative)';

DROP TABLE pg_temp.person, pg_temp.plan, pg_temp.candidate, pg_temp.sold, pg_temp.fate, pg_temp.note,
	pg_temp.part, pg_temp.received, pg_temp.remaining, pg_temp.settled, pg_temp.curve;
DROP FUNCTION pg_temp.draw(bytea, int), pg_temp.pick(text, int), pg_temp.due(date, text);
RESET jit;
RESET client_min_messages;

SELECT count(*) = 2102 AND count(*) FILTER (WHERE status = 'P I F') = 1416 AND count(*) FILTER (WHERE status = 'CHGOFF') = 686, 'loans, paid in full and charged off' FROM loan;
SELECT sum(written_off) = 42101130 AND sum(disbursed) = 510233620 AND count(*) FILTER (WHERE selected = 1) = 1051, 'amounts disbursed and written off' FROM loan;

-- Loss given default: all that was written off by what was disbursed to those charged off.
CREATE TABLE loss AS
SELECT sum(written_off) / sum(disbursed) FILTER (WHERE status = 'CHGOFF') AS lgd, sum(disbursed) FILTER (WHERE status = 'CHGOFF') / sum(disbursed) AS pd, sum(disbursed) AS ead, sum(written_off) AS written_off FROM loan;
SELECT round(100 * lgd, 1) = 55.3, 'loss given default of 55.3 %' FROM loss;
SELECT rates[2] = lgd, 'the same by loss_rates' FROM loss, LATERAL (SELECT loss_rates(ARRAY[sum(disbursed), sum(disbursed) FILTER (WHERE status = 'CHGOFF'), sum(written_off)]) AS rates FROM loan) AS q;
SELECT rates[0] = pd, 'default by amount, as what rolls from granted to charged off' FROM loss, LATERAL (SELECT roll_rates(0, CASE status WHEN 'CHGOFF' THEN 1 ELSE -1 END, disbursed) AS rates FROM loan) AS q;
SELECT round(ecl(ARRAY[pd], lgd, ARRAY[ead], 0, 'marginal')::numeric, 2) = written_off, 'pd x lgd x ead gives back what was written off' FROM loss;

-- A matrix by term in months, of the rates of its own buckets, gives back the losses of each.
CREATE TABLE rate AS
SELECT width_bucket(term, '{24,48,84,120,180,240}') AS bucket, count(*) AS loans, sum(disbursed) AS disbursed, sum(written_off) AS written_off, sum(written_off) / sum(disbursed) AS rate FROM loan GROUP BY 1;
CREATE TABLE policy AS
SELECT provision_matrix_of('{23,47,83,119,179,239}', array_agg(rate ORDER BY bucket)) AS matrix FROM rate;
SELECT count(*) = 7 AND sum(loans) = 2102 AND bool_and(from_days IS NOT DISTINCT FROM (ARRAY[NULL, 24, 48, 84, 120, 180, 240])[b.bucket + 1] AND abs(b.rate - r.rate) <= 0.5e-14), 'rates of seven terms'
FROM policy, provision_buckets(matrix) AS b JOIN rate AS r USING (bucket);
SELECT abs(provision_amount(disbursed, term, matrix, 0, 'bucket') - 42101130) <= 0.01, 'by bucket: what was written off' FROM loan, policy;
SELECT count(*) = 7 AND bool_and(abs(total - written_off) <= 0.01), 'and in each of them'
FROM (SELECT bucket, written_off, (SELECT provision_amount(disbursed, term, matrix, 0, 'bucket') FROM loan, policy WHERE width_bucket(term, '{24,48,84,120,180,240}') = bucket) AS total FROM rate) AS q;
SELECT abs(provision_amount(disbursed, term, matrix, 0, 'line') - 42101130) <= 2102 * 0.005 AND provision_amount(disbursed, term, matrix, 0, 'line') = sum(provision_amount(disbursed, term, matrix)), 'by line: within half a cent for each loan' FROM loan, policy;

-- The guaranteed part as cover: nothing is provided for it.
SELECT bool_and(amount BETWEEN 0 AND greatest(disbursed - guaranteed, 0)) AND sum(amount) < 42101130 AND count(*) FILTER (WHERE disbursed <= guaranteed AND amount <> 0) = 0, 'never more than what no guarantee covers'
FROM (SELECT *, provision_amount(disbursed, term, matrix, cover => guaranteed) AS amount FROM loan, policy) AS q;

-- Back-test: the rates of one half of the loans on the other half.
SELECT count(*) = 1 AND bool_and(abs(foreseen / lost - 1) < 0.15), 'rates of one half foresee the losses of the other within 15 %'
FROM (SELECT sum(written_off) AS lost, (SELECT provision_amount(disbursed, term, matrix, 0, 'bucket') FROM loan, (
        SELECT provision_matrix_of('{83}', ARRAY[sum(written_off) FILTER (WHERE term < 84) / sum(disbursed) FILTER (WHERE term < 84), sum(written_off) FILTER (WHERE term >= 84) / sum(disbursed) FILTER (WHERE term >= 84)]) AS matrix
        FROM loan WHERE selected = 0) AS p WHERE selected = 1) AS foreseen
    FROM loan WHERE selected = 1) AS q;

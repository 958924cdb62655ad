/* experiment: who gets what, and whether it worked: assignment, summaries of arms, tests, corrections, posteriors */

/* Assignment: GrowthBook's public hash */

CREATE FUNCTION ab_bucket(seed text, key text, version integer DEFAULT 2) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_bucket'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_bucket(text, text, integer) IS
'place of a key within 0 .. 1 for a seed, by the public hash of GrowthBook in its version 1 or 2';

CREATE FUNCTION ab_bucket(seed text, key bigint, version integer DEFAULT 2) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_bucket_number'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_bucket(text, bigint, integer) IS
'place of a number, hashed as its decimal text, within 0 .. 1 for a seed';

CREATE FUNCTION ab_assign(experiment text, key text, weights float8[] DEFAULT '{0.5,0.5}', coverage float8 DEFAULT 1, version integer DEFAULT 2)
RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_ab_assign'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_assign(text, text, float8[], float8, integer) IS
'arm of a key in an experiment as GrowthBook assigns it: 0 for the control, then 1, 2 ...; null when the key is empty or falls outside the coverage';

CREATE FUNCTION ab_assign(experiment text, key bigint, weights float8[] DEFAULT '{0.5,0.5}', coverage float8 DEFAULT 1, version integer DEFAULT 2)
RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_ab_assign_number'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_assign(text, bigint, float8[], float8, integer) IS
'arm of a number, hashed as its decimal text, in an experiment; null when it falls outside the coverage';

/* Summaries */

CREATE TYPE ab_summary;

CREATE FUNCTION ab_summary_in(input cstring) RETURNS ab_summary
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ab_summary_in(cstring) IS
'reads a summary written as JSON: n, mean, mean_low, squares, and with a covariate mean_x, mean_x_low, squares_x, products';

CREATE FUNCTION ab_summary_out(summary ab_summary) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ab_summary_out(ab_summary) IS
'prints a summary as JSON with exact figures';

CREATE FUNCTION ab_summary_recv(input internal) RETURNS ab_summary
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ab_summary_recv(internal) IS
'reads the binary form of a summary, checking every field';

CREATE FUNCTION ab_summary_send(summary ab_summary) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ab_summary_send(ab_summary) IS
'binary form of a summary: version, whether there is a covariate, number of rows, figures';

CREATE TYPE ab_summary (
	INPUT = ab_summary_in,
	OUTPUT = ab_summary_out,
	RECEIVE = ab_summary_recv,
	SEND = ab_summary_send,
	ALIGNMENT = double,
	STORAGE = plain
);
COMMENT ON TYPE ab_summary IS
'one arm of an experiment summed up: number of rows, mean and squared deviations of a figure, and of a covariate beside it; made by ab_stats, merged by rollup';

CREATE FUNCTION ab_summary_from_jsonb(summary jsonb) RETURNS ab_summary
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ab_summary_from_jsonb(jsonb) IS
'summary of the same JSON as its text form';

CREATE FUNCTION ab_summary_to_jsonb(summary ab_summary) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ab_summary_to_jsonb(ab_summary) IS
'JSON of a summary, as its text form';

CREATE CAST (jsonb AS ab_summary) WITH FUNCTION ab_summary_from_jsonb(jsonb);
CREATE CAST (ab_summary AS jsonb) WITH FUNCTION ab_summary_to_jsonb(ab_summary);
COMMENT ON CAST (jsonb AS ab_summary) IS 'reads a summary from JSON';
COMMENT ON CAST (ab_summary AS jsonb) IS 'summary as JSON';

CREATE FUNCTION ab_summary_eq(a ab_summary, b ab_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_summary_eq(ab_summary, ab_summary) IS
'implementation of = operator';

CREATE FUNCTION ab_summary_ne(a ab_summary, b ab_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_summary_ne(ab_summary, ab_summary) IS
'implementation of <> operator';

CREATE FUNCTION ab_summary_hash(summary ab_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_summary_hash(ab_summary) IS
'hash of a summary';

CREATE FUNCTION ab_summary_hash_extended(summary ab_summary, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_summary_hash_extended(ab_summary, bigint) IS
'64-bit hash of a summary with a seed';

CREATE OPERATOR = (
	LEFTARG = ab_summary, RIGHTARG = ab_summary, FUNCTION = ab_summary_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (ab_summary, ab_summary) IS 'the same figures to the last digit';

CREATE OPERATOR <> (
	LEFTARG = ab_summary, RIGHTARG = ab_summary, FUNCTION = ab_summary_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (ab_summary, ab_summary) IS 'not the same figures';

CREATE OPERATOR CLASS ab_summary_ops DEFAULT FOR TYPE ab_summary USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 ab_summary_hash(ab_summary),
	FUNCTION 2 ab_summary_hash_extended(ab_summary, bigint);
COMMENT ON OPERATOR CLASS ab_summary_ops USING hash IS 'equality of summaries';

/* Aggregates */

CREATE FUNCTION ab_summary_add(state ab_summary, y float8) RETURNS ab_summary
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_add'
/* not STRICT: a null row leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_summary_add(ab_summary, float8) IS
'the summary with one row more; a null row changes nothing';

CREATE FUNCTION ab_summary_add(state ab_summary, y float8, x float8) RETURNS ab_summary
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_add_pair'
/* not STRICT: a row with a null leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_summary_add(ab_summary, float8, float8) IS
'the summary with one row more and its covariate; a row with a null changes nothing';

CREATE FUNCTION ab_summary_merge(a ab_summary, b ab_summary) RETURNS ab_summary
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_merge'
/* not STRICT: a null summary adds nothing */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_summary_merge(ab_summary, ab_summary) IS
'all rows of two summaries; a null one adds nothing';

CREATE FUNCTION ab_summary_finish(state ab_summary) RETURNS ab_summary
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_summary_finish(ab_summary) IS
'the summary of a state, with sums rounded to a double';

CREATE AGGREGATE ab_stats(y float8) (
	SFUNC = ab_summary_add,
	STYPE = ab_summary,
	SSPACE = 104,
	FINALFUNC = ab_summary_finish,
	COMBINEFUNC = ab_summary_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ab_stats(float8) IS
'one arm summed up: number of rows, mean and squared deviations of y; null rows are skipped';

CREATE AGGREGATE ab_stats(y float8, x float8) (
	SFUNC = ab_summary_add,
	STYPE = ab_summary,
	SSPACE = 104,
	FINALFUNC = ab_summary_finish,
	COMBINEFUNC = ab_summary_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ab_stats(float8, float8) IS
'one arm summed up with a covariate x, such as the figure before the test, or what y is a ratio to; rows with a null are skipped';

CREATE AGGREGATE rollup(s ab_summary) (
	SFUNC = ab_summary_merge,
	STYPE = ab_summary,
	SSPACE = 104,
	FINALFUNC = ab_summary_finish,
	COMBINEFUNC = ab_summary_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(ab_summary) IS
'one summary of stored ones, in any order; right for rows that stand in one of them only';

/* Questions to one arm */

CREATE FUNCTION ab_n(s ab_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_ab_n'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_n(ab_summary) IS
'number of rows';

CREATE FUNCTION ab_mean(s ab_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_mean'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_mean(ab_summary) IS
'mean of y; null without rows';

CREATE FUNCTION ab_mean_x(s ab_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_mean_x'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_mean_x(ab_summary) IS
'mean of the covariate; null without rows or covariate';

CREATE FUNCTION ab_stddev(s ab_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_stddev'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_stddev(ab_summary) IS
'sample standard deviation of y; null under two rows';

CREATE FUNCTION ab_lower(s ab_summary, conf float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_lower'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_lower(ab_summary, float8) IS
'lower bound of the mean of y by Student''s distribution; null under two rows and when all are the same';

CREATE FUNCTION ab_upper(s ab_summary, conf float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_upper'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_upper(ab_summary, float8) IS
'upper bound of the mean of y by Student''s distribution; null under two rows and when all are the same';

/* Two arms */

CREATE TYPE ab_result AS (
	method text,
	n_control bigint,
	n_variant bigint,
	mean_control float8,
	mean_variant float8,
	difference float8,
	std_error float8,
	statistic float8,
	df float8,
	p_value float8,
	lower float8,
	upper float8,
	lift float8,
	lift_lower float8,
	lift_upper float8,
	always_valid_p float8,
	always_valid_lower float8,
	always_valid_upper float8,
	variance_ratio float8,
	reason text
);
COMMENT ON TYPE ab_result IS
'control and variant compared: difference and lift with their intervals, p-values for one look and for any number of looks; where a figure is null, reason says why';

CREATE FUNCTION ab_test(control ab_summary, variant ab_summary, method text DEFAULT 'welch', conf float8 DEFAULT 0.95, tuning float8 DEFAULT 5000)
RETURNS ab_result
AS 'MODULE_PATHNAME', 'pgrcv_ab_test'
/* not STRICT: a null arm has no rows, and the answer says so */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_test(ab_summary, ab_summary, text, float8, float8) IS
'variant less control by method welch, pooled, z, cuped or ancova (adjusted by the covariate) or ratio (sum of y over sum of x); null figures have a reason';

CREATE TYPE ab_segment_result AS (
	segment text,
	method text,
	n_control bigint,
	n_variant bigint,
	mean_control float8,
	mean_variant float8,
	difference float8,
	std_error float8,
	statistic float8,
	df float8,
	p_value float8,
	lower float8,
	upper float8,
	lift float8,
	lift_lower float8,
	lift_upper float8,
	always_valid_p float8,
	always_valid_lower float8,
	always_valid_upper float8,
	variance_ratio float8,
	reason text,
	p_adjusted float8
);
COMMENT ON TYPE ab_segment_result IS
'control and variant of one segment compared, and the p-value corrected for the number of segments';

CREATE FUNCTION ab_test_by(segments text[], controls ab_summary[], variants ab_summary[], method text DEFAULT 'welch', conf float8 DEFAULT 0.95, adjust text DEFAULT 'holm', tuning float8 DEFAULT 5000)
RETURNS SETOF ab_segment_result
AS 'MODULE_PATHNAME', 'pgrcv_ab_test_by'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION ab_test_by(text[], ab_summary[], ab_summary[], text, float8, text, float8) IS
'ab_test for each segment, its p-values corrected for the number of segments by holm, bh, bonferroni or none';

CREATE FUNCTION ab_prop_test(control_successes bigint, control_n bigint, variant_successes bigint, variant_n bigint, conf float8 DEFAULT 0.95, tuning float8 DEFAULT 5000,
	OUT rate_control float8, OUT rate_variant float8, OUT difference float8, OUT z float8, OUT chi2 float8, OUT p_value float8,
	OUT chi2_yates float8, OUT p_yates float8, OUT lower float8, OUT upper float8, OUT newcombe_lower float8, OUT newcombe_upper float8,
	OUT lift float8, OUT always_valid_p float8, OUT reason text)
RETURNS record
AS 'MODULE_PATHNAME', 'pgrcv_ab_prop_test'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_prop_test(bigint, bigint, bigint, bigint, float8, float8) IS
'two success rates compared: pooled z, chi-square with and without Yates''s correction, intervals of Wald and Newcombe, always-valid p';

CREATE FUNCTION ab_srm(counts bigint[], OUT chi2 float8, OUT df float8, OUT p_value float8) RETURNS record
AS 'MODULE_PATHNAME', 'pgrcv_ab_srm'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_srm(bigint[]) IS
'sample ratio mismatch: chi-square test that the numbers in the arms come from equal shares';

CREATE FUNCTION ab_srm(counts bigint[], weights float8[], OUT chi2 float8, OUT df float8, OUT p_value float8)
RETURNS record
AS 'MODULE_PATHNAME', 'pgrcv_ab_srm_weights'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_srm(bigint[], float8[]) IS
'sample ratio mismatch: chi-square test that the numbers in the arms come from these shares';

/* Before and beside a test */

CREATE FUNCTION ab_sample_size(p_control float8, p_variant float8, power float8 DEFAULT 0.8, alpha float8 DEFAULT 0.05)
RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_sample_size'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_sample_size(float8, float8, float8, float8) IS
'rows in each arm to tell these two rates apart with this power, by a two-sided test';

CREATE FUNCTION ab_power(n float8, p_control float8, p_variant float8, alpha float8 DEFAULT 0.05) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_power'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_power(float8, float8, float8, float8) IS
'chance to tell these two rates apart with n rows in each arm, by a two-sided test';

CREATE FUNCTION ab_sample_size_mean(difference float8, stddev float8, power float8 DEFAULT 0.8, alpha float8 DEFAULT 0.05)
RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_sample_size_mean'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION ab_sample_size_mean(float8, float8, float8, float8) IS
'rows in each arm to find this difference of means with this power, by Student''s two-sided test';

CREATE FUNCTION ab_power_mean(n float8, difference float8, stddev float8, alpha float8 DEFAULT 0.05) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_power_mean'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_power_mean(float8, float8, float8, float8) IS
'chance to find this difference of means with n rows in each arm, by Student''s two-sided test';

CREATE FUNCTION holm(p float8[]) RETURNS float8[]
AS 'MODULE_PATHNAME', 'pgrcv_holm'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION holm(float8[]) IS
'p-values corrected for their number by Holm''s method; nulls stay and are not counted';

CREATE FUNCTION bh(p float8[]) RETURNS float8[]
AS 'MODULE_PATHNAME', 'pgrcv_bh'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION bh(float8[]) IS
'p-values corrected for the false discovery rate by Benjamini and Hochberg; nulls stay and are not counted';

CREATE FUNCTION wilson_lower(successes bigint, n bigint, conf float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_wilson_lower'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION wilson_lower(bigint, bigint, float8) IS
'lower bound of a rate by Wilson''s score interval; null when n is 0';

CREATE FUNCTION wilson_upper(successes bigint, n bigint, conf float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_wilson_upper'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION wilson_upper(bigint, bigint, float8) IS
'upper bound of a rate by Wilson''s score interval; null when n is 0';

CREATE FUNCTION nps(promoters bigint, detractors bigint, n bigint) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_nps'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION nps(bigint, bigint, bigint) IS
'net promoter score: 100 (promoters - detractors) / n; null when n is 0';

CREATE FUNCTION nps_lower(promoters bigint, detractors bigint, n bigint, conf float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_nps_lower'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION nps_lower(bigint, bigint, bigint, float8) IS
'lower bound of a net promoter score; null when n is 0 and when all answers are of one kind';

CREATE FUNCTION nps_upper(promoters bigint, detractors bigint, n bigint, conf float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_nps_upper'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION nps_upper(bigint, bigint, bigint, float8) IS
'upper bound of a net promoter score; null when n is 0 and when all answers are of one kind';

/* Posteriors */

CREATE FUNCTION p_better(control_successes bigint, control_n bigint, variant_successes bigint, variant_n bigint, prior_a float8 DEFAULT 1, prior_b float8 DEFAULT 1)
RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_p_better'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION p_better(bigint, bigint, bigint, bigint, float8, float8) IS
'chance that the variant has the higher success rate, with beta posteriors';

CREATE FUNCTION expected_loss(control_successes bigint, control_n bigint, variant_successes bigint, variant_n bigint, prior_a float8 DEFAULT 1, prior_b float8 DEFAULT 1)
RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_expected_loss'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION expected_loss(bigint, bigint, bigint, bigint, float8, float8) IS
'success rate that is lost on average by choosing the variant, with beta posteriors';

CREATE FUNCTION thompson_pick(successes bigint[], failures bigint[], seed bigint) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_thompson_pick'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION thompson_pick(bigint[], bigint[], bigint) IS
'arm to play next, from 0: the largest draw of beta(1 + successes, 1 + failures); the same seed picks the same arm';

CREATE FUNCTION thompson_pick(successes bigint[], failures bigint[], seed text) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_thompson_pick_text'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION thompson_pick(bigint[], bigint[], text) IS
'arm to play next, from 0; the same seed, such as a key and a day, picks the same arm';

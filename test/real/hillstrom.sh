# Hillstrom's e-mail test (2008): 64,000 customers, two mailings and nobody mailed.
# Expected figures: R's t.test, lm, prop.test and chisq.test on the same file.
. "$(dirname "$0")/common"
need hillstrom_email.csv

sql <<'END'
CREATE TABLE hillstrom (recency int, history_segment text, history float8, mens int, womens int, zip_code text, newbie int,
    channel text, segment text, visit int, conversion int, spend float8);
END
lines hillstrom_email.csv | load hillstrom HEADER
holds hillstrom.sql

# CDNOW: from the log of purchases to customer lifetime values: the figures of the
# papers (Fader, Hardie, Lee 2005), and the maxima of the likelihoods.
. "$(dirname "$0")/common"
need cdnow_sample.txt cdnow_summary.csv cdnow_summary_with_spend.csv cdnow_master.txt

sql <<'END'
CREATE TABLE sale (customer int, day date, amount numeric);
CREATE TABLE master (customer int, day date, amount numeric);
CREATE TABLE summary (customer int, x int, t_x numeric, t numeric);
CREATE TABLE with_spend (customer int, x int, t_x numeric, t numeric, zbar numeric);
END
lines cdnow_sample.txt | awk '{ print $2 "," $3 "," $5 }' | load sale
lines cdnow_master.txt | awk 'NR > 1 { print $1 "," $2 "," $4 }' | load master
lines cdnow_summary.csv | load summary HEADER
lines cdnow_summary_with_spend.csv | load with_spend HEADER
holds clv.sql

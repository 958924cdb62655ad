# Loans of the US Small Business Administration: what was written off, the loss given
# default, and rates of loss by term as a matrix.
. "$(dirname "$0")/common"
need small_business_loans.csv

# The file begins with a byte-order mark.
loans() { lines small_business_loans.csv | sed $'1s/^\xef\xbb\xbf//'; }

columns=$(loans | head -n 1 | sed 's/[^,]*/"&" text/g') || [ $? = 141 ]
sql -c "CREATE TABLE loan_text ($columns)"
loans | load loan_text HEADER
sql <<'END'
CREATE TABLE loan AS
SELECT "LoanNr_ChkDgt"::bigint AS number, "ApprovalFY"::int AS year, "Term"::int AS term, "DisbursementGross"::numeric AS disbursed,
    "MIS_Status" AS status, "ChgOffPrinGr"::numeric AS written_off, "GrAppv"::numeric AS approved, "SBA_Appv"::numeric AS guaranteed, "Selected"::int AS selected
FROM loan_text;
END
holds sba.sql

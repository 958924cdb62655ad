# A plain policy over every day of two published sets of invoices: IBM's sample of
# settled ones, and HighRadius's, cleared and open.
. "$(dirname "$0")/common"
need ibm_accounts_receivable.csv highradius_open_invoices.csv highradius_cleared_invoices_rebuilt.csv

sql <<'END'
SET DateStyle = ISO, MDY;
CREATE TABLE ibm (country int, customer text, paperless_date date, invoice text, issued date, due date, amount numeric,
    disputed text, settled date, paperless text, days_to_settle int, days_late int);
CREATE TABLE highradius_open (row_number int, business text, customer text, name text, cleared date, year numeric, document numeric,
    posted date, due date, baseline date, terms text, amount numeric);
CREATE TABLE highradius_cleared (customer text, cleared date, due date, days_late int, amount numeric, seq int);
ALTER DATABASE :"DBNAME" SET DateStyle = ISO, MDY;
END
lines ibm_accounts_receivable.csv | load ibm HEADER
lines highradius_open_invoices.csv | load highradius_open HEADER
lines highradius_cleared_invoices_rebuilt.csv | load highradius_cleared HEADER
holds backtest.sql

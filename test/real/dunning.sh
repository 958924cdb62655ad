# A policy run over every day of two published sets of invoices: IBM's sample of
# settled ones, and HighRadius's of open ones.
. "$(dirname "$0")/common"
need ibm_accounts_receivable.csv highradius_open_invoices.csv

sql <<'END'
SET DateStyle = ISO, MDY;
CREATE TABLE ibm (country int, customer text, paperless_date date, invoice text, issued date, due date, amount numeric,
    disputed text, settled date, paperless text, days_to_settle int, days_late int);
CREATE TABLE highradius (row_number int, business text, customer text, name text, cleared date, year numeric, document numeric,
    posted date, due date, baseline date, terms text, amount numeric);
ALTER DATABASE :"DBNAME" SET DateStyle = ISO, MDY;
END
lines ibm_accounts_receivable.csv | load ibm HEADER
lines highradius_open_invoices.csv | load highradius HEADER
holds dunning.sql

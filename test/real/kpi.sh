# KPIs of IBM's sample of settled invoices at three days; the figures are by a
# Python program that counts items and months one by one.
. "$(dirname "$0")/common"
need ibm_accounts_receivable.csv

sql <<'END'
SET DateStyle = ISO, MDY;
CREATE TABLE ibm (country int, customer text, paperless_date date, invoice text, issued date, due date, amount numeric,
    disputed text, settled date, paperless text, days_to_settle int, days_late int);
ALTER DATABASE :"DBNAME" SET DateStyle = ISO, MDY;
END
lines ibm_accounts_receivable.csv | load ibm HEADER
holds kpi.sql

# Online Retail (D. Chen, UCI no. 352): 541,909 invoice lines with cancellations
# and lines without a customer, scored in one query.
. "$(dirname "$0")/common"
need online_retail.csv

sql <<'END'
CREATE TABLE raw (invoice text, stock_code text, description text, quantity int, invoice_date timestamp, unit_price numeric, customer_id text, country text);
END
lines online_retail.csv | load raw HEADER
holds online_retail.sql

# Wholesale customers (UCI): 440 of them, what they spend on six kinds of goods:
# the best partitions known, by R's kmeans() with 1,000 starts and more.
. "$(dirname "$0")/common"
need wholesale_customers.csv

sql <<'END'
CREATE TABLE customer (id int GENERATED ALWAYS AS IDENTITY, channel int, region int, fresh float8, milk float8, grocery float8, frozen float8, detergents float8, delicassen float8);
CREATE VIEW spend AS SELECT *, ARRAY[fresh, milk, grocery, frozen, detergents, delicassen] AS x FROM customer;
END
lines wholesale_customers.csv | load 'customer (channel, region, fresh, milk, grocery, frozen, detergents, delicassen)' HEADER
holds wholesale.sql

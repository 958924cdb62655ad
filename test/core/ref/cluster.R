# cluster.R: figures of sql/cluster.sql by R's kmeans(), cluster::silhouette() and
# cluster::daisy() (Debian: r-cran-cluster).  Its 120 customers come as CSV:
#
#	psql -c '\copy (SELECT x[1], x[2], x[3] FROM row ORDER BY id) TO customers.csv CSV' DATABASE
#	Rscript cluster.R customers.csv
library(cluster)

x <- as.matrix(read.csv(commandArgs(TRUE)[1], header = FALSE))
ranks <- function(v) (rank(v) - 0.5) / length(v)

# The knots that scale.h describes: hundredths, and both sides of values of many rows.
knots <- function(v) {
	values <- sort(unique(v))
	shares <- ranks(v)[match(values, v)]
	if (length(values) <= 101)
		return(ranks(v))
	many <- which(tabulate(match(v, values)) * 100 > length(v))
	places <- floor((0:100) * (length(v) - 1) / 100) + 1
	at <- sort(unique(c(match(sort(v)[places], values), many - 1, many, many + 1)))
	at <- at[at >= 1 & at <= length(values)]
	approx(values[at], shares[at], v, rule = 2)$y
}

for (scale in c("log1p", "none", "rank", "zscore")) {
	z <- switch(scale, none = x, zscore = base::scale(x), log1p = log1p(x), rank = apply(x, 2, knots))
	set.seed(1)
	k <- kmeans(z, 3, nstart = 1000, iter.max = 100)
	cat(sprintf("%-7s %.6f  %s  %.6f\n", scale, k$tot.withinss, paste(sort(k$size, TRUE), collapse = " "),
		mean(silhouette(k$cluster, dist(z))[, 3])))
}
bunch <- (seq_len(nrow(x))) %% 3
cat(sprintf("bunches %.9f %.9f\n", mean(silhouette(bunch, dist(base::scale(x)))[, 3]), mean(silhouette(bunch, dist(x))[, 3])))

debtor <- data.frame(
	since = as.numeric(as.Date(c("2020-01-01", "2022-07-01", "2024-12-31", NA, "2021-03-15"))),
	turnover = c(100, 900.5, NA, 250, 100), score = c(0.5, NA, 0.25, 0.75, 0.5),
	region = factor(c("nord", "sud", "nord", NA, "est")), paying = factor(c(TRUE, TRUE, FALSE, NA, TRUE)),
	class = factor(c("small", "large", "small", "large", NA)))
plain <- as.matrix(daisy(debtor, metric = "gower"))
weighted <- as.matrix(daisy(debtor, metric = "gower", weights = c(1, 3, 1, 0.5, 0, 1)))
for (a in 1:4) for (b in (a + 1):5) cat(sprintf("%d %d %.7f %.7f\n", a, b, plain[a, b], weighted[a, b]))

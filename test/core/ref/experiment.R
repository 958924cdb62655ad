# Reference tables for test/core/experiment.c: experiment_*.txt beside this file.
#
#	Rscript test/core/ref/experiment.R		(from the top of the project; some seconds)
#
# Made with R 4.2.2, its base packages only; random cases from a fixed seed, so that the
# tables come out the same each time.  Numbers have 17 digits, so that doubles read back as
# they were; nan: not asked.
#
# experiment_means.txt: raw rows of both arms, and
#   welch, pooled   t.test(), var.equal = TRUE
#   z               the same difference and error, pnorm()
#   cuped           t.test() of y - theta x, theta the coefficient of x in lm(y ~ x)
#   ancova          the same with theta from lm(y ~ arm + x), whose coefficient of the arm
#                   is the difference
#   variance_ratio  of both: residual squares of that lm over those of the one without x
#   ratio           each arm's invoices one by one, lm(value ~ 1), variance clustered by
#                   customer from its model matrix and residuals with the factor G / (G - 1);
#                   Welch's degrees of freedom
#   lift            delta method with D() of the ratio
# experiment_rates.txt: prop.test() with and without correction, single rates too (Wilson)
# experiment_plan.txt: power.prop.test(), power.t.test() with tol = 1e-13
# experiment_adjust.txt: p.adjust()   experiment_srm.txt: chisq.test()
options(digits = 17, warn = 1)
set.seed(20250131)
folder <- "test/core/ref"
num <- function(x) { s <- sprintf("%.17g", x); s[is.na(x)] <- "nan"; paste(s, collapse = " ") }

write_table <- function(name, columns, lines)
	writeLines(c("# Made by test/core/ref/experiment.R; see there.", paste("#", columns), lines),
		file.path(folder, name))

# Means ------------------------------------------------------------------------

methods <- c("welch", "pooled", "z", "cuped", "ancova", "ratio")

lift_of <- function(m, v, width)
{
	g <- c(eval(D(quote(b / a), "a"), list(a = m[1], b = m[2])), eval(D(quote(b / a), "b"), list(a = m[1], b = m[2])))
	half <- width * sqrt(sum(g^2 * v))
	c(m[2] / m[1] - 1 - half, m[2] / m[1] - 1 + half)
}

of_t_test <- function(c, v, conf, equal)
{
	t <- t.test(v, c, var.equal = equal, conf.level = conf)
	m <- c(mean(c), mean(v))
	se <- t$stderr
	vars <- c(var(c) / length(c), var(v) / length(v))
	if (equal) vars <- se^2 / (1 / length(c) + 1 / length(v)) * c(1 / length(c), 1 / length(v))
	list(m = m, se = se, stat = unname(t$statistic), df = unname(t$parameter), p = t$p.value,
		ci = as.numeric(t$conf.int), vars = vars, width = qt((1 + conf) / 2, t$parameter))
}

of_z <- function(c, v, conf)
{
	r <- of_t_test(c, v, conf, FALSE)
	r$df <- NA
	r$p <- 2 * pnorm(-abs(r$stat))
	r$width <- qnorm((1 + conf) / 2)
	r$ci <- r$m[2] - r$m[1] + c(-1, 1) * r$width * r$se
	r
}

of_adjusted <- function(c, v, conf, within)
{
	d <- data.frame(y = c(c$y, v$y), x = c(c$x, v$x), arm = rep(0:1, c(nrow(c), nrow(v))))
	fit <- if (within) lm(y ~ arm + x, d) else lm(y ~ x, d)
	theta <- coef(fit)[["x"]]
	adjusted <- d$y - theta * (d$x - mean(d$x))
	r <- of_t_test(adjusted[d$arm == 0], adjusted[d$arm == 1], conf, FALSE)
	stopifnot(!within || abs(diff(r$m) - coef(fit)[["arm"]]) < 1e-9 * max(abs(d$y)))
	r$ratio <- deviance(fit) / deviance(if (within) lm(y ~ arm, d) else lm(y ~ 1, d))
	r
}

# Invoices of each customer: x of them, together y.
clustered <- function(rows)
{
	customer <- rep(seq_len(nrow(rows)), rows$x)
	value <- unlist(lapply(seq_len(nrow(rows)), function(i) { p <- runif(rows$x[i]); rows$y[i] * p / sum(p) }))
	fit <- lm(value ~ 1)
	X <- model.matrix(fit)
	bread <- solve(t(X) %*% X)
	scores <- rowsum(X * residuals(fit), customer)
	G <- nrow(rows)
	c(coef(fit)[[1]], G / (G - 1) * (bread %*% (t(scores) %*% scores) %*% bread)[1, 1])
}

of_ratio <- function(c, v, conf)
{
	a <- clustered(c)
	b <- clustered(v)
	vars <- c(a[2], b[2])
	n <- c(nrow(c), nrow(v))
	df <- sum(vars)^2 / sum(vars^2 / (n - 1))
	se <- sqrt(sum(vars))
	stat <- (b[1] - a[1]) / se
	width <- qt((1 + conf) / 2, df)
	list(m = c(a[1], b[1]), se = se, stat = stat, df = df, p = 2 * pt(-abs(stat), df),
		ci = b[1] - a[1] + c(-1, 1) * width * se, vars = vars, width = width)
}

means <- character()
for (i in 1:40)
{
	n <- sample(c(2, 3, 5, 12, 30), 2, replace = TRUE)
	scale <- 10^sample(-3:6, 1)
	arm <- function(n, more) {
		x <- 1 + rpois(n, 3)
		data.frame(y = scale * (x * runif(n, .5, 1.5) + more + rnorm(n)), x = x)
	}
	c <- arm(n[1], 3)
	v <- arm(n[2], sample(c(3, 3.5, 6), 1))
	conf <- sample(c(.8, .9, .95, .99, .999), 1)
	for (method in methods)
	{
		if (method %in% c("cuped", "ancova") && (sum(n) < 8 || var(c$x) + var(v$x) == 0)) next
		r <- switch(method, welch = of_t_test(c$y, v$y, conf, FALSE), pooled = of_t_test(c$y, v$y, conf, TRUE),
			z = of_z(c$y, v$y, conf),
			cuped = of_adjusted(c, v, conf, FALSE), ancova = of_adjusted(c, v, conf, TRUE), ratio = of_ratio(c, v, conf))
		means <- c(means, paste(match(method, methods) - 1, num(conf), n[1], n[2], num(t(as.matrix(c))),
			num(t(as.matrix(v))), num(c(r$m, diff(r$m), r$se, r$stat, r$df, r$p, r$ci, lift_of(r$m, r$vars, r$width),
				if (is.null(r$ratio)) NA else r$ratio))))
	}
}
write_table("experiment_means.txt", paste("method conf n_control n_variant (y x)* (y x)* | mean_control mean_variant difference",
	"std_error statistic df p lower upper lift_lower lift_upper variance_ratio"), means)

# Rates ------------------------------------------------------------------------

newcombe <- function(s, n, conf)
{
	c <- as.numeric(prop.test(s[1], n[1], conf.level = conf, correct = FALSE)$conf.int)
	v <- as.numeric(prop.test(s[2], n[2], conf.level = conf, correct = FALSE)$conf.int)
	p <- s / n
	d <- p[2] - p[1]
	c(d - sqrt((p[2] - v[1])^2 + (c[2] - p[1])^2), d + sqrt((v[2] - p[2])^2 + (p[1] - c[1])^2))
}

rate_line <- function(s, n, conf)
{
	plain <- suppressWarnings(prop.test(rev(s), rev(n), conf.level = conf, correct = FALSE))
	yates <- suppressWarnings(prop.test(rev(s), rev(n), conf.level = conf, correct = TRUE))
	wilson <- suppressWarnings(prop.test(s[1], n[1], conf.level = conf, correct = FALSE))$conf.int
	wald <- diff(s / n) + c(-1, 1) * qnorm((1 + conf) / 2) * sqrt(sum(s / n * (1 - s / n) / n))
	paste(s[1], n[1], s[2], n[2], num(conf), num(c(unname(plain$statistic), plain$p.value, unname(yates$statistic),
		yates$p.value, wald, suppressWarnings(newcombe(s, n, conf)), as.numeric(wilson))))
}

rates <- c(rate_line(c(2262, 3894), c(21306, 21307), .95), rate_line(c(82, 80), c(100, 100), .95),
	rate_line(c(0, 1), c(10, 12), .95), rate_line(c(10, 9), c(10, 12), .99))
for (i in 1:60)
{
	n <- sample(c(5, 17, 100, 2000, 1e6), 2, replace = TRUE)
	s <- rbinom(2, n, runif(2, .02, .98))
	if (sum(s) == 0 || sum(s) == sum(n) || any(s == 0) && any(s == n)) next
	rates <- c(rates, rate_line(s, n, sample(c(.8, .95, .99), 1)))
}
write_table("experiment_rates.txt",
	"s_control n_control s_variant n_variant conf | chi2 p chi2_yates p_yates wald (2) newcombe (2) wilson of the control (2)", rates)

# Sizes ------------------------------------------------------------------------

plan <- character()
for (i in 1:40)
{
	p <- if (i == 1) c(.1, .12) else runif(2, .01, .99)
	power <- if (i == 1) .8 else runif(1, .3, .99)
	alpha <- if (i == 1) .05 else sample(c(.001, .01, .05, .1), 1)
	n <- power.prop.test(p1 = p[1], p2 = p[2], power = power, sig.level = alpha, tol = 1e-13)$n
	if (n < 1) next
	plan <- c(plan, paste(0, num(c(p, power, alpha, n, power.prop.test(n = n, p1 = p[1], p2 = p[2], sig.level = alpha)$power))))
}
for (i in 1:40)
{
	delta <- if (i == 1) 1 else 10^runif(1, -3, .2)
	sd <- if (i == 1) 2 else runif(1, .5, 2)
	power <- if (i == 1) .8 else runif(1, .3, .99)
	alpha <- if (i == 1) .05 else sample(c(.001, .01, .05, .1), 1)
	if (power.t.test(n = 2, delta = delta, sd = sd, sig.level = alpha)$power >= power) next
	n <- power.t.test(delta = delta, sd = sd, power = power, sig.level = alpha, tol = 1e-13)$n
	plan <- c(plan, paste(1, num(c(delta, sd, power, alpha, n, power.t.test(n = n, delta = delta, sd = sd, sig.level = alpha)$power))))
}
write_table("experiment_plan.txt", "of means? p_control|difference p_variant|stddev power alpha | n power_of_n", plan)

# Several p-values, shares -------------------------------------------------------

adjust <- character()
for (i in 1:40)
{
	n <- sample(1:12, 1)
	p <- runif(n)^sample(1:4, 1)
	if (n > 2 && i %% 3 == 0) p[2] <- p[1]
	if (i %% 10 == 0) p[1] <- 0
	if (i %% 11 == 0) p[n] <- 1
	adjust <- c(adjust, paste(n, num(p), num(p.adjust(p, "holm")), num(p.adjust(p, "BH")), num(p.adjust(p, "bonferroni"))))
}
write_table("experiment_adjust.txt", "n p* | holm* bh* bonferroni*", adjust)

srm <- character()
for (i in 1:30)
{
	n <- if (i == 1) 2 else sample(2:6, 1)
	w <- if (i == 1) c(.5, .5) else { w <- sample(1:8, n, replace = TRUE); w / sum(w) }
	counts <- if (i == 1) c(5000, 5250) else rpois(n, w * 10^runif(1, 1, 6))
	t <- suppressWarnings(chisq.test(counts, p = w))
	srm <- c(srm, paste(n, paste(counts, collapse = " "), num(w), num(c(unname(t$statistic), unname(t$parameter), t$p.value))))
}
write_table("experiment_srm.txt", "n counts* weights* | chi2 df p", srm)

"""bfgs.py HISTORY MODEL: seconds of CPU that scipy needs to fit mbg/nbd by BFGS.

The same likelihood as clv_fit's, with its gradient, in numpy on whole arrays, as
the packages for Python do it; fails unless both end at the same maximum.
"""
import json
import sys
import time

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

x, t_x, t = np.loadtxt(sys.argv[1], delimiter=",").T
model = json.load(open(sys.argv[2]))


def loss(theta):
    """Mean of minus the log-likelihood, and its gradient, in logarithms of r, alpha, a, b."""
    r, alpha, a, b = p = np.exp(theta)
    y = x + 1
    end = np.log(alpha + t)
    q = end - np.log(alpha + t_x)
    u = np.log(a) - np.log(b + x) + (r + x) * q
    gone = 1 / (1 + np.exp(-u))
    value = (gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * end
             + gammaln(a + b) - gammaln(b) + gammaln(b + y) - gammaln(a + b + y) + np.logaddexp(0, u))
    both = digamma(a + b) - digamma(a + b + y)
    inverse = 1 / (alpha + t)
    slope = np.array([
        np.mean(digamma(r + x) - digamma(r) + np.log(alpha) - end + gone * q),
        np.mean(r / alpha - (r + x) * inverse + gone * (r + x) * (inverse - 1 / (alpha + t_x))),
        np.mean(both + gone / a),
        np.mean(both + digamma(b + y) - digamma(b) - gone / (b + x))])
    return -np.mean(value), -slope * p


start = time.process_time()
found = minimize(loss, np.log([0.5, np.mean(t) / 10, 1, 2]), jac=True, method="BFGS")
seconds = time.process_time() - start
loglik = -found.fun * len(x)
if not abs(loglik - model["loglik"]) < 1e-9 * abs(loglik):
    sys.exit("not the same maximum: %r and %r" % (loglik, model["loglik"]))
print("%.4f" % seconds)

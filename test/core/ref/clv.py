#!/usr/bin/python3
"""Reference tables for test/core/clv_ref.c: clv_*.txt beside this file.

    /usr/bin/python3 test/core/ref/clv.py [kind...]     (all kinds: 12 minutes)

Made with Python 3.11.2, mpmath 1.2.1 (50 digits and more), NumPy 1.24 and SciPy 1.10.1 (second
routes only).  Random cases come from random.Random of a fixed seed, so that the tables come out
the same each time.  Inputs are doubles, written as repr() does; mpmath reads exactly these.
Results have 20 significant digits; nan: not computed.

References are made from the definitions of the models, not from the forms that src/clv uses.

bg, mbg, mbg/cnbd-k.  Given the rate lambda of events (every k-th one is a purchase) and the chance
p to drop out after a purchase, lambda ~ gamma(r, rate alpha), p ~ beta(a, b):
  log-likelihood, P(alive)  both ways to the data (alive at t, or dropped out at t_x), each averaged
              by gamma and beta functions, at two precisions that have to agree
  expected    k = 1: the published 2F1 form (Fader, Hardie, Lee 2005, eq. 10), 2F1 by mpmath, next to
              a pole with a moved off it by 10^-(digits/3); k > 1: sum over the number of events to
              come, which is negative binomial (decimal, 60 digits), or where it has millions of terms
              an integral over p with roots of unity (in some cases both)
  at_least    P(alive) x chance to survive n - 1 purchases x tail of the negative binomial, summed
  discounted  integral over time of exp(-delta u) x rate of purchases at u, by Gauss-Legendre panels.
              Rate: k = 1 2F1(r+x+1, a; a+b'; -u/A) (r+x)/A, k > 1 a sum over purchases.  The panels
              are halved until the integral with delta = 0 is `expected` to 1e-20, in every case
  residual    k = 1: the same integral without end (in many cases checked by the next one); k > 1, and
              huge x: a double integral over lambda and p, trapezoidal rule on log and logit (decimal)
pareto: the likelihood by the published difference of two 2F1 (checked by an integral over the
  lifetime, which takes its place where r + s + x > 5000); expected by the antiderivative;
  discounted and residual by panels over time (and, checked in each case, incomplete gamma functions);
  at_least by an integral over the moment of the n-th purchase
bg/bb, sbg: sums of beta functions over occasions; residual by 2F1 or added up
gamma-gamma: the published closed form

Second routes: for some cases of each kind, all quantities come out again to 1e-10 in double precision
by sums over a grid of (lambda, p), (lambda, mu), (p, theta), theta or nu of the model given those
(check_grid); and further ones that stand beside each kind.
"""
import os
import random
import sys
import time
from decimal import Decimal, getcontext

import mpmath as mp
import numpy as np
from mpmath import mpf
from scipy import special, stats

NAN = mpf("nan")
HERE = os.path.dirname(os.path.abspath(__file__))
mp.mp.dps = 50
getcontext().prec = 60
getcontext().Emax = 10**15
getcontext().Emin = -(10**15)


class Wrong(Exception):
    pass


def near(a, b, tolerance, what, absolute=0):
    a, b = mpf(a), mpf(b)
    if not abs(a - b) <= tolerance * max(abs(a), abs(b)) + absolute:
        raise Wrong("%s: %s, %s" % (what, mp.nstr(a, 25), mp.nstr(b, 25)))


def stable(f, tolerance=mpf("1e-24"), absolute=mpf(0)):
    """f() at growing precision, until two values agree."""
    last = None
    for digits in (60, 100, 180, 350, 700, 1400):
        with mp.workdps(digits):
            value = f()
        if last is not None and abs(value - last) <= tolerance * abs(value) + absolute:
            return +value
        last = value
    raise Wrong("no agreement")


def f21(a, b, c, z):
    return mp.hyp2f1(a, b, c, z, maxprec=10**6, maxterms=10**7)


def dec(v):
    """mpf to Decimal."""
    return Decimal(mp.nstr(v, 58, min_fixed=0, max_fixed=0))


def undec(v):
    return mpf(str(v))


def survival_sum(a, b, v):
    """Sum over n >= 0 of v^n E[(1-p)^n]: 2F1(1, b; a+b; v), or where mpmath is slow at that, added up."""
    if b * (1 - v) < 20:
        return f21(1, b, a + b, v)
    a, b, v = dec(a), dec(b), dec(v)
    term, sum_, n = Decimal(1), Decimal(0), 0
    small = Decimal("1e-35") * (1 - v)
    while term > small * sum_:
        sum_ += term
        term *= (b + n) / (a + b + n) * v
        n += 1
    return undec(sum_)


# Quadrature --------------------------------------------------------------------

NODES = 30


def gauss_legendre(n):
    """Nodes in (0, 1) and their weights."""
    out = []
    with mp.workdps(70):
        for i in range(n):
            z = mp.cos(mp.pi * (i + mpf(3) / 4) / (n + mpf(1) / 2))
            for _ in range(8):  # Newton
                p, before = z, mpf(1)
                for m in range(1, n):
                    p, before = ((2 * m + 1) * z * p - m * before) / (m + 1), p
                slope = n * (z * p - before) / (z * z - 1)
                z -= p / slope
            out.append(((1 + z) / 2, 1 / ((1 - z * z) * slope * slope)))
        near(sum(w for _, w in out), 1, mpf("1e-60"), "weights")
        near(sum(w * u ** (2 * n - 1) for u, w in out), mpf(1) / (2 * n), mpf("1e-60"), "highest power")
    return out


GAUSS = gauss_legendre(NODES)


def panels(start, end, growth):
    """Edges 0, start, start + growth start ... end."""
    edges = [mpf(0)]
    width = start
    while edges[-1] < end:
        edges.append(min(edges[-1] + width, end))
        width = max(width, edges[-1] * growth)
    return edges


def gauss(f, edges):
    """Sum of (f(u), u, weight) of all nodes as lists."""
    out = []
    for low, high in zip(edges, edges[1:]):
        for node, weight in GAUSS:
            u = low + (high - low) * node
            out.append((u, weight * (high - low), f(u)))
    return out


# bg, mbg, mbg/cnbd-k -------------------------------------------------------------

def survive(a, b, n):
    """E[(1-p)^n], p ~ beta(a, b)."""
    return mp.exp(mp.loggamma(b + n) - mp.loggamma(b) + mp.loggamma(a + b) - mp.loggamma(a + b + n))


class Bg:
    def __init__(self, kind, k, p, x, t_x, t):
        self.kind, self.k = kind, k
        self.r, self.alpha, self.a, self.b = map(mpf, p)
        self.x, self.t_x, self.t = int(x), mpf(t_x), mpf(t)
        self.y = self.x if kind == "bg" else self.x + 1
        self.R = self.r + k * self.x
        self.A = self.alpha + self.t
        self.B = self.b + self.y
        self.since = self.t - self.t_x
        # beyond, 2F1 takes minutes
        self.published_form = k == 1 and self.R < 5000 and self.B < 5000

    def moment(self, n, time):
        """E[lambda^n exp(-lambda time)]"""
        return mp.exp(mp.loggamma(self.r + n) - mp.loggamma(self.r) + self.r * mp.log(self.alpha)
                      - (self.r + n) * mp.log(self.alpha + time))

    def parts(self):
        """The data and alive in stage j; the data and dropped out."""
        kx = self.k * self.x
        kept = survive(self.a, self.b, self.y)
        stages = [kept * self.moment(kx + j, self.t) * self.since**j / mp.factorial(j)
                  for j in range(self.k)]
        gone = mpf(0)
        if self.y > 0:  # E[p (1-p)^(y-1)]
            gone = mp.beta(self.a + 1, self.b + self.y - 1) / mp.beta(self.a, self.b)
            gone *= self.moment(kx, self.t_x)
        return stages, gone

    def loglik(self):
        def f():
            stages, gone = self.parts()
            return mp.log(sum(stages) + gone) - self.x * mp.log(mp.factorial(self.k - 1))
        return stable(f, absolute=mpf("1e-30"))

    def alive(self):
        def f():
            stages, gone = self.parts()
            return sum(stages) / (sum(stages) + gone)
        return stable(f)

    def stages(self):
        def share(j):
            def f():
                stages, _ = self.parts()
                return stages[j] / sum(stages)
            return stable(f)
        return [share(j) if j == 0 or self.since > 0 else mpf(0) for j in range(self.k)]

    # purchases of somebody alive --------------------------------------------------

    def published(self, h):
        def f():
            a, R, b = self.a, self.R, self.B
            if a == 1 or a + b == 1:
                a += mpf(10) ** (-(mp.mp.dps // 3))
            c = a + b - 1
            z = h / (self.A + h)
            return c / (a - 1) * (1 - (self.A / (self.A + h)) ** R
                                  * f21(R, b, c, z))
        return stable(f, tolerance=mpf("1e-21"))

    def terms(self, h):
        """How many events a sum has to look at."""
        z = float(h / (self.A + h))
        return (float(self.R) * z + 80 + 12 * (float(self.R) * z) ** 0.5) / (1 - z)

    def summed(self, h):
        """Sum over the number m of events to come."""
        total = mpf(0)
        z = dec(h / (self.A + h))
        for j, share in enumerate(self.stages()):
            if share == 0:
                continue
            R = dec(self.R) + j
            p = (1 - z) ** R
            m, n, mean, kept, sum_ = 0, 0, Decimal(0), Decimal(1), Decimal(0)
            a, b = dec(self.a), dec(self.B)
            small = Decimal("1e-32") * (1 - z)
            while True:
                while (n + 1) * self.k <= m + j:  # one more purchase, if the last n were survived
                    mean += kept
                    kept *= (b + n) / (a + b + n)
                    n += 1
                sum_ += p * mean
                if m > 0 and p * (n + 1) < small * sum_ and (R + m) * z < (m + 1):
                    break
                p *= (R + m) * z / (m + 1)
                m += 1
            total += share * undec(sum_)
        return total

    def by_roots(self, h):
        """Integral over p; purchases given p by k-th roots of unity."""
        shares = self.stages()
        with mp.workdps(130):
            z = h / (self.A + h)
            roots = [mp.expjpi(mpf(2 * m) / self.k) for m in range(self.k)]

            def given(p, q):
                rho = q ** (mpf(1) / self.k)
                total = [mpf(0)] * self.k
                for w in roots:
                    w = rho * w
                    base = (1 - z) / (1 - z * w)
                    g = base ** self.R * (1 - 1 / q) / (1 - 1 / w) / self.k
                    for j in range(self.k):
                        total[j] += g
                        g *= w * base
                return mp.re(sum(s * (1 - v) / p for s, v in zip(shares, total)))

            a, b = self.a, self.B
            step = min(mpf("0.125"), mpf("0.4") * mp.sqrt(1 / a + 1 / b))
            centre = mp.log(a / b)
            top = a * centre - (a + b) * mp.log1p(mp.exp(centre))
            mass = sum_ = mpf(0)
            for side in (-1, 1):
                n = 0 if side > 0 else 1
                while True:
                    v = centre + side * n * step
                    w = mp.exp(a * v - (a + b) * mp.log1p(mp.exp(v)) - top)
                    if w < mpf("1e-30"):
                        break
                    value = given(1 / (1 + mp.exp(-v)), 1 / (1 + mp.exp(v)))
                    limit = v < -75
                    if limit:  # constant from here on
                        w /= -mp.expm1(-a * step)
                    mass += w
                    sum_ += w * value
                    if limit:
                        break
                    n += 1
            return +(sum_ / mass)

    def expected_alive(self, h):
        h = mpf(h)
        if self.published_form:
            return self.published(h)
        if self.terms(h) * self.k < 3e6:
            return self.summed(h)
        return self.by_roots(h)

    def at_least_alive(self, h, n):
        z = mpf(h) / (self.A + mpf(h))
        total = mpf(0)
        for j, share in enumerate(self.stages()):
            if share > 0:
                total += share * negbin_tail(self.R + j, z, n * self.k - j)
        return survive(self.a, self.B, n - 1) * total

    def rate(self, stages):
        """Purchases per time at u of somebody alive."""
        if self.published_form:
            return lambda u: self.R / self.A * f21(self.R + 1, self.a, self.a + self.B, -u / self.A)
        a, b, R = dec(self.a), dec(self.B), dec(self.R)
        shares = [(j, dec(s)) for j, s in enumerate(stages) if s > 0]

        def f(u):
            # density of the e-th event, e = n k - j, in stage j
            u, A = dec(u), dec(self.A)
            z = u / (A + u)
            total = Decimal(0)
            for j, share in shares:
                e = 1
                density = (R + j) * (A / (A + u)) ** (R + j) / (A + u)
                n, kept, sum_ = 1, Decimal(1), Decimal(0)
                while True:
                    if e == n * self.k - j:
                        sum_ += kept * density
                        if density < Decimal("1e-30") * (1 - z) * sum_ and (R + j + e) * z < e:
                            break
                        kept *= (b + n - 1) / (a + b + n - 1)
                        n += 1
                    density *= (R + j + e) * z / e
                    e += 1
                total += share * sum_
            return undec(total)
        return f

    def over_time(self, h, delta, expected, endless):
        """Discounted purchases of somebody alive in h, and without end."""
        rate = self.rate(self.stages())
        with mp.workdps(36):
            return self.over_time_(rate, mpf(h), mpf(delta), expected, endless)

    def over_time_(self, rate, h, delta, expected, endless):
        for start, growth in ((1, 2), (mpf("0.5"), mpf("0.7")), (mpf("0.25"), mpf("0.3"))):
            first = panels(start * self.A / (self.R + 1), h, growth)
            nodes = gauss(rate, first)
            plain = mp.fsum(w * m for u, w, m in nodes)
            if abs(plain - expected) <= mpf("1e-20") * expected:
                break
        else:
            raise Wrong("time: %s, %s" % (mp.nstr(plain, 25), mp.nstr(expected, 25)))
        within = mp.fsum(w * m * mp.exp(-delta * u) for u, w, m in nodes)
        if not endless:
            return within, NAN
        # beyond: the same panels go on to where exp(-delta u) has vanished
        edges = [h]
        width = max(start * self.A / (self.R + 1), h * growth)
        while edges[-1] < 80 / delta:
            edges.append(edges[-1] + width)
            width = max(width, edges[-1] * growth)
        nodes = gauss(rate, edges)
        return within, within + mp.fsum(w * m * mp.exp(-delta * u) for u, w, m in nodes)

    def residual_alive(self, delta):
        """Double integral over ln lambda and logit p; a purchase given both is discounted as below."""
        k, s, a, b = self.k, self.since, self.a, self.B
        delta = mpf(delta)
        last = k if s > 0 else 1  # stages
        with mp.workdps(40):
            # relative to the norm of gamma(R, A) x sum of (lambda s)^j / j!
            norm = sum(mp.rf(self.R, j) / self.A**j * s**j / mp.factorial(j) for j in range(last))
            log_norm = self.R * mp.log(self.A) - mp.loggamma(self.R) - mp.log(norm)
            step = min(mpf("0.11"), mpf("0.35") / mp.sqrt(self.R + k))
            rates = []
            for side in (-1, 1):
                n, most = (0 if side > 0 else 1), mpf(0)
                while True:
                    v = mp.log((self.R + last - 1) / self.A) + side * n * step
                    rate = mp.exp(v)
                    phi = rate / (rate + delta)
                    density = step * mp.exp(self.R * v - self.A * rate + log_norm)
                    weight = density * sum((rate * s) ** j / mp.factorial(j) * phi ** (k - j) for j in range(last))
                    rates.append((n % 2, dec(weight), dec(phi**k), dec(-mp.expm1(k * mp.log(phi)))))
                    # beyond the weight alone may grow by 1 / (1 - phi^k), by some lambda / delta at most
                    value = weight * (1 + rate / delta)
                    most = max(most, value)
                    if n > 10 and value < mpf("1e-30") * most:
                        break
                    n += 1
            step = min(mpf("0.13"), mpf("0.4") * mp.sqrt(1 / a + 1 / b))
            centre = mp.log(a / b)
            log_norm = mp.log(step) - mp.log(mp.beta(a, b))
            end = float(mp.log(float(min(r[3] for r in rates)))) - 70
            risks = []
            for side in (-1, 1):
                n = 0 if side > 0 else 1
                while True:
                    v = centre + side * n * step
                    w = mp.exp(a * v - (a + b) * mp.log1p(mp.exp(v)) + log_norm)
                    limit = v < min(end, -70) or v > 70
                    if limit:  # constant from here on
                        w /= -mp.expm1(-(a if side < 0 else b) * step)
                    risks.append((dec(w), dec(1 / (1 + mp.exp(-v)))))
                    if limit or w < mpf("1e-34"):
                        break
                    n += 1
            near(undec(sum(w for w, _ in risks)), 1, mpf("1e-22"), "residual: mass")
        sums = [Decimal(0), Decimal(0)]
        getcontext().prec = 34
        for odd, weight, phi, rest in rates:  # 1 - (1 - p) phi^k
            sums[odd] += weight * sum(w / (rest + p * phi) for w, p in risks)
        getcontext().prec = 60
        near(undec(sums[0]), undec(sums[1]), mpf("1e-9"), "residual")  # half the nodes, half the digits
        return undec(sums[0] + sums[1])


def negbin_tail(R, z, least):
    """P(N >= least), N the events of a gamma(R, A) rate in h, z = h / (A + h)."""
    R, z = dec(R), dec(z)
    p = (1 - z) ** R
    head = Decimal(0)
    for m in range(least):
        head += p
        p *= (R + m) * z / (m + 1)
    if 1 - head > Decimal("1e-25"):
        return undec(1 - head)
    tail, m = Decimal(0), least
    while p > Decimal("1e-35") * (1 - z) * tail or (R + m) * z > m + 1:
        tail += p
        p *= (R + m) * z / (m + 1)
        m += 1
    return undec(tail)


def bg_line(kind, case, heavy):
    k, p, x, t_x, t, h, delta, n = case
    c = Bg(kind, k, p, x, t_x, t)
    alive = c.alive()
    out = {"loglik": c.loglik(), "alive": alive, "at_least": alive * c.at_least_alive(h, n)}
    expected = NAN
    if heavy or k == 1 or c.terms(mpf(h)) * k < 1e5:
        expected = c.expected_alive(h)
    out["expected"] = alive * expected
    if not heavy:
        return out
    if 2 <= k <= 4 and x in (5, 40) and c.terms(mpf(h)) * k < 3e6:
        near(expected, c.by_roots(mpf(h)), mpf("1e-20"), "roots of unity")
    if delta == 0:
        out["discounted"] = alive * expected
    elif c.published_form:
        within, endless = c.over_time(h, delta, expected, True)
        out["discounted"] = alive * within
        out["residual"] = alive * endless
        if c.x % 5 == 0:
            near(endless, c.residual_alive(delta), mpf("1e-19"), "residual")
    else:
        if c.terms(mpf(h)) * k < 2e4:
            out["discounted"] = alive * c.over_time(h, delta, expected, False)[0]
        out["residual"] = alive * c.residual_alive(delta)
    return out


# pareto/nbd -----------------------------------------------------------------------

class Pareto:
    def __init__(self, p, x, t_x, t):
        self.r, self.alpha, self.s, self.beta = map(mpf, p)
        self.x, self.t_x, self.t = int(x), mpf(t_x), mpf(t)
        self.R = self.r + self.x
        self.A = self.alpha + self.t
        self.B = self.beta + self.t
        self.gone = self.gone_by_quadrature()

    def parts(self):
        r, alpha, s, beta, x = self.r, self.alpha, self.s, self.beta, self.x
        n = r + s + x
        if alpha >= beta:
            def a0(u):
                return f21(n, s + 1, n + 1, (alpha - beta) / (alpha + u)) / (alpha + u) ** n
        else:
            def a0(u):
                return f21(n, r + x, n + 1, (beta - alpha) / (beta + u)) / (beta + u) ** n
        alive = self.A ** -(r + x) * self.B**-s
        if self.t_x == self.t:
            gone = mpf(0)
        elif n > 5000:
            gone = alive * self.gone  # 2F1 takes minutes
        else:
            gone = s / n * (a0(self.t_x) - a0(self.t))
        return alive, gone

    def loglik(self):
        def f():
            alive, gone = self.parts()
            return (mp.log(alive + gone) + mp.loggamma(self.R) - mp.loggamma(self.r)
                    + self.r * mp.log(self.alpha) + self.s * mp.log(self.beta))
        return stable(f, absolute=mpf("1e-30"))

    def alive(self):
        def f():
            alive, gone = self.parts()
            return alive / (alive + gone)
        return stable(f)

    def gone_by_quadrature(self):
        """Integral over the lifetime, relative to the part that is alive."""
        def f(u):
            u += self.t_x
            return (self.s / (self.beta + u) * (self.B / (self.beta + u)) ** self.s
                    * (self.A / (self.alpha + u)) ** self.R)
        start = 1 / ((self.R + 1) / (self.alpha + self.t_x) + (self.s + 1) / (self.beta + self.t_x))
        value, finer = (mp.fsum(w * m for u, w, m in gauss(f, panels(start * growth, self.t - self.t_x, growth)))
                        for growth in (mpf("0.8"), mpf("0.5")))
        near(value, finer, mpf("1e-21"), "pareto gone")
        return finer

    def expected_alive(self, h):
        h = mpf(h)

        def f():
            e = self.s - 1
            if e == 0:
                e = mpf(10) ** (-(mp.mp.dps // 3))
            return self.R / self.A * self.B / e * (1 - (self.B / (self.B + h)) ** e)
        return stable(f)

    def start(self):
        return 1 / ((self.R + 1) / self.A + (self.s + 1) / self.B)

    def at_least_alive(self, h, n):
        """Integral over the moment of the n-th purchase."""
        def f(u):
            return (mp.exp(norm + (n - 1) * mp.log(u) - (n + self.R) * mp.log(self.A + u))
                    * (self.B / (self.B + u)) ** self.s)
        norm = mp.loggamma(n + self.R) - mp.loggamma(n) - mp.loggamma(self.R) + self.R * mp.log(self.A)
        last = None
        for growth in (2, 1, mpf("0.5"), mpf("0.25"), mpf("0.125")):
            value = mp.fsum(w * m for u, w, m in gauss(f, panels(self.start() * growth, mpf(h), growth)))
            if last is not None and abs(value - last) <= mpf("1e-21") * value:
                return value
            last = value
        raise Wrong("at_least")

    def discounted_alive(self, h, delta):
        """Integral over time, and by incomplete gamma functions; h None: without end."""
        delta = mpf(delta)
        end = mpf(h) if h is not None else 80 / delta
        nodes = gauss(lambda u: (self.B / (self.B + u)) ** self.s, panels(self.start(), end, 1))
        value = self.R / self.A * mp.fsum(w * m * mp.exp(-delta * u) for u, w, m in nodes)

        def f():
            e = mp.exp(delta * self.B)
            v = mp.expint(self.s, delta * self.B)
            if h is not None:
                v -= (1 + end / self.B) ** (1 - self.s) * mp.expint(self.s, delta * (self.B + end))
            return self.R / self.A * self.B * e * v
        near(value, stable(f), mpf("1e-20"), "pareto discounted")
        return value


def pareto_line(kind, case, heavy):
    k, p, x, t_x, t, h, delta, n = case
    c = Pareto(p, x, t_x, t)
    alive = c.alive()
    near(alive, 1 / (1 + c.gone), mpf("1e-20"), "pareto alive")
    out = {"loglik": c.loglik(), "alive": alive, "expected": alive * c.expected_alive(h)}
    if heavy or n == 1:
        out["at_least"] = alive * c.at_least_alive(h, n)
    if delta == 0:
        out["discounted"] = out["expected"]
    else:
        out["discounted"] = alive * c.discounted_alive(h, delta)
        out["residual"] = alive * c.discounted_alive(None, delta)
    return out


# bg/bb ------------------------------------------------------------------------------

def bgbb_line(kind, case, heavy):
    _, p, x, t_x, t, h, delta, n = case
    a, b, c, d = map(mpf, p)
    x, t_x, t, h = int(x), int(t_x), int(t), int(h)

    def buys(hits, misses):  # E[p^hits (1-p)^misses]
        return mp.beta(a + hits, b + misses) / mp.beta(a, b)

    def dies(deaths, lives):
        return mp.beta(c + deaths, d + lives) / mp.beta(c, d)

    likelihood = buys(x, t - x) * dies(0, t)
    buy, die = buys(x, t_x - x), dies(1, t_x)
    for i in range(t - t_x):  # dead at occasion t_x + i + 1
        likelihood += buy * die
        buy *= (b + t_x - x + i) / (a + b + t_x + i)
        die *= (d + t_x + i) / (c + 1 + d + t_x + i)
    out = {"loglik": mp.log(likelihood) if t > 0 else mpf(0)}
    base = buys(x, t - x) / likelihood
    out["alive"] = base * dies(0, t + 1)
    # at occasion t + i with chance live
    live = dies(0, t + 1)
    sum_ = discounted = at_least = mpf(0)
    nth = buys(x + n, t - x) / buys(x, t - x)  # the n-th purchase at occasion i, i = n
    for i in range(1, h + 1):
        sum_ += live
        discounted += live * mp.exp(-mpf(delta) * i)
        if i >= n:
            at_least += live * nth
            nth *= mpf(i) / (i - n + 1) * (b + t - x + i - n) / (a + b + t + i)
        live *= (d + t + i) / (c + d + t + i)
    buy = buys(x + 1, t - x) / likelihood
    out["expected"] = buy * sum_
    out["discounted"] = buy * discounted
    out["at_least"] = base * at_least
    if delta > 0:
        v = mp.exp(-mpf(delta))
        out["residual"] = buy * dies(0, t + 1) * v * stable(
            lambda: survival_sum(c, d + t + 1, mp.exp(-mpf(delta))))
    return out


# sbg --------------------------------------------------------------------------------

def sbg_line(kind, case, heavy):
    _, p, x, _, t, h, delta, n = case
    a, b = mpf(p[0]), mpf(p[1])
    x, t, h = int(x), int(t), int(h)
    if x < t:
        zero = mpf(0)
        out = dict.fromkeys(("alive", "expected", "at_least", "discounted"), zero)
        out["loglik"] = mp.log(mp.beta(a + 1, b + x) / mp.beta(a, b))
        if delta > 0:
            out["residual"] = zero
        return out

    def kept(i):
        return mp.beta(a, b + t + i) / mp.beta(a, b + t)

    out = {"loglik": mp.log(mp.beta(a, b + t) / mp.beta(a, b)) if t > 0 else mpf(0), "alive": mpf(1)}
    s = [kept(i) for i in range(1, h + 1)]
    out["expected"] = mp.fsum(s)
    out["at_least"] = kept(n) if n <= h else mpf(0)
    out["discounted"] = mp.fsum(v * mp.exp(-mpf(delta) * (i + 1)) for i, v in enumerate(s))
    if delta > 0:
        v = mp.exp(-mpf(delta))
        out["residual"] = v * (b + t) / (a + b + t) * stable(
            lambda: survival_sum(a, b + t + 1, mp.exp(-mpf(delta))))
    return out


# gamma-gamma -----------------------------------------------------------------------

def spend_line(case):
    p, q, v, x, m = map(mpf, case)
    out = {"loglik": NAN, "mean": (v * p + p * x * m) / (p * x + q - 1)}
    if x > 0:
        out["loglik"] = stable(lambda: mp.loggamma(p * x + q) - mp.loggamma(p * x) - mp.loggamma(q)
                               + q * mp.log(v / (v + x * m)) + p * x * mp.log(x * m / (v + x * m)) - mp.log(m),
                               absolute=mpf("1e-30"))
    return out


# Second routes: sums over a grid, in double precision -----------------------------------

def gamma_grid(shape, rate, events):
    """Nodes and weights of gamma(shape, rate): trapezoidal rule on the logarithm."""
    step = min(0.2, 0.5 / (shape + events) ** 0.5)
    v = np.arange(-45 / shape - 5, 8 + abs(np.log(shape)), step) + np.log(shape)
    v = v[np.exp(v) < shape + events + 60 + 12 * (shape + events) ** 0.5]
    w = np.exp(shape * v - np.exp(v) - special.gammaln(shape)) * step
    return np.exp(v) / rate, w


def beta_grid(a, b, trials):
    """Nodes, their complements and weights of beta(a, b)."""
    step = min(0.2, 0.5 / (a + b + trials) ** 0.5)
    v = np.arange(np.log(a / b) - 45 / a - 5, np.log(a / b) + 45 / b + 5, step)
    p, q = special.expit(v), special.expit(-v)
    return p, q, np.exp(a * np.log(p) + b * np.log(q) - special.betaln(a, b)) * step


def grid_bg(kind, case):
    k, p, x, t_x, t, h, delta, n = case
    r, alpha, a, b = p
    rate, wr = gamma_grid(r, alpha, k * (x + n) + 4 * (r + k * x) * h / (alpha + t))
    out, keep, wp = beta_grid(a, b, x + n)
    rate, wr = rate[:, None], wr[:, None]
    out, keep, w = out[None, :], keep[None, :], wr * wp[None, :]
    y = x if kind == "bg" else x + 1
    f = rate ** (k * x) / float(special.gamma(k)) ** x
    stage = [f * keep**y * np.exp(-rate * t) * (rate * (t - t_x)) ** j / special.gamma(j + 1) for j in range(k)]
    gone = f * out * keep ** (y - 1) * np.exp(-rate * t_x) if y > 0 else 0 * f * out
    alive = sum(stage)
    total = (w * (alive + gone)).sum()
    expected = at_least = discounted = residual = 0.0
    for j in range(k):
        ws = w * stage[j] / total
        phi = rate / (rate + delta)
        at_least += (ws * keep ** (n - 1) * special.gammainc(n * k - j, rate * h)).sum()
        for m in range(1, 4000):  # the m-th purchase
            e = m * k - j
            d = (ws * keep ** (m - 1) * special.gammainc(e, rate * h)).sum()
            expected += d
            discounted += (ws * keep ** (m - 1) * phi**e * special.gammainc(e, (rate + delta) * h)).sum()
            if d < 1e-16 * expected:
                break
        if delta > 0:
            residual += (ws * phi ** (k - j) / (-np.expm1(np.log(keep) + k * np.log(phi)))).sum()
    return {"loglik": np.log(total), "alive": (w * alive).sum() / total, "expected": expected,
            "at_least": at_least, "discounted": discounted, "residual": residual}


def grid_pareto(kind, case):
    _, p, x, t_x, t, h, delta, n = case
    r, alpha, s, beta = p
    rate, wr = gamma_grid(r, alpha, x + n)
    mu, wm = gamma_grid(s, beta, 1)
    rate, mu = rate[:, None], mu[None, :]
    w = wr[:, None] * wm[None, :]
    both = rate + mu
    alive = rate**x * np.exp(-both * t)
    gone = rate**x * mu / both * np.exp(-both * t_x) * -np.expm1(-both * (t - t_x))
    total = (w * (alive + gone)).sum()
    ws = w * alive / total
    # the n-th purchase before death and horizon
    at_least = (ws * (rate / both) ** n * special.gammainc(n, both * h)).sum()
    return {"loglik": np.log(total), "alive": ws.sum(), "expected": (ws * rate * -np.expm1(-mu * h) / mu).sum(),
            "at_least": at_least, "discounted": (ws * rate * -np.expm1(-(mu + delta) * h) / (mu + delta)).sum(),
            "residual": (ws * rate / (mu + delta)).sum() if delta > 0 else 0}


def grid_bgbb(kind, case):
    _, p, x, t_x, t, h, delta, n = case
    x, t_x, t, h = int(x), int(t_x), int(t), int(h)
    hit, miss, wp = beta_grid(p[0], p[1], t + h)
    die, live, wd = beta_grid(p[2], p[3], t + h)
    hit, miss, die, live = hit[:, None], miss[:, None], die[None, :], live[None, :]
    w = wp[:, None] * wd[None, :]
    alive = hit**x * miss ** (t - x) * live**t
    gone = sum(hit**x * miss ** (t_x - x + i) * die * live ** (t_x + i) for i in range(t - t_x)) + 0 * alive
    total = (w * (alive + gone)).sum()
    ws = w * alive / total
    at = [(ws * hit * live**i).sum() for i in range(1, h + 1)]
    # by the number of further occasions lived through
    at_least = 0.0
    for lived in range(n, h + 1):
        tail = stats.binom.sf(n - 1, lived, hit)
        at_least += (ws * tail * live**lived * (die if lived < h else 1)).sum()
    v = np.exp(-delta)
    return {"loglik": np.log(total), "alive": (ws * live).sum(), "expected": sum(at), "at_least": at_least,
            "discounted": sum(m * v ** (i + 1) for i, m in enumerate(at)),
            "residual": (ws * hit * live * v / (1 - v * live)).sum() if delta > 0 else 0}


def grid_sbg(kind, case):
    _, p, x, _, t, h, delta, n = case
    lose, keep, w = beta_grid(p[0], p[1], t + h)
    if x < t:
        return {"loglik": np.log((w * lose * keep**x).sum())}
    ws = w * keep**t
    total = ws.sum()
    ws = ws / total
    v = np.exp(-delta)
    at = [(ws * keep**i).sum() for i in range(1, int(h) + 1)]
    return {"loglik": np.log(total), "alive": 1, "expected": sum(at), "at_least": (ws * keep**n).sum() if n <= h else 0,
            "discounted": sum(m * v ** (i + 1) for i, m in enumerate(at)),
            "residual": (ws * keep * v / (1 - v * keep)).sum() if delta > 0 else 0}


def grid_spend(case):
    p, q, v, x, m = case
    nu, w = gamma_grid(q, v, p * x)  # a purchase is gamma(p, nu), their mean gamma(p x, nu x)
    f = w * np.exp(p * x * np.log(nu * x) + (p * x - 1) * np.log(m) - nu * x * m - special.gammaln(p * x)) if x else w
    return {"loglik": np.log(f.sum()) if x else None, "mean": (f * p / nu).sum() / f.sum()}


def check_grid(name, got, want, case):
    for key, value in want.items():
        if value is not None and key in got and not mp.isnan(got[key]):
            near(got[key], float(value), 1e-10, "%s %s %s" % (name, key, case), 1e-12 if key == "loglik" else 1e-300)


# Cases --------------------------------------------------------------------------------

def short(v):
    return float("%.6g" % v)


def log_uniform(rng, low, high):
    return short(low * (high / low) ** rng.random())


def random_delta(rng):
    return 0.0 if rng.random() < 0.1 else log_uniform(rng, 1e-5, 1e-2)


def random_n(rng):
    return 1 if rng.random() < 0.5 else int(log_uniform(rng, 2, 30))


def continuous_case(rng, kind, k):
    usual = rng.random() < 0.5
    if kind == "pareto":
        p = (log_uniform(rng, 0.01, 100), log_uniform(rng, 0.01, 1000),
             log_uniform(rng, 0.01, 100), log_uniform(rng, 0.01, 1000))
    else:
        p = (log_uniform(rng, 0.01, 100), log_uniform(rng, 0.01, 1000),
             log_uniform(rng, 0.01, 100), log_uniform(rng, 0.01, 100))
    if usual:
        p = (log_uniform(rng, 0.2, 5), log_uniform(rng, 1, 100), log_uniform(rng, 0.2, 3), log_uniform(rng, 0.5, 20))
    t = log_uniform(rng, 0.1, 1000)
    if rng.random() < 0.5:
        t = float(int(t) + 1)
    x = 0 if rng.random() < 0.25 else int(log_uniform(rng, 1, 20 if usual else 400))
    t_x = 0.0
    if x > 0:
        t_x = min(t, short(t * rng.random()))
    if x > 0 and rng.random() < 0.1:
        t_x = t
    h = log_uniform(rng, 0.1, 4000 if k > 1 else 10000)
    if k == 1 and rng.random() < 0.08:  # far beyond the time observed
        h = short((p[1] + t) * log_uniform(rng, 100, 1e5))
        h = min(h, 1e4)
    return k, p, x, t_x, t, h, random_delta(rng), random_n(rng)


def continuous_edges(kind, k):
    one, two = 1 + 1e-9, 1 - 1e-9
    if kind == "pareto":
        params = [(0.8, 30.0, 1.0, 40.0), (0.8, 30.0, one, 40.0), (0.8, 30.0, two, 40.0), (2.0, 30.0, 1.0, 30.0),
                  (0.55, 10.5, 0.6, 10.5), (0.55, 10.5, 0.6, 10.5 + 1e-9), (0.5, 4.0, 2.0, 4.0), (0.55, 10.58, 0.61, 11.67),
                  (0.01, 0.01, 0.01, 0.01), (100.0, 1000.0, 100.0, 1000.0), (0.01, 1000.0, 100.0, 0.01),
                  (100.0, 0.01, 0.01, 1000.0), (0.5, 1000.0, 0.5, 0.01), (0.5, 0.01, 0.5, 1000.0), (1.0, 10.0, 3.0, 20.0),
                  (1e5, 1e5, 0.6, 50.0), (0.5, 20.0, 1e5, 1e5), (3.0, 5.0, 64.0, 7721.0)]
    else:
        params = [(0.8, 30.0, 1.0, 2.0), (0.8, 30.0, one, 2.0), (0.8, 30.0, two, 2.0), (2.0, 30.0, 1.0, 1.0),
                  (0.5, 4.0, 0.25, 0.75), (0.5, 4.0, 0.5, 0.5), (2.0, 4.0, 0.875, 0.125), (1.0, 10.0, 2.0, 1.0),
                  (0.01, 0.01, 0.01, 0.01), (100.0, 1000.0, 100.0, 100.0), (0.01, 1000.0, 100.0, 0.01),
                  (100.0, 0.01, 0.01, 100.0), (0.5, 20.0, 0.8, 1e6), (1e5, 1e5, 0.8, 2.0), (0.24, 4.4, 0.79, 2.43),
                  (0.3, 1000.0, 0.01, 100.0), (5.0, 0.01, 30.0, 0.5), (1e5, 1e5, 1.0, 1e6)]
    customers = [(0, 0.0, 0.0), (0, 0.0, 100.0), (1, 0.0, 50.0), (3, 50.0, 50.0), (5, 0.0, 0.0), (2, 20.5, 90.0),
                 (40, 300.0, 365.0), (20000, 3600.0, 3650.0)]
    horizons = [0.1, 30.0, 365.0, 4000.0 if k > 1 else 1e4]
    deltas = [1e-5, 0.0, 1e-3, 0.01, 1e-4]
    count = 0
    far = params[:9]
    if kind == "cnbd":  # a part of them for each k
        params = params[k % 3::3] if k not in (2, 3) else params
        customers = customers[:7] if k not in (2, 3, 12) else customers
        far = params[:2]
    for i, p in enumerate(params):
        for j, c in enumerate(customers):
            h = horizons[(i + j) % 4]
            if k > 1 and (c[0] > 1000 or p[0] > 1000):
                h = min(h, 365.0)
            ratio = h / (p[1] + c[2])
            if k == 1 or ratio < 9e4 and ratio * (p[0] + k * c[0] + k) < 9e6:  # src/clv gives NaN beyond
                yield (k, p) + c + (h, deltas[count % 5], (1, 2, 5)[count % 3])
            count += 1
    # z = h / (alpha + t + h) up to 0.99999
    for p in far:
        for x, t_x, t in ((0, 0.0, 0.0), (1, 0.0, 0.01), (12, 0.05, 0.08)):
            p = (p[0], 0.01) + p[2:]
            for ratio in ((1e5,) if kind != "cnbd" else (1e3,)):
                yield (k, p, x, t_x, t, short((0.01 + t) * ratio), deltas[count % 5], 1 + count % 2)
                count += 1
    if kind == "bg":  # the worked customers
        yield (1, (0.243, 4.414, 0.793, 2.426), 2, 30.43, 38.86, 39.0, 0.0, 1)
    if kind == "pareto":
        for t_x in (0.0, 20.0, 40.0, 60.0, 77.86):
            yield (1, (0.5629966, 12.559037, 0.4081095, 10.5148048), 7, t_x, 77.86, 39.0, 0.0027, 2)


def discrete_case(rng, kind):
    low, high = (0.2, 5) if rng.random() < 0.5 else (0.01, 100)
    p = tuple(log_uniform(rng, low, high) for _ in range(4))
    if kind == "sbg":
        p = p[:2] + (1.0, 1.0)
    t = int(log_uniform(rng, 1, 60)) if rng.random() < 0.9 else int(log_uniform(rng, 60, 1000))
    if kind == "sbg":
        x = t if rng.random() < 0.7 else rng.randrange(t)
        t_x = x
    else:
        t_x = rng.randrange(t + 1)
        x = rng.randint(1, t_x) if t_x > 0 else 0
    h = int(log_uniform(rng, 1, 60)) if rng.random() < 0.85 else int(log_uniform(rng, 60, 1000))
    return 1, p, float(x), float(t_x), float(t), float(h), random_delta(rng), min(h + 1, random_n(rng))


def discrete_edges(kind):
    one, two = 1 + 1e-9, 1 - 1e-9
    pairs = [(1.0, 1.0), (one, 2.0), (two, 2.0), (0.5, 0.5), (0.25, 0.75), (0.01, 0.01), (100.0, 100.0), (0.01, 100.0),
             (100.0, 0.01), (0.8, 1e6), (1e5, 1e5), (0.7, 1.2)]
    if kind == "bgbb":
        params = [(a, b, c, d) for (a, b), (c, d) in zip(pairs, pairs[1:] + pairs[:1])]
        params += [(1.2035, 0.7497, 0.6567, 2.7836), (0.7, 1.2, 0.8, 1e6), (0.7, 1.2, 1.0, 1.0)]
        customers = [(0, 0, 0), (0, 0, 6), (2, 4, 6), (6, 6, 6), (1, 1, 6), (0, 0, 1000), (1000, 1000, 1000), (1, 1, 1000),
                     (5, 999, 1000)]
    else:
        params = [p + (1.0, 1.0) for p in pairs]
        customers = [(0, 0, 0), (0, 0, 1), (1, 1, 1), (4, 4, 5), (5, 5, 5), (999, 999, 1000), (1000, 1000, 1000)]
    count = 0
    for i, p in enumerate(params):
        for j, c in enumerate(customers):
            h = (1, 5, 12, 1000)[(i + j) % 4]
            yield (1, p) + tuple(map(float, c)) + (float(h), (0.0, 1e-5, 0.001, 0.01, 0.1)[count % 5],
                                                   (1, 2, 5)[count % 3])
            count += 1
    yield (1, (1.2035, 0.7497, 0.6567, 2.7836), 2.0, 4.0, 6.0, 5.0, 0.1, 7)


def spend_cases(rng):
    for p in (0.01, 1.0, 6.25, 100.0, 1e5):
        for q in (1 + 1e-9, 1.5, 3.74, 100.0, 1e5):
            for v in (0.01, 15.44, 1e6):
                for x, m in ((0, 0.0), (1, 0.01), (1, 35.0), (7, 123.45), (20000, 1e6)):
                    yield p, q, v, float(x), m
    for _ in range(700):
        x = 0.0 if rng.random() < 0.1 else float(int(log_uniform(rng, 1, 20000)))
        p, q, v = log_uniform(rng, 0.05, 100), short(1 + log_uniform(rng, 0.001, 100)), log_uniform(rng, 0.01, 1e5)
        m = short(v * p / (q - 1) * log_uniform(rng, 0.01, 100)) if x else 0.0
        yield p, q, v, x, m


# Tables -------------------------------------------------------------------------------

RESULTS = ("loglik", "alive", "expected", "at_least", "discounted", "residual")


def number(v):
    text = repr(v)
    return text[:-2] if text.endswith(".0") else text


def result(v):
    if v is None or mp.isnan(v):
        return "nan"
    return mp.nstr(v, 20) if abs(v) > mpf("1e-5000") else "0.0"


class Table:
    def __init__(self, name, columns, results):
        self.name, self.columns, self.results = name, columns, results
        self.lines, self.left_out, self.seen = [], [], dict.fromkeys(results, 0)
        self.began = time.process_time()
        self.checked = self.random = self.edges = 0

    def add(self, inputs, out):
        for key in self.results:
            value = out.get(key)
            self.seen[key] += value is not None and not mp.isnan(value)
        self.lines.append(" ".join([number(v) for v in inputs] + [result(out.get(key)) for key in self.results]))

    def write(self):
        with open(os.path.join(HERE, "clv_%s.txt" % self.name), "w") as f:
            f.write("# Made by test/core/ref/clv.py: %d edge cases, then %d random ones; see there.\n"
                    % (self.edges, self.random))
            f.write("# computed: %s\n" % ", ".join("%s %d" % kv for kv in self.seen.items()))
            f.write("# %s | %s\n" % (" ".join(self.columns), " ".join(self.results)))
            f.write("\n".join(self.lines) + "\n")
        print("%s: %d edge + %d random cases, %d by a second route, %d left out, computed %s, %.0f s"
              % (self.name, self.edges, self.random, self.checked, len(self.left_out), self.seen,
                 time.process_time() - self.began), flush=True)
        for text in self.left_out:
            print("   left out:", text)


def make(kind, line, edges, randoms, heavy, grid, usual):
    """heavy: how many of the random cases have the expensive quantities too."""
    table = Table(kind, "k p1 p2 p3 p4 x t_x t horizon delta n".split(), RESULTS)
    cases = [(c, True) for c in edges] + [(c, i < heavy) for i, c in enumerate(randoms)]
    table.edges, table.random = len(edges), len(randoms)
    for case, all_of_it in cases:
        began = time.process_time()
        try:
            out = line(kind, case, all_of_it)
        except (Wrong, ValueError, mp.libmp.NoConvergence) as e:
            table.left_out.append("%s: %s" % (case, e))
            continue
        if time.process_time() - began > 8:
            print("   %.0f s: %s" % (time.process_time() - began, case), flush=True)
        if all_of_it and usual(case) and table.checked < 40:
            check_grid(kind, out, grid(kind, case), case)
            table.checked += 1
        table.add((case[0],) + case[1] + case[2:], out)
    table.write()


def usual_continuous(case):
    k, p, x, t_x, t, h, delta, n = case
    ahead = h / (p[1] + t)
    return (min(p) > 0.25 and max(p) < 200 and x < 25 and k * x < 60 and n < 10
            and ahead < 20 and ahead * (p[0] + k * x) < 60)


def usual_discrete(case):
    k, p, x, t_x, t, h, delta, n = case
    return min(p) > 0.25 and max(p) < 50 and t < 100 and h < 100


def main(kinds):
    for kind in kinds:
        rng = random.Random("receivables clv " + kind)
        if kind in ("bg", "mbg"):
            randoms = [continuous_case(rng, kind, 1) for _ in range(700)]
            make(kind, bg_line, list(continuous_edges(kind, 1)), randoms, 250, grid_bg, usual_continuous)
        elif kind == "cnbd":
            edges = [c for k in range(1, 13) for c in continuous_edges(kind, k)]
            randoms = [continuous_case(rng, kind, 1 + i % 12) for i in range(480)]
            make(kind, bg_line, edges, randoms, 180, grid_bg, usual_continuous)
        elif kind == "pareto":
            randoms = [continuous_case(rng, kind, 1) for _ in range(700)]
            make(kind, pareto_line, list(continuous_edges(kind, 1)), randoms, 250, grid_pareto, usual_continuous)
        elif kind == "bgbb":
            randoms = [discrete_case(rng, kind) for _ in range(700)]
            make(kind, bgbb_line, list(discrete_edges(kind)), randoms, 700, grid_bgbb, usual_discrete)
        elif kind == "sbg":
            randoms = [discrete_case(rng, kind) for _ in range(700)]
            make(kind, sbg_line, list(discrete_edges(kind)), randoms, 700, grid_sbg, usual_discrete)
        elif kind == "spend":
            table = Table(kind, "p q v x mean".split(), ("loglik", "mean"))
            cases = list(spend_cases(rng))
            table.edges, table.random = len(cases) - 700, 700
            for case in cases:
                out = spend_line(case)
                if case[0] > 0.25 and case[1] > 2.5 and max(case[:2]) < 60 and case[3] < 50 and table.checked < 40:
                    check_grid(kind, out, grid_spend(case), case)
                    table.checked += 1
                table.add(case, out)
            table.write()


if __name__ == "__main__":
    main(sys.argv[1:] or ("bg", "mbg", "cnbd", "pareto", "bgbb", "sbg", "spend"))

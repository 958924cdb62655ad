#!/usr/bin/python3
"""Reference table for test/core/stability.c: stability.txt beside this file.

    /usr/bin/python3 test/core/ref/stability.py     (a few seconds)

Made with Python 3.11.2, mpmath 1.2.1, NumPy 1.24 and scikit-learn 1.2.1.  Random tables come from
random.Random of a fixed seed, so that the file comes out the same each time.

A line: numbers of segments before and after; counts by rows, row and column 0 being no segment;
then, after a bar, customers with both, those who stayed (same number before and after), adjusted
Rand index, population stability without and with half counts.  nan: no answer.

Adjusted Rand index from the published formula in fractions; for tables of up to 3,000 customers
it has to be what sklearn.metrics.adjusted_rand_score gives for the customers one by one.
Population stability by mpmath with 40 digits.
"""
import os
import random
from fractions import Fraction
from math import comb

import mpmath
from sklearn.metrics import adjusted_rand_score

mpmath.mp.dps = 40


def rand_index(rows):
    inner = [row[1:] for row in rows[1:]]
    n = sum(map(sum, inner))
    if n < 2:
        return mpmath.nan
    together = sum(comb(x, 2) for row in inner for x in row)
    before = sum(comb(sum(row), 2) for row in inner)
    after = sum(comb(sum(column), 2) for column in zip(*inner))
    by_chance = Fraction(before * after, comb(n, 2))
    most = Fraction(before + after, 2)
    index = Fraction(1) if most == by_chance else (together - by_chance) / (most - by_chance)
    if n <= 3000:
        a = [i for i, row in enumerate(inner) for x in row for _ in range(x)]
        b = [j for row in inner for j, x in enumerate(row) for _ in range(x)]
        assert abs(adjusted_rand_score(a, b) - float(index)) < 1e-12, rows
    return mpmath.mpf(index.numerator) / index.denominator


def stability(rows, add):
    before = [sum(row) for row in rows[1:]]
    after = [sum(column) for column in zip(*rows)][1:]
    bins = max(len(before), len(after))
    pairs = [(e, a) for e, a in zip(before + [0] * (bins - len(before)), after + [0] * (bins - len(after)))
             if e or a]
    if sum(before) == 0 or sum(after) == 0 or (add == 0 and any(e == 0 or a == 0 for e, a in pairs)):
        return mpmath.nan
    e_total = sum(mpmath.mpf(e) + add for e, _ in pairs)
    a_total = sum(mpmath.mpf(a) + add for _, a in pairs)
    shares = [((e + add) / e_total, (a + add) / a_total) for e, a in pairs]
    return mpmath.fsum((a - e) * mpmath.log(a / e) for e, a in shares)


def line(rows):
    inner = [row[1:] for row in rows[1:]]
    both = sum(map(sum, inner))
    stayed = sum(inner[i][i] for i in range(min(len(rows), len(rows[0])) - 1))
    half = mpmath.mpf(1) / 2
    figures = [rand_index(rows), stability(rows, mpmath.mpf(0)), stability(rows, half)]
    return "%d %d %s | %d %d %s" % (
        len(rows) - 1, len(rows[0]) - 1, " ".join(str(x) for row in rows for x in row), both, stayed,
        " ".join(mpmath.nstr(x, 20) for x in figures))


def tables():
    yield [[0, 0], [0, 1]]                              # one customer
    yield [[0, 0], [0, 2]]                              # all in one segment
    yield [[0, 0, 0], [0, 1, 0], [0, 0, 1]]             # each alone in one
    yield [[0, 0, 0], [0, 1, 1], [0, 1, 1]]             # below chance: -1/2
    yield [[0, 0, 0], [0, 50, 50], [0, 50, 50]]
    yield [[0, 0, 0], [0, 0, 70], [0, 30, 0]]           # same groups under other names
    yield [[0, 5], [7, 0]]                              # nobody on both sides
    yield [[0, 5]]                                      # all of them new
    yield [[0, 0, 0], [0, 10 ** 9, 10 ** 9 - 1], [0, 10 ** 9 - 1, 10 ** 9]]
    yield [[0, 0, 0], [0, 4 * 10 ** 15, 1], [0, 1, 4 * 10 ** 15]]
    yield [[0, 0, 0], [0, 10 ** 15, 1], [0, 0, 1]]
    yield [[0, 0, 0], [0, 10 ** 15, 2], [0, 1, 0]]
    yield [[0] * 6] + [[0] + [10 ** 9 + i * j for j in range(5)] for i in range(5)]
    rng = random.Random(20241231)
    for _ in range(400):
        most = rng.choice([3, 10, 100, 10 ** 6, 10 ** 9, 10 ** 12])
        n, m = rng.randint(1, 12), rng.randint(1, 12)
        sparse = rng.random()
        stay = rng.choice([0, 0, 10])

        def count(i, j):
            if i == 0 and j == 0 or rng.random() < sparse:
                return 0
            return rng.randint(0, most) * (stay if i == j and stay else 1)

        rows = [[count(i, j) for j in range(m + 1)] for i in range(n + 1)]
        if sum(map(sum, rows)) > 0:
            yield rows


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "stability.txt"), "w") as out:
    out.write("# Made by test/core/ref/stability.py; see there.\n")
    for rows in tables():
        out.write(line(rows) + "\n")

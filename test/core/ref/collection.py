"""Reference table of test/core/collection.c: plans by whole-number and 50-digit
arithmetic (mpmath), probabilities of payment as exact fractions, item by item.

    python3 test/core/ref/collection.py >test/core/ref/collection.txt
"""
import calendar
import datetime
import random
from fractions import Fraction

import mpmath

mpmath.mp.dps = 50
random.seed(20250131)
EPOCH = datetime.date(2000, 1, 1).toordinal()


def half_up(value):
    """A fraction that is not negative to the nearest whole number."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def months_later(day, months):
    date = datetime.date.fromordinal(day + EPOCH)
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(date.day, last)).toordinal() - EPOCH


def plan(amount, parts, first, months, days, method, remainder, rate):
    period = Fraction(rate, 10 ** 8) * (Fraction(months, 12) if months else Fraction(days, 365))
    rows = []
    balance = amount
    payment = None
    if method == 1:
        if rate == 0:
            payment = half_up(Fraction(amount, parts))
        else:
            i = mpmath.mpf(period.numerator) / period.denominator
            payment = int(mpmath.floor(amount * i / (1 - (1 + i) ** -parts) + mpmath.mpf(1) / 2))
    for k in range(parts):
        due = months_later(first, months * k) if months else first + days * k
        interest = half_up(balance * period)
        if k == parts - 1:
            principal = balance
        elif method == 1:
            principal = payment - interest
        else:
            principal = amount // parts + (1 if remainder and k < amount % parts else 0)
        if principal <= 0 or (k < parts - 1 and principal >= balance):
            return None
        balance -= principal
        rows.append((due, principal + interest, interest, balance))
    return rows


def plans():
    for n in range(260):
        amount = random.choice([5, 100, 99999, 100000, 1000000, 123456789, 10 ** 12, 4 * 10 ** 13])
        amount += random.choice([0, 0, 1, random.randrange(1000)])
        parts = random.choice([1, 2, 3, 4, 5, 6, 7, 10, 12, 24])
        months, days = random.choice([(1, 0), (1, 0), (3, 0), (12, 0), (0, 7), (0, 14), (0, 1), (0, 30)])
        first = datetime.date(random.randrange(1990, 2090), 1, 1).toordinal() - EPOCH
        first = random.choice([first + 30, first + 27, first + random.randrange(366)])
        method = random.randrange(2)
        rate = random.choice([0, 0, 1, 1000000, 4500000, 12000000, 19990000, 1000000000])
        asked = (amount, parts, first, months, days, method, random.randrange(2), rate)
        rows = plan(*asked)
        answer = "refused" if rows is None else "ok " + " ".join(str(x) for row in rows for x in row)
        print("plan", *asked, answer)


def share(items, late, within):
    """Kaplan and Meier, walking over every day and counting items anew."""
    left = [i for i in items if i[0] > late]
    if not left:
        return None
    still_open = Fraction(1)
    for day in range(late + 1, late + within + 1):
        at_risk = sum(1 for i in left if i[0] >= day)
        paid = sum(1 for i in left if i[0] == day and i[1])
        if paid:
            still_open *= 1 - Fraction(paid, at_risk)
    return 1 - still_open


def histories():
    for n in range(120):
        items = [(random.randrange(-10, 40), random.random() < 0.8) for _ in range(random.randrange(1, 30))]
        days = sorted({i[0] for i in items})
        counts = " ".join(f"{d} {sum(i == (d, True) for i in items)} {sum(i == (d, False) for i in items)}" for d in days)
        late = random.randrange(-15, 45)
        within = random.choice([0, 1, 5, 30, 100])
        p = share(items, late, within)
        answer = "none" if p is None else repr(float(p))
        print("paid", len(days), counts, late, within, sum(1 for i in items if i[0] > late), answer)


plans()
histories()

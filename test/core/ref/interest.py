#!/usr/bin/env python3
"""Makes interest.txt: interest counted one day after the other, in whole numbers
and fractions, with the dates of Python's datetime.

    python3 test/core/ref/interest.py >test/core/ref/interest.txt

Lines (days as in base/day.h, rates in 10^-6 percent, amounts in units of their scale):
    days CONVENTION FROM TO MAIN LEAP
    schedule TO COUNT (FROM RATE)...                  numbered from 0
    late SCHEDULE UNITS SCALE FROM TO RULE CONVENTION ROUNDING OUT_SCALE RESULT
    balance SCHEDULE SCALE TO RULE CONVENTION ROUNDING OUT_SCALE COUNT (DAY UNITS)... RESULT
RESULT is "ok UNITS" or "gap FROM TO".
"""
import random
from calendar import isleap
from datetime import date, timedelta
from fractions import Fraction

EPOCH = date(2000, 1, 1).toordinal()
OPEN = date(9999, 12, 31)
random.seed(20120711)


def number(day):
    return day.toordinal() - EPOCH


def days_30(a, b, european):
    """2006 ISDA Definitions, 4.16 (f) and (g)."""
    d1 = 30 if a.day == 31 else a.day
    d2 = b.day
    if d2 == 31 and (european or d1 == 30):
        d2 = 30
    return 360 * (b.year - a.year) + 30 * (b.month - a.month) + d2 - d1


def day_weight(convention, start, day):
    """What one day, after start, weighs: (parts by 365 or 360, parts by 366)."""
    if convention >= 3:
        before = day - timedelta(days=1)
        return days_30(start, day, convention == 4) - days_30(start, before, convention == 4), 0
    if convention == 2 and isleap(day.year):
        return 0, 1
    return 1, 0


def rounded(x):
    """Half away from zero."""
    n = (abs(x.numerator) * 2 + x.denominator) // (2 * x.denominator)
    return n if x >= 0 else -n


def rate_index(schedule, day):
    rates, to = schedule
    found = [i for i, (first, rate) in enumerate(rates) if first <= day]
    return found[-1] if found and day <= to else None


def interest(schedule, changes, scale, to, rule, convention, rounding, out_scale, below_zero):
    """Changes: (day, units).  Each day bears interest on the balance of the evening before."""
    by_day = {}
    for day, units in changes:
        by_day[day] = by_day.get(day, 0) + units
    basis = Fraction(1, 365) if convention in (0, 2) else Fraction(1, 360)
    total, stretch, key = Fraction(0), [0, 0], None
    balance, start = 0, None
    index, gap = None, []

    def close():
        value = (stretch[0] * basis + Fraction(stretch[1], 366)) * Fraction(10 ** out_scale, 10 ** scale * 10 ** 8)
        return rounded(value) if rounding == 1 else value

    day = min(by_day) if by_day else to
    serial = 0
    while day < to:
        delta = by_day.get(day, 0)
        if delta != 0:
            if balance <= 0 < balance + delta or start is None:
                start = day
            balance += delta
            serial += 1
        day += timedelta(days=1)
        if gap and ((balance <= 0 and not below_zero) or delta != 0):
            break
        if balance == 0 or (balance < 0 and not below_zero):
            continue
        if rule == 0:
            if gap or index is None or day > schedule[1] or (index + 1 < len(schedule[0]) and schedule[0][index + 1][0] <= day):
                index = rate_index(schedule, day)
        else:
            at = start if rule == 1 else to
            index = rate_index(schedule, at)
            if index is None:
                return f'gap {number(at)} {number(at)}'
        if index is None:
            gap = [gap[0] if gap else day, day]
            continue
        if gap:
            break
        now = (serial, index)
        if now != key:
            total += close()
            stretch, key = [0, 0], now
        main, leap = day_weight(convention, start, day)
        stretch[0] += balance * schedule[0][index][1] * main
        stretch[1] += balance * schedule[0][index][1] * leap
    if gap:
        return f'gap {number(gap[0])} {number(gap[1])}'
    total += close()
    return f'ok {rounded(total)}'


def random_day(low=1998, high=2028):
    """Often at an edge of a month or a year."""
    day = date(random.randint(low, high), random.randint(1, 12), random.randint(1, 28))
    kind = random.randint(0, 4)
    if kind == 0:
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=random.randint(0, 2))
    elif kind == 1:
        day = day.replace(month=random.choice((1, 3, 7)), day=1)
    elif kind == 2:
        day = day.replace(month=12, day=random.choice((30, 31)))
    return day


def random_schedule():
    count = random.choice((1, 2, 3, 7, 20))
    if count == 20:  # half-years, as laws have them
        firsts = [date(2008 + i // 2, 1 + i % 2 * 6, 1) for i in range(count)]
    else:
        firsts = sorted({random_day(1996, 2024) for _ in range(count)})
    low = random.choice((0, 0, -5000000, -1000000000))
    high = random.choice((20000000, 1000000000))
    step = random.choice((1, 10000, 250000))
    rates = [(first, random.randint(low // step, high // step) * step) for first in firsts]
    to = OPEN if random.random() < 0.6 else max(firsts[-1], random_day(2020, 2028))
    return rates, to


def random_units():
    return random.choice((random.randint(1, 10 ** 6), random.randint(1, 10 ** 9), random.randint(1, 10 ** 17)))


def show_days():
    for convention in range(5):
        pairs = [(random_day(), random_day()) for _ in range(120)]
        pairs += [(date(1, 1, 1), OPEN), (date(1899, 12, 31), date(1900, 12, 31)), (date(1999, 12, 31), date(2000, 12, 31)),
                  (date(2023, 12, 31), date(2024, 1, 1)), (date(2024, 12, 31), date(2025, 1, 1)), (date(2024, 2, 28), date(2024, 3, 1)),
                  (date(2023, 2, 28), date(2023, 3, 1)), (date(2024, 1, 31), date(2024, 3, 31)), (date(2024, 1, 30), date(2024, 3, 31)),
                  (date(2024, 1, 29), date(2024, 3, 31)), (date(2024, 5, 5), date(2024, 5, 5))]
        for a, b in pairs:
            a, b = min(a, b), max(a, b)
            days = [a + timedelta(days=i) for i in range(1, (b - a).days + 1)] if convention == 2 else []
            leap = sum(isleap(day.year) for day in days)
            main = days_30(a, b, convention == 4) if convention >= 3 else (b - a).days - leap
            print('days', convention, number(a), number(b), main, leap)


def main():
    show_days()
    schedules = [([(date(2000, 1, 1), 14500000), (date(2024, 7, 1), 14250000)], OPEN)]
    schedules += [random_schedule() for _ in range(60)]
    for rates, to in schedules:
        print('schedule', number(to), len(rates), *(f'{number(first)} {rate}' for first, rate in rates))

    late = [(0, 1200000, 2, date(2024, 5, 31), date(2024, 9, 30), 0, 0, r, 2) for r in (0, 1)]
    for _ in range(1500):
        a, b = random_day(), random_day()
        if random.random() < 0.9:
            a, b = min(a, b), max(a, b)
        if random.random() < 0.5:
            b = min(b, a + timedelta(days=random.randint(0, 400)))
        late.append((random.randrange(len(schedules)), random_units() * random.choice((1, 1, 1, -1)), random.choice((2, 2, 3, 6)), a, b,
                     random.choice((0, 0, 1, 2)), random.randint(0, 4), random.randint(0, 1), random.choice((0, 2, 2, 3, 6))))
    for schedule, units, scale, a, b, rule, convention, rounding, out_scale in late:
        print('late', schedule, units, scale, number(a), number(b), rule, convention, rounding, out_scale,
              interest(schedules[schedule], [(a, units)] if a < b else [], scale, b, rule, convention, rounding, out_scale, True))

    for _ in range(700):
        first = random_day()
        scale, to = random.choice((2, 2, 4)), first + timedelta(days=random.randint(0, 900))
        days = [first + timedelta(days=random.choice((0, 0, 3, 30, random.randint(0, 700)))) for _ in range(random.randint(0, 7))]
        changes = [(day, random.choice((1, 1, -1)) * random.choice((random_units(), 1000, 0))) for day in days]
        schedule, rule = random.randrange(len(schedules)), random.choice((0, 0, 1, 2))
        convention, rounding, out_scale = random.randint(0, 4), random.randint(0, 1), random.choice((0, 2, 2, 6))
        print('balance', schedule, scale, number(to), rule, convention, rounding, out_scale, len(changes),
              *(f'{number(day)} {units}' for day, units in changes),
              interest(schedules[schedule], changes, scale, to, rule, convention, rounding, out_scale, False))


main()

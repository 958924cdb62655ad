#!/usr/bin/python3
"""Reference tables of the calendar domain, beside this file: easter.txt, holidays.txt.

    PYTHONPATH=<checkout of python-holidays> /usr/bin/python3 test/core/ref/calendars.py

Made with Python 3.11.2; python-dateutil 2.8.2 (easter.txt); python-holidays 0.102 (commit c382fdec
of July 2026; holidays.txt, all but ES); workalendar 17.0.0 (ES, which python-holidays has from 2008
on, with the same days).  None of them shares code with src/calendar.

easter.txt: a line for each year 1583 to 2599, the day of Easter Sunday.

holidays.txt: a line for each calendar and year, then month and day of each holiday from Monday to
Friday.  Years that a source does not have are left out.  Ireland: the source does not move holidays
off weekends, so this is done here: to the next weekday that is no holiday, in order of the days.
"""
import datetime as dt
import os

import dateutil.easter
import holidays
import workalendar.europe

here = os.path.dirname(os.path.abspath(__file__))
years = range(1990, 2101)


def weekdays(days):
    return {d for d in days if d.weekday() < 5}


def moved(days):
    taken = weekdays(days)
    for day in sorted(days):
        if day.weekday() >= 5 and (day.month, day.day) in ((1, 1), (3, 17), (12, 25), (12, 26)):
            while day.weekday() >= 5 or day in taken:
                day += dt.timedelta(1)
            taken.add(day)
    return taken


def country(code, subdivision=None):
    return set(holidays.country_holidays(code, subdiv=subdivision, years=years))


table = {
    'TARGET': set(holidays.financial_holidays('XECB', years=years)),
    'FR': country('FR'),
    'FR-ALSACE': country('FR', '57'),
    'DE': country('DE'),
    'BE': country('BE'),
    'LU': country('LU'),
    'ES': {d for y in years for d, _ in workalendar.europe.Spain().holidays(y)},
    'IT': country('IT'),
    'NL': country('NL'),
    'IE': moved(country('IE')),
    'UK': country('GB', 'ENG'),
    'US': country('US'),
}

if __name__ == '__main__':
    with open(os.path.join(here, 'easter.txt'), 'w') as out:
        for year in range(1583, 2600):
            out.write(f'{dateutil.easter.easter(year)}\n')
    with open(os.path.join(here, 'holidays.txt'), 'w') as out:
        for name, days in table.items():
            for year in years:
                line = sorted(d for d in weekdays(days) if d.year == year)
                if line:
                    out.write(' '.join([name, str(year)] + [f'{d:%m%d}' for d in line]) + '\n')

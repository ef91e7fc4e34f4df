#!/usr/bin/env python3
"""Business time as docs/handoff-policy.md states it, written a second time, from that document alone.

Reads questions from standard input, one JSON object a line: a time zone, hours by weekday, holidays, a
start and an end in microseconds since 1970, and working time in seconds. Answers each with a line: the
moment that is due, and the seconds worked between start and end. Knows working time as the set of
minutes that are worked, for zones change by whole minutes.
"""

import json
import sys
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1)
MINUTE = 60_000_000
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
HORIZON_DAYS = 1_830


def wall(zone, minute):
    """What clocks show at a minute since 1970."""
    moment = datetime.fromtimestamp(minute * 60, timezone.utc)
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@lru_cache(maxsize=None)
def passing(zone, civil):
    """The minutes at which clocks can pass a civil time, with what they show then."""
    naive = (civil - EPOCH) // timedelta(minutes=1)
    # As far from UTC as a day before and a day after it.
    offsets = [(wall(zone, m) - EPOCH) // timedelta(minutes=1) - m for m in (naive - 1440, naive + 1440)]
    return [(m, wall(zone, m)) for m in range(naive - max(offsets) - 1, naive - min(offsets) + 1)]


def begin(zone, civil):
    """The first minute at which clocks show this time or, where they skip it, a later one."""
    return next(minute for minute, shown in passing(zone, civil) if shown >= civil)


def end(zone, civil):
    """The last minute at which clocks show this time or, where they skip it, the first after."""
    shown_at = [minute for minute, shown in passing(zone, civil) if shown == civil]
    return shown_at[-1] if shown_at else begin(zone, civil)


def minutes_of(case, day):
    """The minutes that are worked by the hours of a day."""
    found = set()
    if day.isoformat() not in case["holidays"]:
        midnight = datetime(day.year, day.month, day.day)
        for hours in case["hours"][WEEKDAYS[day.weekday()]]:
            civil = []
            for text in hours.split("-"):
                hour, minute = text.split(":")
                civil.append(midnight + timedelta(hours=int(hour), minutes=int(minute)))
            found.update(range(begin(case["zone"], civil[0]), end(case["zone"], civil[1])))
    return found


def worked_minutes(case, start):
    """All minutes that are worked, in order, from some time before the start."""
    first = wall(case["zone"], start // MINUTE).date() - timedelta(days=2)
    pending = set()
    for number in range(HORIZON_DAYS + 5):
        day = first + timedelta(days=number)
        pending |= minutes_of(case, day)
        # The hours of a later day begin no earlier than two days before its midnight in UTC.
        settled = (datetime(day.year, day.month, day.day) - EPOCH) // timedelta(minutes=1) - 1440
        yield from sorted(minute for minute in pending if minute < settled)
        pending = {minute for minute in pending if minute >= settled}


def due(case):
    start, left = case["start"], case["work"] * 1_000_000
    latest = start + HORIZON_DAYS * 1440 * MINUTE
    for minute in worked_minutes(case, start):
        here_from, here_until = max(minute * MINUTE, start), (minute + 1) * MINUTE
        if here_from > latest:
            return None
        if here_from >= here_until:
            continue
        if left <= here_until - here_from:
            return here_from + left if here_from + left <= latest else None
        left -= here_until - here_from
    return None


def worked(case):
    start, until, sum_of_all = case["start"], case["until"], 0
    for minute in worked_minutes(case, start):
        if minute * MINUTE >= until:
            break
        here = min((minute + 1) * MINUTE, until) - max(minute * MINUTE, start)
        sum_of_all += max(here, 0)
    return sum_of_all // 1_000_000


for line in sys.stdin:
    case = json.loads(line)
    print(json.dumps({"due": due(case), "worked": worked(case)}))

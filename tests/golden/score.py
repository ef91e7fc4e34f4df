#!/usr/bin/env python3
"""The scoring function of docs/scoring.md, written a second time, from that document alone.

    score.py CASES.json

CASES.json holds cases: a model, an account with its people and what they did, a moment, and what
the service says of it. Prints every difference; ends with 1 if there is any. Rules are written in
CEL, a language of its own; here each asks one attribute or field, so that its answer can be read off.
"""

import json
import math
import re
import sys

DAY = 86_400
KEPT_OF_A_DAY = 100
PHASES = ["awareness", "consideration", "decision"]


def rounded(x):
    return max(0, min(100, math.floor(x + 0.5)))


def curve(raw, half):
    return 100.0 * (1.0 - 2.0 ** (-max(raw, 0.0) / half))


def seconds(days):
    return int(days * DAY)


class Model:
    def __init__(self, file):
        given = file.get("engagement", {})
        self.half_points = given.get("half_points", 40.0)
        self.look_back = seconds(given.get("look_back_days", 1_095.0))
        self.engaged_floor = max(given.get("engaged_floor", 20), 1)
        groups = sorted(file.get("groups", {}), key=lambda name: name.encode())
        self.groups = [(name, file["groups"][name]["cap"]) for name in groups] + [(None, math.inf)]
        # By position: the signals, then the patterns.
        self.worths = [
            {
                "points": worth.get("points", 0.0),
                "half_life": worth.get("half_life_days", given.get("half_life_days", 30.0)) * DAY,
                "daily_cap": worth.get("daily_cap", given.get("daily_cap", 20)),
                "group": worth.get("group"),
                "ignore": worth.get("ignore", False),
                "hand_raiser": worth.get("hand_raiser", False),
                "phase": worth.get("phase"),
            }
            for worth in file.get("signals", []) + file.get("patterns", [])
        ]
        self.signals = [signal["name"] for signal in file.get("signals", [])]
        self.patterns = file.get("patterns", [])
        visits = file.get("visits", {})
        self.visits = {self.signals.index(name) for name in visits.get("of", [])}
        self.gap = int(visits.get("gap_minutes", 30.0) * 60)
        self.has_negative = any(worth["points"] < 0 for worth in self.worths)
        titles = file.get("titles", {})
        least = titles.get("least_confidence", 50)
        self.titles = [rule for rule in titles.get("rules", []) if rule["confidence"] >= least]
        self.lead_fit = file.get("lead_fit", [])
        fit = file.get("account_fit", {})
        self.account_rules = fit.get("rules", [])
        self.people_percent = fit.get("people_percent", 30)
        self.top_people = fit.get("top_people", 3)
        self.roles_percent = fit.get("roles_percent", 0)
        self.required_roles = fit.get("required_roles", [])
        self.exclusions = file.get("exclusions", [])
        self.lead_exclusions = file.get("lead_exclusions", [])
        self.segments = file.get("segments", [])
        self.rollup = file.get("rollup", {})
        self.bars = {part: file.get(part) for part in ("tiers", "priority_tiers", "mqa", "mql")}
        self.phase_window = seconds(file.get("phases", {}).get("days", 30.0))
        self.phase_activities = file.get("phases", {}).get("activities", 1)
        self.hold = seconds(file.get("hold_days", 14.0))
        letters = file.get("grades", {}).get("fit", {"a": 75, "b": 50, "c": 25})
        digits = file.get("grades", {}).get("engagement", {"high": 60, "medium": 25})
        self.letters = [(letters["a"], "A"), (letters["b"], "B"), (letters["c"], "C"), (0, "D")]
        self.digits = [(digits["high"], "1"), (digits["medium"], "2"), (0, "3")]
        self.hand_raiser_fit = letters["b"]


def answer(rule, number, attributes, seniority=None):
    """Of the rule `attributes.rN == "yes"` or of one that asks the seniority: True, False, or None
    for unknown."""
    if "seniority_is" in rule:
        return None if seniority is None else seniority == rule["seniority_is"]
    value = attributes.get(f"r{number}")
    return None if value is None else value == "yes"


def rule_fit(rules, attributes, seniority=None):
    answers = [answer(rule, n, attributes, seniority) for n, rule in enumerate(rules)]
    total = sum(rule["points"] for rule, yes in zip(rules, answers) if yes)
    known = sum(yes is not None for yes in answers)
    coverage = rounded(100.0 * known / len(answers)) if answers else 100
    return max(0, min(100, total)), coverage


def first_that_holds(rules, attributes):
    """The first of rules that ask the attribute `x` for the value `is`."""
    return next((rule for rule in rules if attributes.get("x") == rule["is"]), None)


def told_by_title(model, person, field):
    """What is known of a person's seniority or buying role."""
    if person.get(field):
        return person[field]
    title = person.get("title", "")
    for rule in model.titles:
        if title and rule.get(field) and re.search(rule["matches"], title, re.IGNORECASE):
            return rule[field]
    return None


def beginnings_of_visits(model, entries):
    """The seconds and indices of the entries that begin a visit."""
    began, last = [], None
    for index, (at, signal) in enumerate(entries):
        if signal in model.visits:
            if last is None or at - last > model.gap:
                began.append((at, index))
            last = at
    return began


def occurrences(model, entries):
    """Where patterns occur among the entries of a ledger: (second, position)."""
    found = []
    began = beginnings_of_visits(model, entries)
    for number, pattern in enumerate(model.patterns):
        position = len(model.signals) + number
        if "visits" in pattern:
            span = pattern["visits"]
            for visit, (at, _) in enumerate(began, start=1):
                if span.get("from", 1) <= visit <= span.get("to", math.inf):
                    found.append((at, position))
            continue
        parts = [
            ({model.signals.index(name) for name in part["of"]}, part.get("at_least", 1))
            for part in pattern["all"]
        ]
        within, after = seconds(pattern["within_days"]), 0
        for index, (at, signal) in enumerate(entries):
            if not any(signal in of for of, _ in parts):
                continue
            seen = [s for then, s in entries[after : index + 1] if then >= at - within]
            if all(sum(s in of for s in seen) >= least for of, least in parts):
                found.append((at, position))
                after = index + 1
    return sorted(found)


def daily_ranks(entries):
    """Entries with their rank among those of their day and position."""
    of_day = {}
    for at, position in entries:
        key = (at // DAY, position)
        of_day[key] = of_day.get(key, 0) + 1
        yield at, position, of_day[key]


class Member:
    """A person, or the unknown visitor: who counts for the account's engagement."""

    def __init__(self, model, activities, person=None):
        self.model, self.person = model, person
        done = sorted((at, s) for at, s in activities if not model.worths[s]["ignore"])
        self.entries = [(at, s) for at, s, rank in daily_ranks(done) if rank <= KEPT_OF_A_DAY]
        self.all = sorted(self.entries + occurrences(model, self.entries))
        self.counting = [
            (at, position)
            for at, position, rank in daily_ranks(self.all)
            if rank <= model.worths[position]["daily_cap"]
        ]
        self.percent = model.rollup.get("unknown_visitor_percent", 100)
        self.fit, self.role, self.exclusion = 0, None, None
        if person:
            self.seniority = told_by_title(model, person, "seniority")
            self.role = told_by_title(model, person, "buying_role")
            self.fit, self.coverage = rule_fit(
                model.lead_fit, person["attributes"], self.seniority
            )
            self.exclusion = first_that_holds(model.lead_exclusions, person["attributes"])
            seniority = model.rollup.get("seniority_percent", {})
            roles = model.rollup.get("buying_role_percent", {})
            weight = seniority.get(self.seniority or "other", 100)
            self.percent = weight * (roles.get(self.role, 100) if self.role else 100) // 100
            if self.exclusion:
                self.percent = 0

    def visits(self, t):
        return sum(at <= t for at, _ in beginnings_of_visits(self.model, self.entries))

    def raised_hand(self, start, end):
        return any(
            start <= at <= end and self.model.worths[position]["hand_raiser"]
            for at, position in self.counting
        )

    def raw(self, t):
        total = 0.0
        for group, cap in self.model.groups:
            given = 0.0
            of_group = [e for e in self.counting if self.model.worths[e[1]]["group"] == group]
            for at, signal in sorted(of_group, key=lambda entry: (entry[1], entry[0])):
                age = t - at
                if 0 <= age <= self.model.look_back:
                    worth = self.model.worths[signal]
                    given += worth["points"] * 2.0 ** (-age / worth["half_life"])
            total += min(cap, given)
        return max(0.0, total)

    def engagement(self, t):
        return rounded(curve(self.raw(t), self.model.half_points))


def combine(model, parts):
    """The exact engagement of an account whose members show `parts`: (engagement, percent)."""
    values = sorted((e * p for e, p in parts), reverse=True)
    n, operator = len(values), model.rollup.get("operator", "saturating_sum")
    if not n:
        return 0.0
    if operator == "saturating_sum":
        return curve(sum(values) / 100, model.rollup.get("half_points", 100.0))
    if operator == "max":
        exact = values[0] / 100
    elif operator == "mean":
        percents = sum(p for _, p in parts)
        exact = sum(values) / percents if percents else 0.0
    elif operator == "median":
        middle = n // 2
        exact = values[middle] / 100 if n % 2 else (values[middle - 1] + values[middle]) / 200
    elif operator == "top_k_mean":
        k = min(model.rollup.get("top", 3), n)
        exact = sum(values[:k]) / (100 * k)
    elif n == 1:
        exact = values[0] / 100
    else:
        exact = (6 * (n - 1) * values[0] + 4 * sum(values[1:])) / (1_000 * (n - 1))
    return min(exact, 100.0)


class Account:
    def __init__(self, case):
        self.model = Model(case["model"])
        self.everybody = [Member(self.model, p["activities"], p) for p in case["people"]]
        self.people = [person for person in self.everybody if not person.exclusion]
        self.visitor = Member(self.model, case["visitor"])
        self.members = self.people + [self.visitor]
        self.attributes = case["attributes"]
        segment = first_that_holds(self.model.segments, {"x": self.attributes.get("segment")})
        self.segment = segment["name"] if segment else None
        own = {part: bar for part, bar in (segment or {}).items() if bar is not None}
        self.bars = {part: own.get(part, bar) for part, bar in self.model.bars.items()}
        self.rules_fit, self.coverage = rule_fit(self.model.account_rules, self.attributes)
        self.fit = self.account_fit()

    def account_fit(self):
        model = self.model
        best = sorted((person.fit for person in self.people), reverse=True)[: model.top_people]
        mean = sum(best) / len(best) if best else 0.0
        filled = {person.role for person in self.people}
        required = model.required_roles
        share = sum(role in filled for role in required) / len(required) if required else 1.0
        roles = model.roles_percent
        people = (mean * (100 - roles) + 100.0 * share * roles) / 100 if self.people else 0.0
        percent = model.people_percent
        return rounded((self.rules_fit * (100 - percent) + people * percent) / 100)

    def standing(self, t):
        people = [(person, person.engagement(t)) for person in self.people]
        parts = [(engagement, person.percent) for person, engagement in people]
        if any(at <= t for at, _ in self.visitor.entries):
            parts.append((self.visitor.engagement(t), self.visitor.percent))
        engaged = [person for person, e in people if e >= self.model.engaged_floor]
        return {
            "fit": self.fit,
            "engagement": rounded(combine(self.model, parts)),
            "engaged_people": len(engaged),
            "roles": {person.role for person in engaged},
        }

    def assess(self, as_of):
        model, now = self.model, self.standing(as_of)
        start = as_of - model.hold
        if model.has_negative:  # an engagement can rise between activities: look at each second
            window = range(start, as_of + 1)
        else:
            happened = {at for m in self.members for at, _ in m.entries if start < at < as_of}
            window = sorted({start, as_of} | happened)
        standings = [now] if model.hold == 0 else [self.standing(t) for t in window]
        tiers = self.bars["tiers"] or []
        met = next((bar["tier"] for bar in tiers if meets(bar, now)), None)
        tier = next((bar["tier"] for bar in tiers if any(meets(bar, s) for s in standings)), None)
        exclusion = first_that_holds(model.exclusions, self.attributes)
        exclusion = exclusion["name"] if exclusion else None
        raised = any(
            person.raised_hand(start, as_of)
            for person in self.people
            if person.fit >= model.hand_raiser_fit
        )
        mqa = self.bars["mqa"]
        mqa = mqa is not None and (raised or any(meets(mqa, s) for s in standings))
        last = [at for m in self.members for at, _ in m.entries if at <= as_of]
        letter = next(letter for bar, letter in model.letters if self.fit >= bar)
        digit = next(digit for bar, digit in model.digits if now["engagement"] >= bar)
        return {
            "engagement": now["engagement"],
            "fit": self.fit,
            "coverage": self.coverage,
            "label": letter + digit,
            "tier": tier,
            "tier_met": met,
            "mqa": mqa and exclusion is None,
            "priority": exclusion is None and tier in (self.bars["priority_tiers"] or []),
            "exclusion": exclusion,
            "segment": self.segment,
            "phase": self.phase(as_of),
            "engaged_people": now["engaged_people"],
            "last_activity": max(last, default=None),
            "people": [
                [
                    person.engagement(as_of),
                    person.fit,
                    person.coverage,
                    person.percent,
                    person.seniority,
                    person.role,
                    person.exclusion["name"] if person.exclusion else None,
                    exclusion is None and self.is_mql(person, as_of),
                ]
                for person in self.everybody
            ],
            "visitor": self.visitor.engagement(as_of),
            "momentum": [
                now["engagement"] - self.standing(as_of - days * DAY)["engagement"]
                for days in (7, 28)
            ],
            "visits": [
                sum(min(member.visits(as_of), 1) for member in self.members),
                sum(max(member.visits(as_of) - 1, 0) for member in self.members),
            ],
        }

    def phase(self, as_of):
        found = [
            self.model.worths[position]["phase"]
            for member in self.members
            for at, position in member.all
            if as_of - self.model.phase_window <= at <= as_of
        ]
        enough = [p for p in PHASES if found.count(p) >= self.model.phase_activities]
        return enough[-1] if enough else None

    def is_mql(self, person, as_of):
        bar = self.bars["mql"]
        if bar is None or person.exclusion:
            return False
        scores = (person.fit, person.engagement(as_of))
        if scores[0] >= bar.get("fit", 0) and scores[1] >= bar.get("engagement", 0):
            return True
        fits = person.fit >= self.model.hand_raiser_fit
        return fits and person.raised_hand(as_of - self.model.hold, as_of)


def meets(bar, standing):
    return (
        standing["fit"] >= bar.get("fit", 0)
        and standing["engagement"] >= bar.get("engagement", 0)
        and standing["engaged_people"] >= bar.get("engaged_people", 0)
        and all(role in standing["roles"] for role in bar.get("roles", []))
    )


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    different = 0
    for case in cases:
        found = Account(case).assess(case["as_of"])
        for name, value in case["expected"].items():
            if found[name] != value:
                different += 1
                print(f"{case['name']}: {name} is {found[name]} here and {value} there")
    print(f"{len(cases)} cases, {different} differences")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())

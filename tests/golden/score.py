#!/usr/bin/env python3
"""The scoring function of docs/scoring.md, written a second time, from that document alone.

    score.py CASES.json

CASES.json holds cases: a model, an account with its people and what they did, a moment, and what
the service says of it. Prints every difference; ends with 1 if there is any. Rules are written in
CEL, a language of its own; here each asks one attribute, so that its answer can be read off.
"""

import json
import math
import sys

DAY = 86_400
KEPT_OF_A_DAY = 100


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
        self.signals = [
            {
                "points": signal.get("points", 0.0),
                "half_life": signal.get("half_life_days", given.get("half_life_days", 30.0)) * DAY,
                "daily_cap": signal.get("daily_cap", given.get("daily_cap", 20)),
                "group": signal.get("group"),
                "ignore": signal.get("ignore", False),
                "hand_raiser": signal.get("hand_raiser", False),
            }
            for signal in file.get("signals", [])
        ]
        self.has_negative = any(signal["points"] < 0 for signal in self.signals)
        self.lead_fit = [rule["points"] for rule in file.get("lead_fit", [])]
        fit = file.get("account_fit", {})
        self.account_rules = [rule["points"] for rule in fit.get("rules", [])]
        self.people_percent = fit.get("people_percent", 30)
        self.top_people = fit.get("top_people", 3)
        self.roles_percent = fit.get("roles_percent", 0)
        self.required_roles = fit.get("required_roles", [])
        self.exclusions = file.get("exclusions", [])
        self.rollup = file.get("rollup", {})
        self.tiers = file.get("tiers", [])
        self.priority_tiers = file.get("priority_tiers", [])
        self.hold = seconds(file.get("hold_days", 14.0))
        self.mqa = file.get("mqa")
        letters = file.get("grades", {}).get("fit", {"a": 75, "b": 50, "c": 25})
        digits = file.get("grades", {}).get("engagement", {"high": 60, "medium": 25})
        self.letters = [(letters["a"], "A"), (letters["b"], "B"), (letters["c"], "C"), (0, "D")]
        self.digits = [(digits["high"], "1"), (digits["medium"], "2"), (0, "3")]
        self.hand_raiser_fit = letters["b"]


def answer(attributes, number):
    """Of the rule `attributes.rN == "yes"`: True, False, or None for unknown."""
    value = attributes.get(f"r{number}")
    return None if value is None else value == "yes"


def rule_fit(points, attributes):
    answers = [answer(attributes, number) for number in range(len(points))]
    total = sum(p for p, yes in zip(points, answers) if yes)
    known = sum(yes is not None for yes in answers)
    coverage = rounded(100.0 * known / len(answers)) if answers else 100
    return max(0, min(100, total)), coverage


class Member:
    """A person, or the unknown visitor: who counts for the account's engagement."""

    def __init__(self, model, activities, person=None):
        self.model, self.person = model, person
        entries = sorted((at, s) for at, s in activities if not model.signals[s]["ignore"])
        kept, of_day = [], {}
        for at, signal in entries:
            key = (at // DAY, signal)
            of_day[key] = of_day.get(key, 0) + 1
            if of_day[key] <= KEPT_OF_A_DAY:
                kept.append((at, signal, of_day[key]))
        self.entries = [(at, signal) for at, signal, _ in kept]
        self.counting = [
            (at, signal) for at, signal, rank in kept if rank <= model.signals[signal]["daily_cap"]
        ]
        self.percent = model.rollup.get("unknown_visitor_percent", 100)
        self.fit, self.role = 0, None
        if person:
            self.fit, self.coverage = rule_fit(model.lead_fit, person["attributes"])
            self.role = person.get("buying_role")
            seniority = model.rollup.get("seniority_percent", {})
            roles = model.rollup.get("buying_role_percent", {})
            weight = seniority.get(person.get("seniority") or "other", 100)
            self.percent = weight * (roles.get(self.role, 100) if self.role else 100) // 100

    def raw(self, t):
        total = 0.0
        for group, cap in self.model.groups:
            given = 0.0
            of_group = [e for e in self.counting if self.model.signals[e[1]]["group"] == group]
            for at, signal in sorted(of_group, key=lambda entry: (entry[1], entry[0])):
                age = t - at
                if 0 <= age <= self.model.look_back:
                    signal = self.model.signals[signal]
                    given += signal["points"] * 2.0 ** (-age / signal["half_life"])
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
        self.people = [Member(self.model, p["activities"], p) for p in case["people"]]
        self.visitor = Member(self.model, case["visitor"])
        self.members = self.people + [self.visitor]
        self.attributes = case["attributes"]
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
        met = next((bar["tier"] for bar in model.tiers if meets(bar, now)), None)
        tier = next(
            (bar["tier"] for bar in model.tiers if any(meets(bar, s) for s in standings)), None
        )
        exclusion = next(
            (rule["name"] for rule in model.exclusions if self.attributes.get("x") == rule["is"]),
            None,
        ) if model.exclusions else None
        raised = any(
            start <= at <= as_of and model.signals[signal]["hand_raiser"]
            for person in self.people
            if person.fit >= model.hand_raiser_fit
            for at, signal in person.counting
        )
        mqa = model.mqa is not None and (raised or any(meets(model.mqa, s) for s in standings))
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
            "priority": exclusion is None and tier in model.priority_tiers,
            "exclusion": exclusion,
            "engaged_people": now["engaged_people"],
            "last_activity": max(last, default=None),
            "people": [[p.engagement(as_of), p.fit, p.coverage, p.percent] for p in self.people],
            "visitor": self.visitor.engagement(as_of),
        }


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

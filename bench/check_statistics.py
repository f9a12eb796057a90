"""`python bench/check_statistics.py var/check/decisions.json var/check/statistics.json`: every number anew.

Knows nothing of Bailiwick's code: it counts exported rows by its own means and asks scikit-learn (Brier score, kappa,
reliability), krippendorff (alpha), irrCAC (AC1) and scipy (Wilson) for the measures, which are installed beside, not
with the project. Prints each number with the one that the API told, and exits with 1 unless all are equal.
"""

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
from irrCAC.raw import CAC
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, cohen_kappa_score, confusion_matrix

NEAR = 5e-5
"""irrCAC gives five places; all else is compared to nine."""
found = []


def same(name, told, own, near=1e-9):
    equal = told == own if None in (told, own) or isinstance(own, str) else abs(told - own) <= near
    found.append(equal)
    print(f"{'equal' if equal else 'DIFFERS':8} {name:58} {told!s:24} {own!s:24}")


def same_share(name, told, hits, n):
    same(f"{name}, hits", told["hits"], hits)
    same(f"{name}, n", told["n"], n)
    interval = binomtest(hits, n).proportion_ci(0.95, method="wilson") if n else None
    same(f"{name}, value", told["value"], hits / n if n else None)
    same(f"{name}, low", told["low"], interval.low if n else None)
    same(f"{name}, high", told["high"], interval.high if n else None)


rows, api = (json.loads(Path(path).read_text()) for path in sys.argv[1:3])
predictions = {each["id"]: each for each in rows["predictions"]}
items = {each["id"]: each for each in rows["items"]}
superseded = {each["supersedes"] for each in rows["decisions"]}
live = [each for each in rows["decisions"] if each["id"] not in superseded and each["meaning"] != "undo"]
said, added = defaultdict(list), defaultdict(list)
for each in rows["said"] or []:
    said[each["decision"]].append((each["reason"], each["outcome"]))
for each in rows["added"] or []:
    added[each["decision"]].append(each["reason"])

rounds = defaultdict(dict)
golden = []
for each in live:
    item = items[each["item"]]
    if item["round"] > 100:
        golden.append((each, item["subject"]))
    else:
        rounds[item["subject"]][item["round"]] = each
is_open = {each["subject"] for each in items.values() if not each["done"] and each["round"] < 101}
final = {subject: given[max(given)] for subject, given in rounds.items() if subject not in is_open}
sampled = {each["subject"]: each["sampled"] for each in items.values() if each["round"] == 1}

same("open", api["open"]["n"], len(is_open))
same("decided", api["decided"]["n"], len(final))
days = Counter(decision["at"][:10] for decision in final.values())
same(
    "per day",
    json.dumps({each["day"]: each["n"] for each in api["decided"]["per_day"]}),
    json.dumps(dict(sorted(days.items()))),
)

for name, is_sampled in (("random_sample", True), ("chosen_otherwise", False)):
    told = api[name]
    cases = {key: each for key, each in final.items() if sampled[key] == is_sampled}
    model = [predictions[key]["verdict"] for key in cases]
    people = [each["verdict"] for each in cases.values()]
    right = np.array([one == other for one, other in zip(model, people, strict=True)])
    same_share(f"{name}, accuracy", told["accuracy"], int(right.sum()), len(right))
    changed = sum(
        one != other or any(outcome == "overridden" for _reason, outcome in said[each["id"]]) or bool(added[each["id"]])
        for one, other, each in zip(model, people, cases.values(), strict=True)
    )
    same(f"{name}, unchanged", told["unchanged"], len(cases) - changed)
    matrix = confusion_matrix(model, people, labels=["accept", "reject"])
    for cell in told["verdicts"]:
        place = [["accept", "reject"].index(cell[side]) for side in ("model", "people")]
        same(f"{name}, {cell['model']} and {cell['people']}", cell["n"], int(matrix[place[0]][place[1]]))
    stated = np.array([float(predictions[key]["confidence"]) for key in cases])
    same(f"{name}, Brier score", told["calibration"]["brier"], brier_score_loss(right.astype(int), stated))
    numbers = np.minimum((stated * 10 + 1e-12).astype(int), 9)
    share, mean = calibration_curve(right.astype(int), stated, n_bins=10, strategy="uniform")
    filled = [each for each in told["by_confidence"] if each["accuracy"]["n"]]
    for each, one, other in zip(filled, share, mean, strict=True):
        same(f"{name}, {each['from']} to {each['to']}, share", each["accuracy"]["value"], one)
        same(f"{name}, {each['from']} to {each['to']}, mean stated", each["mean_stated"], other)
    error = 0.0
    for number, each in enumerate(told["by_confidence"]):
        chosen = numbers == number
        same_share(f"{name}, bin {number}", each["accuracy"], int(right[chosen].sum()), int(chosen.sum()))
        if chosen.any():
            error += chosen.mean() * abs(right[chosen].mean() - stated[chosen].mean())
    same(f"{name}, expected calibration error", told["calibration"]["expected_error"], error)
    outcomes = Counter(pair for each in cases.values() for pair in said[each["id"]])
    extra = Counter(reason for each in cases.values() for reason in added[each["id"]])
    same(f"{name}, reasons", len(told["by_reason"]), len({reason for reason, _outcome in outcomes} | set(extra)))
    for each in told["by_reason"]:
        confirmed, overridden = (outcomes[(each["reason_id"], outcome)] for outcome in ("confirmed", "overridden"))
        same_share(f"{name}, reason {each['reason_id']}", each["accuracy"], confirmed, confirmed + overridden)
        same(f"{name}, reason {each['reason_id']}, added", each["added"], extra[each["reason_id"]])
    for each in told["by_model"]:
        mine = np.array([predictions[key]["model"] == each["id"] for key in cases])
        same_share(f"{name}, {each['name']}", each["accuracy"], int(right[mine].sum()), int(mine.sum()))

twice = [given for given in rounds.values() if {1, 2} <= given.keys()]
people = sorted({each["member"] for each in live})
same("judged twice", api["agreement"]["n"], len(twice))
same_share(
    "agreement",
    api["agreement"]["percent"],
    sum(each[1]["verdict"] == each[2]["verdict"] for each in twice),
    len(twice),
)
table = pd.DataFrame(index=people, columns=range(len(twice)), dtype=object)
for number, given in enumerate(twice):
    for each in (given[1], given[2]):
        table.loc[each["member"], number] = each["verdict"]
coded = table.map(lambda each: {"accept": 0.0, "reject": 1.0}.get(each, np.nan)).to_numpy(float)
same(
    "Krippendorff's alpha",
    api["agreement"]["krippendorffs_alpha"],
    krippendorff.alpha(reliability_data=coded, level_of_measurement="nominal"),
)
ac1 = CAC(table.T.reset_index(drop=True)).gwet()["est"]["coefficient_value"]
same("Gwet's AC1", api["agreement"]["gwets_ac1"], ac1, NEAR)
same("pairs", len(api["pairs"]), len({frozenset((each[1]["member"], each[2]["member"])) for each in twice}))
for pair in api["pairs"]:
    one, other = pair["first"]["id"], pair["second"]["id"]
    both = [
        {each[number]["member"]: each[number]["verdict"] for number in (1, 2)}
        for each in twice
        if {each[1]["member"], each[2]["member"]} == {one, other}
    ]
    title = f"{pair['first']['name']} and {pair['second']['name']}"
    same(f"{title}, n", pair["n"], len(both))
    first, second = [each[one] for each in both], [each[other] for each in both]
    same(f"{title}, kappa", pair["cohens_kappa"], cohen_kappa_score(first, second))
    codes = [[float(each == "reject") for each in side] for side in (first, second)]
    alpha = krippendorff.alpha(reliability_data=codes, level_of_measurement="nominal")
    same(f"{title}, alpha", pair["krippendorffs_alpha"], alpha)
    own = CAC(pd.DataFrame({"one": first, "two": second})).gwet()["est"]["coefficient_value"]
    same(f"{title}, AC1", pair["gwets_ac1"], own, NEAR)

answers = {each["prediction"]: each["verdict"] for each in rows["gold"] or []}
same("reviewers", len(api["reviewers"]), len(people))
chains = defaultdict(list)
for each in rows["decisions"]:
    chains[each["item"]].append(each)
for each in api["reviewers"]:
    key, name = each["member"]["id"], each["member"]["name"]
    mine = [decision for given in rounds.values() for decision in given.values() if decision["member"] == key]
    same(f"{name}, opinions", each["opinions"], len(mine))
    same(f"{name}, seconds", each["seconds"], sum(decision["seconds"] for decision in mine))
    compared = [given for given in twice if key in (given[1]["member"], given[2]["member"])]
    hits = sum(given[1]["verdict"] == given[2]["verdict"] for given in compared)
    same_share(f"{name}, agreement", each["agreement"], hits, len(compared))
    asked = [(decision, subject) for decision, subject in golden if decision["member"] == key]
    hits = sum(decision["verdict"] == answers[subject] for decision, subject in asked)
    same_share(f"{name}, gold", each["gold"], hits, len(asked))

print(f"{sum(found)} of {len(found)} equal")
sys.exit(not all(found))

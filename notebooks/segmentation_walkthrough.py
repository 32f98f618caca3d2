# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Who are our customers? A guided segmentation
#
# A **segment** is a group of customers who resemble each other more than they resemble the rest. A computer finds
# such groups by *clustering*. That part is easy: **every clustering method returns groups, even from data that have
# none.** The hard parts are the questions around it, and this notebook walks through them in order:
#
# 1. What is in the file, and can it be trusted?
# 2. Which columns should make the segments?
# 3. What do the columns look like?
# 4. How do euros, days and percentages become comparable?
# 5. **How many segments** are there? We look at the elbow, the silhouette, and what pure chance would show.
# 6. Would the same segments come back with other customers?
# 7. **Which algorithm?**
# 8. Who are the segments, and what should be done with each?
# 9. Which segment does a new customer belong to?
# 10. How is all of it kept?
#
# No earlier knowledge of clustering is needed. Read the text, run each cell with *Shift + Enter*, and look at what it
# prints. Everything runs on this machine; nothing is sent anywhere.

# %% [markdown]
# ## Where your own file goes
#
# As it stands, the notebook makes up a shop, so that you can try everything at once. To look at **your own
# customers**, put the path of a CSV, Excel or Parquet file between the quotes: one row for each customer, or one row
# for each invoice line. Then choose *Run all*. The code works unchanged; the remarks about the simulated shop will no
# longer apply.

# %%
MY_FILE = ""  # for example "C:/data/customers.csv"

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import clientage
from clientage.charts.choice import algorithm_title
from clientage.config import settings_from
from clientage.data.samples import write_shop
from clientage.features.encoding import encode
from clientage.notebook import chart, table
from clientage.selection.adjusted_rand import adjusted_rand
from clientage.study import prepare

folder = TemporaryDirectory()  # removed when the notebook is closed
workshop = Path(folder.name)
shop = write_shop(workshop / "shop", customers=1_000, seed=0)
source = MY_FILE or shop.customers
print(f"We will look at {Path(source).name}.")

# %% [markdown]
# ## 1. What is in the file?
#
# Real exports are dirty: repeated rows, spaces, several spellings of one city, ids that lose their leading zeros.
# Each of these can bend the result. So the first step reads the file and **says what it found, what it repaired, and
# where every row went**. Nothing disappears silently.

# %%
settings = settings_from({})
prepared = prepare(source, settings)
quality = prepared.customers.quality

for what, account in quality.accounts.items():
    print(f"{what}: {account.rows_read:,} lines read, {account.kept:,} kept")
    print("  no data: ", dict(account.not_data) or "none")
    print("  rejected:", dict(account.rejected) or "none")

table(
    {
        "kind": [note.severity for note in quality.notes],
        "what": [note.text for note in quality.notes],
    }
)

# %% [markdown]
# *repair* means that something was changed and counted, *warning* that something was used as it is or left out but
# looks doubtful. **Read these lines before you believe anything further down.** A wrong decimal comma makes beautiful
# and meaningless segments.

# %% [markdown]
# ## 2. Which columns make the segments?
#
# This is the most important decision, and it is yours. The program proposes a **role** for each column, with its
# reason:
#
# - **feature**: makes the segments. What customers *do* (spend, visit, return) works best.
# - **profile**: only describes them. Gender or city say who is in a segment, and should rarely decide it.
# - **outcome**: a response or result. It must not make the segments that you want to compare on it.
# - **id**, **ignored**: says who it is, or must stay out. E-mail addresses and names never become features.

# %%
roles = prepared.roles[0]
table(
    {
        "column": [item.column for item in roles.items],
        "role": [item.role for item in roles.items],
        "reason": [item.reason for item in roles.items],
    }
)

# %% [markdown]
# You disagree with a row? Say so when you segment, for example `clientage.segment(source, features=["total_spend",
# "orders_last_year"], profile=["age"])`. Fewer, meaningful features nearly always beat many: each column without
# meaning adds noise to every comparison.

# %% [markdown]
# ## 3. What do the columns look like?
#
# Look at every distribution before clustering. Three things matter:
#
# - **Skew**: money is usually spread so that few customers spend very much. Left alone, these few would decide
#   everything.
# - **Outliers**: a single income of 999,999 may be a placeholder that somebody typed.
# - **Heaps**: two hills in one column are groups already.

# %%
chart(prepared, "distributions")

# %% [markdown]
# Columns that say nearly the same thing count twice when customers are compared. The next chart shows how far columns
# go together: 1 is always, 0 is not at all, and −1, between two numbers, is in opposite directions.

# %%
chart(prepared, "correlation")

# %% [markdown]
# ## 4. How do euros and days become comparable?
#
# Two customers are *alike* when they are close in all features together. But 100 euros and 100 days are not the same
# distance. So every feature is put on one scale before customers are compared. The table says what happens to each
# one, and why.

# %%
matrix = encode(prepared.customers, settings.features)
steps = matrix.recipe.describe()
table(
    {
        "feature": [step["column"] for step in steps],
        "compared as": [step["transformation"] for step in steps],
        "because": [step["reason"] for step in steps],
        "gaps filled": [step["missing"] for step in steps],
        "outliers drawn in": [step["winsorised"] for step in steps],
    }
)

# %% [markdown]
# - A **log scale** makes 10 → 100 euros as large a step as 100 → 1,000: what counts is *times as much*, as it does
#   for people.
# - **Gaps** get the median, the customer in the middle, who pulls nobody anywhere.
# - **Outliers** count as the nearest usual value. The customers stay, and their real figures are shown in all
#   profiles.
#
# The result is a matrix: one row for each customer, one column for each feature, in standard deviations.

# %%
print(f"{matrix.values.shape[0]:,} customers × {matrix.values.shape[1]} columns")
print("the first customer:", matrix.values[0].round(1))

# %% [markdown]
# ## 5. How many segments?
#
# Now the whole walk at once. It tries several algorithms with every number of segments from 2 to 10 and judges each
# solution in several ways. *k* is the usual letter for the number of segments.

# %%
study = clientage.segment(source)
selection = study.record.selection
study

# %% [markdown]
# ### The elbow
#
# *Inertia* is the spread that remains within the segments: how far customers are, on average, from the middle of
# their own. **It always falls when k grows**, down to zero when everybody is a segment alone. So its height says
# nothing. One looks for a bend, after which further segments gain little.

# %%
chart(study, "elbow")

# %%
if selection.elbow is None:
    print("There is no clear bend. That is common with real customers, and it means: this curve does not decide.")
else:
    print(f"The curve bends at k = {selection.elbow}. That is one argument, not yet a decision.")

# %% [markdown]
# ### The silhouette, beside chance
#
# The *silhouette* asks each customer: how much closer are you to your own segment than to the next one? 1 is much
# closer, 0 is on the border, below 0 is in the wrong segment. The average over all customers judges a solution, and
# higher is better.
#
# But how high is high? Here most analyses stop too early. **Data without any groups also have a silhouette above
# zero.** So the same search is repeated on made-up customers, with the same columns and correlations but *without
# groups*. Only what rises clearly above that line counts.

# %%
chart(study, "silhouette")

# %%
null = selection.null
if null is not None:
    print(f"best silhouette of the data:        {null.observed:.2f}")
    print(f"best silhouette without groups:     {null.mean:.2f} on average, {null.maximum:.2f} at most")
    print(f"chance of such a value without any: {null.p_value:.2f}")
    print(f"(with {null.draws} repeats the chance cannot come out below {1 / (null.draws + 1):.2f})")

# %% [markdown]
# An average hides who is astray. The *knife plot* draws every customer: a full blade is a distinct segment, and what
# lies left of zero are customers nearer to another one. Beside it, the same for the made-up customers without groups.

# %%
chart(study, "knife")

# %% [markdown]
# ### Several judges, several opinions
#
# Other figures look at the same solutions from other sides:
#
# - **Calinski-Harabasz** divides the spread between segments by the spread within them: higher is better.
# - **Davies-Bouldin** asks each segment how near its closest rival is, measured by how wide both are: lower is better.
#
# **They rarely agree**, and none of them is the truth. Look for a k that does well with most of them, and be
# suspicious when one figure alone speaks for it.

# %%
chart(study, "criteria")

# %% [markdown]
# ## 6. Would the same segments come back?
#
# A segment that vanishes with next month's customers is worth nothing. So customers are drawn again and again, with
# some of them left out and others counted twice, and the segmentation is repeated. *Stability* compares the results:
# 1 is the same segments every time, 0 is what chance would give. Below about 0.75, do not build a campaign on it.

# %%
chart(study, "stability")

# %% [markdown]
# ### The verdict
#
# All of it together gives one of three answers:
#
# - **natural**: there are groups with gaps between them. Use them, name them, keep them.
# - **reproducible**: customers change gradually, without gaps, but the same cuts come back. Useful, like S, M and L
#   for shirts.
# - **constructive**: any other division would do as well. Convenient for splitting work, but *never* report it as a
#   discovery.

# %%
print(study.record.verdict.kind.upper())
print(study.record.verdict.sentence)
print()
print(f"Why {selection.chosen.k} segments: {selection.reason}")

# %% [markdown]
# ### What it looks like when there is nothing
#
# The best way to trust a judge is to show them a case that you know. We take the same customers and **shuffle each
# feature by itself**. Every column keeps its values, but no customer is a real person any more, so all groups are
# gone.

# %%
rng = np.random.default_rng(0)
shuffled = {
    column.name: rng.permutation(column.values if column.kind == "number" else column.as_text())
    for column in prepared.customers.features
}
nothing = clientage.segment(shuffled, features=list(shuffled))
print(nothing.record.verdict.kind.upper())
print(nothing.record.verdict.sentence)
print(f"It still returns {nothing.record.selection.chosen.k} segments, as any clustering would.")

# %% [markdown]
# ## 7. Which algorithm?
#
# Each algorithm has its own idea of what a group is:
#
# | algorithm | a segment is … | good when | weak when |
# |---|---|---|---|
# | **k-means** | everybody nearest to one middle | groups are round and of similar spread; many customers | groups are long or of very different width |
# | **Ward** | what merges with the least added spread | you want to see how segments split further | groups touch |
# | **Gaussian mixture** | a cloud with its own width and direction | groups overlap or are stretched | there are few customers |
# | **DBSCAN** | a crowded region with empty ground around it | shapes are odd, and outsiders should stay outside | density changes; many columns |
#
# The table shows the best usable k of each one. *Agreement* compares its segments with the chosen ones: 1 is the
# same.

# %%
chosen = selection.chosen
best = {}
for candidate in selection.candidates:
    rank = (candidate.usable, candidate.silhouette if candidate.silhouette is not None else -1.0)
    if candidate.algorithm not in best or rank > best[candidate.algorithm][0]:
        best[candidate.algorithm] = (rank, candidate)
best[chosen.algorithm] = (None, chosen)
finalists = [candidate for _, candidate in best.values()]
labels = {c.algorithm: c.model.assign(matrix.values).labels for c in finalists}

table(
    {
        "algorithm": [algorithm_title(c.algorithm) for c in finalists],
        "k": [c.k for c in finalists],
        "silhouette": [c.silhouette for c in finalists],
        "smallest segment": [c.sizes.min() for c in finalists],
        "in no segment": [c.noise for c in finalists],
        "agreement": [adjusted_rand(labels[c.algorithm], labels[chosen.algorithm]) for c in finalists],
        "what speaks against it": ["; ".join(c.marks) for c in finalists],
    }
)

# %% [markdown]
# **When different algorithms find much the same segments, the segments are in the data and not in the method.** When
# they disagree, prefer the simplest one that is stable: k-means is easy to explain, and new customers are assigned to
# the nearest middle.
#
# The next chart puts all customers on one flat map. Similar customers lie close together; the arrows say in which
# direction a feature grows. A map of two dimensions cannot show everything: groups that overlap here may lie apart in
# the others.

# %%
chart(study, "map")

# %% [markdown]
# Because our shop is made up, we know the true groups, and can look at the answer. With your own data nobody can:
# that is why the sections before matter.

# %%
if not MY_FILE:
    lines = shop.truth.read_text(encoding="utf-8").splitlines()[1:]
    truth = dict(line.split(",") for line in lines)
    planted = np.unique([truth[i] for i in study.record.customers.ids.as_text()], return_inverse=True)[1]
    agreement = adjusted_rand(planted, study.record.segmentation.labels)
    print(f"The shop was made with {planted.max() + 1} groups; we found {chosen.k} segments.")
    print(f"They agree to {agreement:.2f} (1 is perfect, 0 is chance).")

# %% [markdown]
# ## 8. Who are they, and what now?
#
# A segment becomes useful when everybody in the room can picture it. Names and descriptions are made of the
# customers' **own figures in original units**, and the largest differences from everybody else come first.

# %%
chart(study, "sizes")

# %%
segments = study.profiles.segments
table(
    {
        "segment": [s.name for s in segments],
        "customers": [s.size for s in segments],
        "share of customers, %": [100 * s.share for s in segments],
        "share of value, %": [None if s.value_share is None else 100 * s.value_share for s in segments],
        "what sets it apart": ["; ".join(trait.words for trait in s.traits[:2]) for s in segments],
    }
)

# %% [markdown]
# The bars to the right mean *more than everybody*, to the left *less*, in standard deviations: beyond 0.8 is a large
# difference.

# %%
chart(study, "profiles")

# %% [markdown]
# ### Recommendations
#
# Each one follows from the figures it names. **Nobody has measured yet what it brings**: keep a random group of each
# segment out of the campaign, and compare. Segments that are too small or not stable get no advice.

# %%
for s in segments:
    print(f"{s.name}: {s.recommendation.title}")
    print(f"   {s.recommendation.text}\n")

# %% [markdown]
# ## 9. A new customer comes in
#
# The same steps are applied to new rows, with everything learned above: same scales, same bounds. *Confidence* says
# how clear the case is: 0 is halfway between two segments. Give such customers the benefit of the doubt.

# %%
newcomers = {}
for column in (*study.record.customers.features, *study.record.customers.profile):
    if column.kind == "number":
        newcomers[column.name] = np.nanquantile(column.values, [0.1, 0.5, 0.9])
    elif column.kind == "text":
        newcomers[column.name] = [column.categories[0]] * 3

if study.record.customers.origin == "customers":
    scored = study.predict(newcomers)
    shown = table(
        {
            "newcomer": ["low in everything", "in the middle", "high in everything"],
            "segment": scored.segment_names,
            "confidence": scored.confidence,
        }
    )
else:
    shown = "For invoice lines, call study.predict() with a file of new lines."
shown

# %% [markdown]
# ## 10. Keep it
#
# `save` writes one folder with everything: the report to open in a browser, each customer's segment, all figures, the
# model for scoring, and the settings that repeat the study. It is never overwritten.

# %%
run = study.save(workshop / "runs")
for path in sorted(p for p in run.path.rglob("*") if p.is_file()):
    print(path.relative_to(run.path).as_posix())

# %% [markdown]
# Opened again, tomorrow or on another machine, it gives the same segments:

# %%
again = clientage.open_run(run.path).predict(source)
print("same segments:", bool(np.array_equal(again.labels, study.labels)))

# %% [markdown]
# ## Your turn
#
# - Put your own file in at the top and run everything.
# - Leave features out one by one: `clientage.segment(source, features=[…])`. Which segments survive?
# - Force another number, `clientage.segment(source, k=4)`, and read the reason again: it says what the rule would
#   have chosen.
# - Choose an algorithm: `clientage.segment(source, algorithm="mixture")`.
# - Without Python, the same is `clientage run customers.csv`.
#
# ### The words again
#
# | word | means |
# |---|---|
# | feature | a column that makes the segments |
# | k | the number of segments |
# | inertia | spread left within the segments; always falls with k |
# | elbow | the bend in the inertia curve, if there is one |
# | silhouette | how much closer customers are to their own segment than to the next, −1 to 1 |
# | null, or chance line | the same figure on made-up customers without groups |
# | stability | how far the same segments come back in repeated samples, 0 to 1 |
# | adjusted Rand index | how far two groupings agree: 1 is the same, 0 is chance |
# | confidence | how clear the segment of one customer is, 0 to 1 |

# %%
folder.cleanup()

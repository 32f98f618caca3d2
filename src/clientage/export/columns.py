"""The columns of the star: names, types, units, meanings and keys, the same for every run."""

from __future__ import annotations

from clientage.export.table import ExportColumn as C

OF_ONE = "share of 1"

SEGMENTS = (
    C("segment_id", "integer", "The segment; 0 stands for customers without one.", "", "primary key"),
    C("segment_name", "text", "Its name, unique."),
    C("customers", "integer", "How many customers it has.", "customers"),
    C("share", "number", "Its share of all customers.", OF_ONE),
    C("value_share", "number", "Its share of what all customers are worth, where a column says what that is.", OF_ONE),
    C("stability", "number", "How far it is found again in repeated samples: 1 is the same customers.", "0 to 1"),
    C("confidence", "number", "Mean confidence of its customers.", "0 to 1"),
    C("play", "text", "The recommended next step, as a heading."),
    C("recommendation", "text", "The recommended next step, with the figures it rests on."),
)
CUSTOMERS = (
    C(
        "customer_id",
        "text",
        "The customer's id as in the data, or a number in the order of the data.",
        "",
        "primary key",
    ),
    C("segment_id", "integer", "The customer's segment.", "", "foreign key: segments.segment_id"),
    C("confidence", "number", "How sure the segment is: 0 is halfway to another one.", "0 to 1"),
    C(
        "runner_up_segment_id",
        "integer",
        "The second nearest segment; 0: there is none. A second relation to the same dimension: keep it inactive.",
        "",
        "foreign key: segments.segment_id",
    ),
    C("distance", "number", "Distance to the middle of the segment.", "scaled units"),
)
PROFILES = (
    C("profile_id", "integer", "Number of the row.", "", "primary key"),
    C("segment_id", "integer", "The segment described.", "", "foreign key: segments.segment_id"),
    C("role", "text", "feature: made the segments; profile: describes them; outcome: a response or result."),
    C("column_name", "text", "The column of the data."),
    C("title", "text", "The column in words."),
    C("kind", "text", "number, category or date; of outcomes rate or mean."),
    C("category", "text", "The category counted; empty for numbers."),
    C("n", "integer", "Customers of the segment with a value.", "customers"),
    C("missing", "integer", "Customers of the segment without one.", "customers"),
    C("mean", "number", "Mean in the segment.", "see unit"),
    C("median", "number", "Median in the segment.", "see unit"),
    C("low", "number", "Lower quartile in the segment; of outcomes the lower end of the 95 % interval.", "see unit"),
    C("high", "number", "Upper quartile in the segment; of outcomes the upper end of the 95 % interval.", "see unit"),
    C("overall_mean", "number", "Mean of all customers.", "see unit"),
    C("overall_median", "number", "Median of all customers.", "see unit"),
    C("date", "text", "Median day in the segment, ISO 8601, for dates."),
    C("overall_date", "text", "Median day of all customers."),
    C("share", "number", "Share of the segment's customers in the category, or who answered so.", OF_ONE),
    C("overall_share", "number", "The same share of all customers.", OF_ONE),
    C("index_100", "number", "Segment against all customers, who are 100.", "100 = all customers"),
    C(
        "effect",
        "number",
        "Difference from all customers in standard deviations, with its sign.",
        "standard deviations",
    ),
    C("v_test", "number", "Test statistic of the difference; beyond ±2 is rarely chance.", ""),
    C("p_holm", "number", "p value of the difference, corrected for the number of comparisons.", "0 to 1"),
    C("delta", "number", "Cliff's delta against the other customers, for skewed columns.", "-1 to 1"),
    C("marker", "text", "yes: the trait marks the segment; no: it does not; empty for outcomes."),
    C("treated_n", "number", "Outcomes with a control group: treated customers of the segment.", "customers"),
    C("control_n", "number", "Outcomes with a control group: control customers of the segment.", "customers"),
    C("treated", "number", "Rate or mean of the treated.", "see unit"),
    C("control", "number", "Rate or mean of the control customers.", "see unit"),
    C("uplift", "number", "Treated minus control.", "see unit"),
    C("uplift_low", "number", "Lower end of its 95 % interval.", "see unit"),
    C("uplift_high", "number", "Upper end of its 95 % interval.", "see unit"),
    C("unit", "text", "Unit of the row's figures, where it is known."),
    C("words", "text", "The row as a clause for people."),
)
STUDY = (
    C("run_id", "text", "The run all tables come from.", "", "primary key"),
    C("created", "text", "When the run was made, UTC, ISO 8601."),
    C("input", "text", "What it was made from."),
    C("n_customers", "integer", "Customers in all.", "customers"),
    C("n_segments", "integer", "Segments.", "segments"),
    C("algorithm", "text", "How the segments were found."),
    C("verdict", "text", "natural groups, reproducible cuts, or a constructive division that is only convenient."),
    C("verdict_sentence", "text", "The verdict in words: show it wherever the segments are shown."),
    C("silhouette", "number", "How well the segments are separated.", "-1 to 1"),
    C("seed", "integer", "Same data, settings and seed: same segments."),
)

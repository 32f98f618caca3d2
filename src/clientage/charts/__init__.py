"""Charts: a result becomes a figure, a Vega-Lite specification with its title, text alternative and table.

`catalogue.FIGURES` names them all. Statistics that results do not hold are computed in files of their own
(`exploration`, `projection`, `spread`, `sampling`); the others only draw.
"""

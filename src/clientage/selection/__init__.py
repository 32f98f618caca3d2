"""The choice: criteria, stability, the null, and the rule that picks one segmentation.

Receives encoded values, their coreset and settings; `select.select` returns a `Selection`.
"""

"""Customers: from a table or from purchases, and their features as numbers on a grid."""

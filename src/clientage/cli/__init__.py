"""The command line: parses, calls one function, presents. No statistic and no conclusion is made here."""

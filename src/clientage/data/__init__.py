"""Tables: read from files, databases and frames, with the role of each column and an account of each row."""

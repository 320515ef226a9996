"""MongoDB in place of the tables of collections: statements on these become operations on documents there."""

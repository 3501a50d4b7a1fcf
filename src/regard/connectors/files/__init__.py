"""Import of files: read, guess what the columns mean, decode into ledger rows, report, undo, redo."""

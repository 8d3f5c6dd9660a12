"""What a letter looks like: templates, mark-up, Word documents, PDF. Knows no database."""

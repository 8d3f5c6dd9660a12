"""Reading and validating the files of a claim batch, column by column. Pure: files in, errors and
clean columns out; no database.
"""

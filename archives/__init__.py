"""Records: what is ended becomes a record with an archive number, a retention period and files
whose digests can be checked (National Archives Administration Order 13; DA/T 13, DA/T 46).
"""

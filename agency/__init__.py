"""The office itself: regions, staff and roles, the official calendar, policy parameters,
history, notices, attachments and jobs: the ground floor every other app stands on.
"""

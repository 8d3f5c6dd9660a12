"""The world as data and as a script of dated acts.

Everybody acts on the day they would have acted, through the services; between the acts the
nightly jobs run. Dates count back from today, so the world never goes stale.
"""

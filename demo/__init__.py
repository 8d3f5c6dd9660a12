"""The demo world: an invented agency at work, and a check that drives the main job through it.

Owns no table and no rule. Everything is entered through the services of the apps below, with the
days on which it would have happened.
"""

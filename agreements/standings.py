"""Where institutions stand with the agency, entered in the register's own book of it."""

from agreements.services.standing import bound_since, having, since, standings, terms
from institutions.standings import StandingSource, enter_standings

enter_standings(
    StandingSource(of=standings, having=having, since=since, bound_since=bound_since, terms=terms)
)

"""Dissolved agreements, entered among what bars an application (A-05)."""

from agreements.services.bars import bars
from institutions.bars import BarSource, enter_bars

enter_bars(BarSource(name="agreements", of=bars))

"""What the database itself refuses, and keeps, when the state of agreements moves, by whatever
way: neither a bulk update nor a sweep in SQL passes it by.
"""

from collections.abc import Iterable

import pgtrigger

from agreements.enums.life import RUNNING, AgreementState

_STATE = AgreementState

ANNULLING: tuple[tuple[AgreementState, AgreementState], ...] = (
    (_STATE.DISSOLVED, _STATE.EFFECTIVE),
    (_STATE.DISSOLVED, _STATE.SUSPENDED),
    (_STATE.DISSOLVED, _STATE.EXPIRED),
    (_STATE.DISSOLVED, _STATE.RENEWED),
    (_STATE.AUTO_TERMINATED, _STATE.EFFECTIVE),
    (_STATE.AUTO_TERMINATED, _STATE.EXPIRED),
    (_STATE.AUTO_TERMINATED, _STATE.RENEWED),
    (_STATE.EXPIRED, _STATE.RENEWED),
    (_STATE.CANCELLED, _STATE.SIGNED),
)

# rules.md B; only CANCELLED is ours. An annulment (B-19) goes back, last.
MOVES: tuple[tuple[AgreementState, AgreementState], ...] = (
    (_STATE.DRAFT, _STATE.SIGNED),
    (_STATE.DRAFT, _STATE.CANCELLED),
    (_STATE.SIGNED, _STATE.EFFECTIVE),
    (_STATE.SIGNED, _STATE.CANCELLED),
    (_STATE.EFFECTIVE, _STATE.SUSPENDED),
    (_STATE.EFFECTIVE, _STATE.EXPIRED),
    (_STATE.EFFECTIVE, _STATE.RENEWED),
    (_STATE.EFFECTIVE, _STATE.DISSOLVED),
    (_STATE.SUSPENDED, _STATE.EFFECTIVE),
    (_STATE.SUSPENDED, _STATE.EXPIRED),
    (_STATE.SUSPENDED, _STATE.DISSOLVED),
    (_STATE.SUSPENDED, _STATE.AUTO_TERMINATED),
    *ANNULLING,
)


def _listed(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


_LAWFUL = _listed(f"{source.value}>{target.value}" for source, target in MOVES)
_WITH_CLOCK = _listed(state.value for state in (_STATE.SIGNED, *RUNNING))

_UNLAWFUL = f"OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ({_LAWFUL})"
_REFUSE_MOVE = """
RAISE EXCEPTION 'agreement %: no way from % to %', OLD.number, OLD.state, NEW.state
    USING ERRCODE = 'check_violation', CONSTRAINT = 'agreement_state_machine';
"""
_BECOMES_SUSPENDED = f"OLD.state <> NEW.state AND NEW.state = '{_STATE.SUSPENDED.value}'"
_NEEDS_SUSPENSION = """
IF NOT EXISTS (
    SELECT 1 FROM agreements_suspension s
    WHERE s.agreement_id = NEW.id AND s.resumed_on IS NULL AND s.annulled_on IS NULL
) THEN
    RAISE EXCEPTION 'agreement %: suspended without a suspension', NEW.number
        USING ERRCODE = 'check_violation', CONSTRAINT = 'agreement_suspended_has_a_suspension';
END IF;
RETURN NULL;
"""
# Nothing but constants goes into the statements below.
_SET_CLOCK = f"""
INSERT INTO agreements_agreementclock (agreement_id, turns_on, reminds_on)
    SELECT n.id,
        CASE n.state WHEN '{_STATE.SIGNED.value}' THEN n.valid_from ELSE n.valid_to + 1 END,
        n.renewal_remind_on
    FROM new_values n WHERE n.state IN ({_WITH_CLOCK})
    ON CONFLICT (agreement_id) DO UPDATE SET turns_on = EXCLUDED.turns_on
    WHERE agreements_agreementclock.turns_on <> EXCLUDED.turns_on;
RETURN NULL;
"""  # noqa: S608
_STOP_CLOCK = f"""
DELETE FROM agreements_agreementclock c USING new_values n
    WHERE c.agreement_id = n.id AND n.state NOT IN ({_WITH_CLOCK});
"""  # noqa: S608

TRIGGERS = [
    # Its condition is asked without calling a function: a lawful move costs next to nothing.
    pgtrigger.Trigger(
        name="state_machine",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(_UNLAWFUL),
        func=_REFUSE_MOVE,
    ),
    pgtrigger.Trigger(
        name="needs_suspension",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(_BECOMES_SUSPENDED),
        func=_NEEDS_SUSPENSION,
    ),
    pgtrigger.Trigger(
        name="clock_starts",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_values"),
        func=_SET_CLOCK,
    ),
    pgtrigger.Trigger(
        name="clock_turns",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        referencing=pgtrigger.Referencing(new="new_values"),
        func=_STOP_CLOCK + _SET_CLOCK,
    ),
]

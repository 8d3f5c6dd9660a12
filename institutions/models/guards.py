"""What the database itself refuses in applications and objections, whoever writes (A-08)."""

import pgtrigger

from institutions.enums.notices import NoticeState, ObjectionState

_NEGOTIATING, _SIGNED = "negotiating", "signed"
_OPEN_TO_OBJECTIONS = ("public_notice", "objection")
_BECOMES_SIGNABLE = f"OLD.state <> NEW.state AND NEW.state IN ('{_NEGOTIATING}', '{_SIGNED}')"
# Nothing but constants goes into the statements below.
_NEEDS_A_SETTLED_NOTICE = f"""
IF EXISTS (
    SELECT 1 FROM institutions_objection o
    JOIN institutions_noticeentry e ON e.id = o.entry_id
    WHERE e.application_id = NEW.id AND o.state = '{ObjectionState.UNDECIDED.value}'
) THEN
    RAISE EXCEPTION 'application %: an objection is undecided', NEW.number
        USING ERRCODE = 'check_violation', CONSTRAINT = 'application_objections_decided_first';
END IF;
IF COALESCE((
    SELECT n.state FROM institutions_noticeentry e
    JOIN institutions_publicnotice n ON n.id = e.notice_id
    WHERE e.application_id = NEW.id ORDER BY e.id DESC LIMIT 1
), '') <> '{NoticeState.OVER.value}' THEN
    RAISE EXCEPTION 'application %: its public notice is not over', NEW.number
        USING ERRCODE = 'check_violation', CONSTRAINT = 'application_signed_after_its_notice';
END IF;
RETURN NEW;
"""  # noqa: S608

NEEDS_A_SETTLED_NOTICE = pgtrigger.Trigger(
    name="needs_a_settled_notice",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Condition(_BECOMES_SIGNABLE),
    func=_NEEDS_A_SETTLED_NOTICE,
)

_STATES = ", ".join(f"'{each}'" for each in _OPEN_TO_OBJECTIONS)
# Locks the application, so that it cannot move on while the objection is being written.
_ONLY_DURING_THE_NOTICE = f"""
IF NOT EXISTS (
    SELECT 1 FROM institutions_designationapplication a
    JOIN institutions_noticeentry e ON e.application_id = a.id
    WHERE e.id = NEW.entry_id AND a.state IN ({_STATES})
    FOR UPDATE OF a
) OR EXISTS (
    SELECT 1 FROM institutions_noticeentry e
    JOIN institutions_publicnotice n ON n.id = e.notice_id
    WHERE e.id = NEW.entry_id AND NEW.received_on NOT BETWEEN n.posted_on AND n.ends_on
) THEN
    RAISE EXCEPTION 'objection %: not open to objections', NEW.number
        USING ERRCODE = 'check_violation', CONSTRAINT = 'objection_only_during_the_notice';
END IF;
RETURN NEW;
"""  # noqa: S608

ONLY_DURING_THE_NOTICE = pgtrigger.Trigger(
    name="only_during_the_notice",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=_ONLY_DURING_THE_NOTICE,
)

"""What the database itself refuses of templates and consultations, whoever writes (B-22)."""

import pgtrigger

from agreements.enums.templates import (
    ConsultationState,
    Stance,
    VersionOrigin,
    VersionState,
)

_PUBLISHED = VersionState.PUBLISHED.value
_OPEN = ConsultationState.OPEN.value
_CLOSED = ConsultationState.CLOSED.value
# Nothing but constants goes into the statements below.
_NEEDS_CONSULTATION = f"""
IF (
    NEW.origin = '{VersionOrigin.ADMINISTRATION.value}' OR NEW.refines_id IS NOT NULL
    OR EXISTS (
        SELECT 1 FROM agreements_templateversion v
        WHERE v.template_id = NEW.template_id AND v.id <> NEW.id AND v.published_at IS NOT NULL
    )
) AND NOT EXISTS (
    SELECT 1 FROM agreements_consultation c
    WHERE c.version_id = NEW.id AND c.state = '{_CLOSED}'
) THEN
    RAISE EXCEPTION 'version %: published without a consultation', NEW.id
        USING ERRCODE = 'check_violation',
        CONSTRAINT = 'templateversion_consulted_before_publication';
END IF;
IF EXISTS (
    SELECT 1 FROM agreements_consultation c WHERE c.version_id = NEW.id AND c.state = '{_OPEN}'
) THEN
    RAISE EXCEPTION 'version %: its consultation is open', NEW.id
        USING ERRCODE = 'check_violation',
        CONSTRAINT = 'templateversion_consultation_closed_first';
END IF;
IF EXISTS (
    SELECT 1 FROM agreements_consultationcomment m
    JOIN agreements_consultation c ON c.id = m.consultation_id
    WHERE c.version_id = NEW.id AND c.state = '{_CLOSED}'
        AND m.stance = '{Stance.COMMENT.value}' AND m.answered_at IS NULL
) THEN
    RAISE EXCEPTION 'version %: a comment is unanswered', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'templateversion_comments_answered_first';
END IF;
IF NOT EXISTS (SELECT 1 FROM agreements_templateclause t WHERE t.version_id = NEW.id) THEN
    RAISE EXCEPTION 'version %: no clauses', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'templateversion_has_clauses';
END IF;
RETURN NEW;
"""  # noqa: S608

_FIXED = ", ".join(
    f"{{row}}.{each}"
    for each in (
        *("template_id", "number", "title", "refines_id", "origin", "reason", "document"),
        *("effective_from", "published_at", "published_by_id", "drafted_by_id"),
    )
)
_CHANGES_WHAT_WAS_PUBLISHED = (
    f"OLD.published_at IS NOT NULL AND ROW({_FIXED.format(row='OLD')})"
    f" IS DISTINCT FROM ROW({_FIXED.format(row='NEW')})"
)

VERSION_TRIGGERS = [
    pgtrigger.Trigger(
        name="needs_consultation",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            f"OLD.published_at IS NULL AND NEW.state = '{_PUBLISHED}'"
            f" AND OLD.state <> '{_PUBLISHED}'"
        ),
        func=_NEEDS_CONSULTATION,
    ),
    pgtrigger.Trigger(
        name="published_is_fixed",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(_CHANGES_WHAT_WAS_PUBLISHED),
        func="""
        RAISE EXCEPTION 'version %: published', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'templateversion_published_is_fixed';
        """,
    ),
    # Neither a bulk insert nor an import publishes past the consultation.
    pgtrigger.Trigger(
        name="begins_unpublished",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("NEW.published_at IS NOT NULL"),
        func="""
        RAISE EXCEPTION 'a version begins unpublished'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'templateversion_begins_unpublished';
        """,
    ),
]


def fixed_with_the_version(constraint: str) -> pgtrigger.Trigger:
    """Return the trigger of a part of a text: it stands still once the version is published, and
    while institutions are asked about it.
    """
    return pgtrigger.Trigger(
        name="fixed_with_the_version",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("version", "BIGINT")],
        func=f"""
        IF TG_OP = 'INSERT' THEN version := NEW.version_id; ELSE version := OLD.version_id; END IF;
        PERFORM 1 FROM agreements_templateversion v WHERE v.id = version FOR SHARE;
        IF EXISTS (
            SELECT 1 FROM agreements_templateversion v
            WHERE v.id = version AND (v.published_at IS NOT NULL OR EXISTS (
                SELECT 1 FROM agreements_consultation c
                WHERE c.version_id = v.id AND c.state = '{_OPEN}'
            ))
        ) THEN
            RAISE EXCEPTION 'version %: its text stands still', version
                USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
        """,  # noqa: S608
    )


# Locks the consultation, so that it cannot close while the comment is being written.
COMMENT_WHILE_OPEN = pgtrigger.Trigger(
    name="only_while_open",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("text", "stance"),
    func=f"""
    PERFORM 1 FROM agreements_consultation c
        WHERE c.id = NEW.consultation_id AND c.state = '{_OPEN}' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'consultation % is not open', NEW.consultation_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultationcomment_only_while_open';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM agreements_consultationparty p
        WHERE p.consultation_id = NEW.consultation_id AND p.institution_id = NEW.institution_id
    ) THEN
        RAISE EXCEPTION 'institution % is not asked', NEW.institution_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultationcomment_of_a_party';
    END IF;
    RETURN NEW;
    """,  # noqa: S608
)

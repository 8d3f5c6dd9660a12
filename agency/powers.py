"""The powers of agency and administration kept apart by the database itself."""

import pgtrigger

from agency.enums import Actor


def only_of(actor: Actor, *columns: str) -> pgtrigger.Trigger:
    """Return a trigger that refuses a row whose named persons do not act for `actor`.

    Columns are those of foreign keys to the user, named as in the model.
    """
    persons = ", ".join(f"NEW.{column}_id" for column in columns)
    strangers = f"SELECT 1 FROM agency_user WHERE id IN ({persons}) AND actor <> '{actor.value}'"  # noqa: S608
    return pgtrigger.Trigger(
        name=f"only_of_{actor.value}",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF EXISTS ({strangers}) THEN
                RAISE EXCEPTION 'only persons of the {actor.value} may do this on %', TG_TABLE_NAME
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'only_of_{actor.value}';
            END IF;
            RETURN NEW;
        """,
    )

"""The supervision pages: who gets in, what the system administrator may and may not see."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from agency.enums import Actor, Role
from agency.models import Region, User
from tests.agency.factories import user_with


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_only_the_administration_and_the_system_administrator_get_in(client, role):
    client.force_login(user_with(role))
    status = client.get("/admin/", follow=True).status_code
    lets_in = role.actor is Actor.ADMINISTRATION or role is Role.SYSTEM_ADMINISTRATOR
    assert status == (200 if lets_in else 403)


@pytest.mark.django_db
def test_a_stranger_is_sent_to_the_one_log_in_page(client):
    response = client.get("/admin/agency/region/", follow=True)
    assert response.redirect_chain[-1][0] == "/login/?next=/admin/agency/region/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "supervisor", "administrator"),
    [
        ("agency/user/", 403, 200),
        ("agency/region/", 200, 200),
        ("agency/jobrun/", 200, 200),
        ("agency/attachment/", 200, 403),
        ("institutions/membership/", 200, 200),
        ("institutions/changerequest/", 200, 403),
        ("agreements/agreement/", 200, 403),
        ("settlements/statement/", 200, 403),
        ("supervision/case/", 200, 403),
        ("archives/record/", 200, 403),
    ],
)
def test_matters_are_the_administrations_the_machine_is_the_administrators(
    client, path, supervisor, administrator
):
    for role, status in [
        (Role.SUPERVISOR, supervisor),
        (Role.SYSTEM_ADMINISTRATOR, administrator),
    ]:
        client.force_login(user_with(role))
        assert client.get(f"/admin/{path}").status_code == status


@pytest.mark.django_db
def test_accounts_are_looked_at_here_and_changed_at_the_desk(client):
    client.force_login(user_with(Role.SYSTEM_ADMINISTRATOR))
    clerk = user_with(Role.CLAIM_REVIEWER)
    address = f"/admin/agency/user/{clerk.pk}/change/"
    assert client.get(address).status_code == 200
    head = Group.objects.get(name=Role.AGENCY_HEAD)
    assert client.post(address, {"name": "王芳", "groups": [head.pk]}).status_code == 403
    assert User.objects.get(pk=clerk.pk).roles == {Role.CLAIM_REVIEWER}
    for secret in ("otp_totp/totpdevice/", "otp_static/staticdevice/"):
        assert client.get(f"/admin/{secret}").status_code == 404


@pytest.mark.django_db
def test_regions_are_entered_by_command(capsys):
    call_command("add_region", "360400", "九江市", "--level", "prefecture", "--profile", "JIUJIANG")
    call_command("add_region", "360403", "浔阳区", "--level", "county", "--parent", "360400")
    call_command("add_user", "li", "--name", "李", "--role", "agency.head", "--region", "360403")
    assert Region.objects.get(pk="360403").parent_id == "360400"
    assert User.objects.get(username="li").region_id == "360403"
    for wrong in (
        ["36", "短", "--level", "county"],
        ["360499", "x", "--level", "county", "--parent", "1"],
    ):
        with pytest.raises(CommandError):
            call_command("add_region", *wrong)
    with pytest.raises(CommandError, match="no such region"):
        call_command("add_user", "wu", "--name", "吴", "--role", "agency.head", "--region", "1")

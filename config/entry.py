"""One log-in page for everybody, the supervision pages included."""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse


def admin_login(request: HttpRequest) -> HttpResponse:
    """Send strangers to the log-in page; those who may not enter get a 403, not a second form."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", "/admin/"))

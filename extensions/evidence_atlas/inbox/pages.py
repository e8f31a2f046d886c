"""The pages that the service shows, and the form, which stands on the pages of the atlas too."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from evidence_atlas.inbox.message import HONEYPOT, KINDS, LONGEST, TICKET, Message

if TYPE_CHECKING:
    from jinja2 import Environment
    from starlette.responses import Response

HERE = Path(__file__).parent
LOCALES = HERE.parent / "locale"
Translate = Callable[[str], str]


def labels(_: Translate) -> dict[str, str]:
    """Return the kinds of message in a reader's words."""
    words = (
        _("Something is wrong"),
        _("A paper is missing"),
        _("A paper was retracted"),
        _("The wording claims too much, or is unclear"),
        _("The badge is wrong"),
        _("Something else"),
    )
    return dict(zip(KINDS, words, strict=True))


def form_html(action: str, values: Mapping[str, str], days: int, _: Translate, wrong: Sequence[str] = ()) -> Markup:
    """Return the form.

    Args:
        action: Address to which it is sent.
        values: What stands in its fields.
        days: Days after which contacts are deleted.
        _: Translates texts.
        wrong: Names of the fields that must be filled in again.
    """
    form = _environment().get_template("form.html").render(_common(_) | {
        "action": action, "values": values, "days": days, "wrong": wrong,
    })  # fmt: skip
    return Markup(form)  # noqa: S704  (the template escapes what it is given)


class Pages:
    """Makes the service's answers.

    Args:
        path: The service's address on its host.
        name: Name of the atlas.
        site: Address of the atlas.
        days: Days after which contacts are deleted.
        language: Language of the texts.
    """

    def __init__(self, path: str, name: str, site: str, days: int, language: str) -> None:
        translation = gettext.translation("evidence_atlas", LOCALES, [language], fallback=True)
        self._ = translation.gettext
        known = language if isinstance(translation, gettext.GNUTranslations) else "en"
        self.always: dict[str, Any] = _common(self._) | {
            "path": path, "name": name, "site": site, "days": days, "lang": known.replace("_", "-"),
        }  # fmt: skip
        self.style = (HERE / "templates" / "inbox.css").read_text(encoding="utf-8")

    def form(self, values: Mapping[str, str], wrong: Sequence[str] = (), status: int = 200) -> Response:
        """Return the page with the form."""
        form = form_html(self.always["path"], values, self.always["days"], self._, wrong)
        return self._page("ask.html", status, form=form, wrong=wrong)

    def review(self, values: Mapping[str, str], notice: str = "", status: int = 200) -> Response:
        """Return the page that shows a message once more before it is sent.

        Args:
            values: The fields of the form.
            notice: Why it was not sent yet: ``trap``, ``soon``, ``down`` or nothing.
            status: Status of the answer.
        """
        response = self._page("review.html", status, values=values, notice=notice)
        if notice == "down":
            response.headers["Retry-After"] = "60"
        return response

    def thanks(self, reference: str, message: Message) -> Response:
        """Return the page that says that a message was kept."""
        return self._page("thanks.html", 201, reference=reference, message=message)

    def refusal(self, status: int, headers: Mapping[str, str] | None) -> Response:
        """Return the page that says why a request was refused."""
        response = self._page("refusal.html", status, status=status)
        response.headers.update(headers or {})
        return response

    def _page(self, template: str, code: int, **values: Any) -> Response:
        from starlette.responses import HTMLResponse

        return HTMLResponse(_environment().get_template(template).render(self.always | values), code)


def _common(_: Translate) -> dict[str, Any]:
    return {"_": _, "kinds": labels(_), "longest": LONGEST, "honeypot": HONEYPOT, "ticket": TICKET}


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(__name__), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )

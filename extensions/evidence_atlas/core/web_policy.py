"""What a browser may load for the pages of a site, and where their forms may go."""

from __future__ import annotations

_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",  # the search is WebAssembly
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
}


def content_security_policy(inbox: str = "") -> str:
    """Return the value of the header ``Content-Security-Policy`` for a site.

    Args:
        inbox: The setting ``inbox``. A path is on the site's own host, as the search is; the address of another host
            is allowed for forms besides.
    """
    forms = f"'self' {inbox}" if "://" in inbox else "'self'"
    return "; ".join(f"{name} {sources}" for name, sources in {**_SOURCES, "form-action": forms}.items())

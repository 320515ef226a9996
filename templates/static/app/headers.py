"""What every answer tells browsers: to do nothing with it but what it is meant for."""

from starlette.types import Scope

from app.settings import Settings

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",  # pages that CORS allows read it nevertheless
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
DOCS = ("/docs", "/docs/oauth2-redirect")
# FastAPI's page of Swagger UI has a script of its own, and loads the rest from elsewhere.
SWAGGER_UI = "'unsafe-inline' https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/"
DOCS_POLICY = (
    f"default-src 'none'; script-src {SWAGGER_UI}; style-src {SWAGGER_UI}; connect-src 'self'; "
    "img-src data: https://fastapi.tiangolo.com/img/; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def browser_headers(scope: Scope) -> dict[str, str]:
    """The headers for browsers of the answer to a request."""
    headers = dict(HEADERS)
    if scope["path"] in DOCS:
        headers["Content-Security-Policy"] = DOCS_POLICY
    settings: Settings = scope["app"].state.settings
    if settings.public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers

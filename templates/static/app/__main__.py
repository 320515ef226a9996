"""Starts the server: `python -m app`."""

import logging

import uvicorn

from app.protocol import PatientProtocol
from app.settings import Settings, load_settings


def main() -> None:
    """Serve on HOST and PORT; believe X-Forwarded-For only from TRUSTED_PROXIES."""
    settings = load_settings(Settings)
    logging.basicConfig(format="%(levelname)s:     %(message)s")
    uvicorn.run(
        "app.main:app",
        host=settings.host,
        port=settings.port,
        workers=settings.web_concurrency,
        http=PatientProtocol,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        access_log=settings.access_log,
    )


if __name__ == "__main__":
    main()

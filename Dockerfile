# Two stages from one base, so that the virtual environment finds the same Python where it is copied to.
FROM python:3.13-slim-bookworm AS build

ENV UV_PROJECT_ENVIRONMENT=/opt/venv \
    UV_PYTHON_DOWNLOADS=never \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy
WORKDIR /app
RUN pip install --no-cache-dir uv==0.13.8
# Before the code: a change of the code alone reuses this layer.
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-cache
COPY . .
# The manifest of hashed names needs production settings; no value of this line stays in the image.
RUN GOLIVE_SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
    GOLIVE_ALLOWED_HOSTS=localhost \
    GOLIVE_BASE_URL=https://localhost \
    /opt/venv/bin/python manage.py collectstatic --no-input


FROM python:3.13-slim-bookworm

# Pango sets the PDF; the fonts cover Latin, Greek and Cyrillic (Inter), signs (DejaVu), Chinese, Japanese and Korean
# (Noto CJK) and the other scripts (Noto).
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
        fontconfig fonts-inter fonts-jetbrains-mono fonts-dejavu-core fonts-noto-core fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home golive \
    && install --directory --owner=golive --group=golive /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/tmp/cache \
    GOLIVE_DATA_DIR=/data
WORKDIR /app
USER golive
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# Which proxies may say who the client is comes from FORWARDED_ALLOW_IPS; without it, only one on the same host may.
CMD ["uvicorn", "golive_site.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--proxy-headers", "--no-server-header", "--lifespan", "off", "--timeout-graceful-shutdown", "10"]

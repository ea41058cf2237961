# One image for every part of Blotter; compose says which part a container is.
FROM node:22-bookworm-slim AS front
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY tools tools
RUN npm ci --ignore-scripts && mkdir -p static && npm run vendor

FROM python:3.12-slim-bookworm
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --uid 10001 --create-home blotter
WORKDIR /srv/blotter
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY app app
COPY workers workers
COPY migrations migrations
COPY templates templates
COPY static static
COPY alembic.ini ./
COPY --from=front /build/static/vendor static/vendor
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && mkdir -p /var/lib/blotter && chown blotter:blotter /var/lib/blotter
USER blotter
ENV BLOTTER_EMBEDDED=false BLOTTER_HOME=/var/lib/blotter
VOLUME /var/lib/blotter
EXPOSE 8600
CMD ["gunicorn", "app.wsgi:app", "--bind", "0.0.0.0:8600", "--worker-class", "gthread", "--threads", "8", \
     "--timeout", "120", "--no-control-socket"]

FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements/base.txt /tmp/base.txt
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/base.txt

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    MEDIA_ROOT=/srv/media
RUN useradd --system --uid 10001 --home-dir /srv/office --shell /usr/sbin/nologin office \
    && install -d -o office -g office /srv/office /srv/media
COPY --from=build /opt/venv /opt/venv
WORKDIR /srv/office
COPY --chown=office:office . .
USER office
# Neither command talks to a service: the values only satisfy the settings, and stay in this layer.
RUN SECRET_KEY=build-only ALLOWED_HOSTS=build DATABASE_URL=postgres://build REDIS_URL=redis://build \
    sh -c 'python manage.py translations --compile && python manage.py collectstatic --noinput'
VOLUME /srv/media
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s --retries=4 \
    CMD ["python", "-m", "config.probe"]
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", \
     "--timeout", "120", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-", "--no-control-socket"]

# The bot with its catalogue built in: hashed pins, nobody's user, and a file system that may be read-only.
# Only /srv/evidence-bot/var (state in SQLite, drawn pictures) and /tmp need to be written: mount them.
#
#   docker build -t evidence-bot .
#   docker run --read-only --tmpfs /tmp --tmpfs /srv/evidence-bot/var:uid=10001,gid=10001,mode=0700 \
#     --cap-drop ALL --security-opt no-new-privileges --env-file .env -p 8080:8080 evidence-bot serve
#
# With `run` instead of `serve` it stays connected to Discord's gateway. docs/operating.md tells more.

FROM python:3.13-slim AS build
WORKDIR /srv/evidence-bot
RUN python -m venv /opt/venv
COPY requirements.txt ./
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt
COPY bot bot
COPY responses responses
COPY data data
RUN /opt/venv/bin/python -m bot build && mkdir var && chmod -R a+rX,go-w .

FROM python:3.13-slim
RUN groupadd --gid 10001 bot && useradd --uid 10001 --gid bot --no-create-home --shell /usr/sbin/nologin bot
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/evidence-bot /srv/evidence-bot
RUN chown bot:bot /srv/evidence-bot/var && chmod 700 /srv/evidence-bot/var
WORKDIR /srv/evidence-bot
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    HOME=/tmp LOG_FORMAT=json SERVE_HOST=0.0.0.0
USER 10001:10001
VOLUME /srv/evidence-bot/var
EXPOSE 8080
# Docker waits 10 s before it kills; the bot needs less.
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]

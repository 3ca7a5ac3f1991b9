# Browser libraries, as locked in package-lock.json.
FROM node:24-slim AS browser
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim AS runtime
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --system --uid 10001 --create-home --home-dir /home/kgcurate kgcurate
WORKDIR /app
# Before the code, so that a change of code does not install everything again. A package index of your own
# comes in as a secret: docker build --secret id=pip,src=$HOME/.config/pip/pip.conf
COPY requirements.txt ./
RUN --mount=type=secret,id=pip,target=/etc/pip.conf pip install --requirement requirements.txt
COPY . .
COPY --from=browser /app/node_modules node_modules
# Collecting needs settings but neither a server nor a real key; nothing of this stays in the image.
RUN if ls locale/*/LC_MESSAGES/django.po >/dev/null 2>&1; then \
        python -m babel.messages.frontend --quiet compile --directory locale --domain django; \
    fi \
    && KGCURATE_VAR=/tmp/build python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf /tmp/build \
    && install -d -o kgcurate -g kgcurate /var/lib/kgcurate
ENV KGCURATE_ENV=production KGCURATE_VAR=/var/lib/kgcurate HOST=0.0.0.0 PORT=8000
USER kgcurate
VOLUME /var/lib/kgcurate
EXPOSE 8000
# Shared memory, because a heartbeat file on a slow disk looks like a hanging worker.
CMD ["gunicorn", "kgcurate.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "3", "--threads", "8", "--timeout", "120", "--graceful-timeout", "20", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]

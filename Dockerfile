# Magpie as an image: `docker build --tag magpie .`
FROM node:22-slim

WORKDIR /magpie
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIR=/data

COPY . .
RUN npm ci --omit=dev --no-audit --no-fund && mkdir -p /data/media && chown -R node:node /data

USER node
VOLUME /data
EXPOSE 4000

# Healthy is what can take requests; a supervisor that restarts what is not alive asks /healthz.
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:4000/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

# Not through npm, so that the process gets the signals.
CMD ["node", "--conditions=magpie-source", "--import", "tsx", "src/main.ts"]

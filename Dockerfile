# The worker, and the command line beside it. See docs/operations.md.
# No Alpine: Temporal's core is a native module for glibc. CI runs the tests of units and of the worker on this version (.ci/node24).
# Pinned as in docker/production.yml. Another version: docker buildx imagetools inspect node:24.21.0-bookworm-slim --format '{{.Manifest.Digest}}'
ARG NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6

# The sources with everything that builds, tests and simulates.
FROM ${NODE_IMAGE} AS sources
WORKDIR /app
COPY package.json package-lock.json ./
# No package of ours needs its install script: what is native comes ready-made, and ssh2 does without.
RUN npm ci --ignore-scripts
COPY . .

# The simulator of docker-compose.yml; it needs development dependencies.
FROM sources AS development
RUN install -d -o node -g node /simulator
USER 1000:1000
ENTRYPOINT ["node", "dev/start.js"]
CMD ["examples/demo/simulator.ts"]

FROM sources AS build
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Temporal's core comes for every platform, 25 MB each; the image runs on one.
RUN npm ci --omit=dev --ignore-scripts \
    && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
        ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} +

FROM ${NODE_IMAGE} AS worker
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="actito-sync" \
      org.opencontainers.image.description="Keeps warehouse segments alive in Actito as external target lists." \
      org.opencontainers.image.version="${VERSION}"
# Temporal's core trusts the system's certificates, which the slim image lacks: without them no TLS, no Temporal Cloud.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
# MALLOC_ARENA_MAX, and the flags below: as `npm start`, for a worker whose memory stays flat.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=1 \
    ACTITO_SYNC_PROJECT=/project \
    ACTITO_SYNC_HEALTH_PORT=8080
EXPOSE 8080
# `node`, as a number: only so can Kubernetes tell that it is not root.
USER 1000:1000
# The first check that fails after the start-up time counts; a draining worker counts as unhealthy.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["node", "dist/worker/healthcheck.js"]
# docker run … dist/cli/main.js run vip-customers
ENTRYPOINT ["node"]
CMD ["--expose-gc", "--max-semi-space-size=2", "dist/worker/main.js"]

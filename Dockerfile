# The image holds node, the libraries it is linked with, the bundle and licences: no shell, no package manager. How it starts
# and what it mounts is in manifests/base/50-deployment.yaml, which also has its health checks.

# Any Debian with Node and npm. The image's shared libraries are those of this stage, and its node is the one that
# package-lock.json names, which the tests ran on.
ARG BUILD_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
# The scripts of two packages are needed: esbuild's and node's, which put their binaries in place.
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run --silent build && node_modules/.bin/node scripts/assemble-image-root.ts /image-root

FROM scratch
LABEL org.opencontainers.image.title="soci-guard" \
      org.opencontainers.image.description="Keeps pods off Kubernetes nodes that are in a mixed-snapshotter state" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /image-root /
# By number, so that runAsNonRoot can be checked without a look into /etc/passwd.
USER 65532:65532
ENTRYPOINT ["/usr/bin/node", "/app/soci-guard.js"]
CMD ["--help"]

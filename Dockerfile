# The service in production. docker-compose.yml adds MongoDB.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY src ./src
COPY models ./models
COPY migrations ./migrations
COPY routes ./routes
COPY web ./web
COPY packages ./packages
COPY openapi ./openapi
COPY docs ./docs
RUN npx tsc -p tsconfig.json && node web/build.mjs && rm dist/.tsbuildinfo

FROM node:22-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force

FROM node:22-bookworm-slim
# The C library reserves memory for each thread otherwise, 30 MB in all.
ENV NODE_ENV=production DATA_DIR=/data MALLOC_ARENA_MAX=2
WORKDIR /app
# Encodes masters.
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*
# A new volume mounted on /data gets the owner of the folder.
RUN mkdir /data && chown node:node /data
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY bin ./bin
COPY openapi/response-examples.json ./openapi/
COPY package.json ./
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/live`).then((response) => process.exit(response.ok ? 0 : 1), () => process.exit(1))"]
# Node is the main process: it receives SIGTERM and shuts down gracefully.
CMD ["node", "--enable-source-maps", "dist/src/server.js"]

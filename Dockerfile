# The demo host. An application of your own needs nothing of this but the library.
FROM node:22.18.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No script of a dependency runs: none is needed.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22.18.0-bookworm-slim
ENV NODE_ENV=development
WORKDIR /app
RUN mkdir /data && chown node:node /data
COPY --from=build --chown=root:root /app/package.json ./
COPY --from=build --chown=root:root /app/node_modules ./node_modules
COPY --from=build --chown=root:root /app/dist ./dist
USER node
VOLUME /data
EXPOSE 3000
# Node itself, not npm: npm would not pass on the signal that ends the process.
CMD ["node", "dist/src/main.js"]

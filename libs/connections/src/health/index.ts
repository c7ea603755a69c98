// Published as `nestjs-powens-connections/health`: the readiness of a registration as an indicator of Terminus, an optional peer.
// Names and types follow semver.

export { ConnectionsHealthIndicator } from './connections.health-indicator.js';

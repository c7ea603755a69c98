// Published as `nestjs-powens-connections/redaction`. It does not load Nest, so that an instrumentation file, which runs
// before the application, may import it.

export { NGINX_LOG_FORMAT } from './nginx.js';
export { redactingLogger } from './nest-logger.js';
export { redactAttributes, redactingSpanExporter } from './open-telemetry.js';
export { pinoRedaction, type PinoRedaction } from './pino.js';
export { redactText, redactUrl } from './text/redact-text.js';
export { redact } from './redact-value.js';
export { sentryRedaction, type SentryRedaction } from './sentry.js';

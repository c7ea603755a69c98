import { isStream, requestFields, responseFields } from './http-message.js';
import { redactText } from './text/redact-text.js';
import { redact } from './redact-value.js';

/** A method of a pino logger. */
type LogMethod = (this: unknown, ...values: unknown[]) => void;

/**
 * The part of pino's options that removes secrets. It is written without pino's types: spread it into yours.
 *
 * @public
 */
export interface PinoRedaction {
  readonly serializers: Readonly<Record<'req' | 'res' | 'err' | 'error', (value: unknown) => unknown>>;
  readonly hooks: {
    readonly logMethod: (this: unknown, values: unknown[], method: LogMethod) => void;
    /** pino 9.2 and later. */
    readonly streamWrite: (line: string) => string;
  };
}

/**
 * Options for pino and pino-http that remove secrets from messages, merged objects, bindings, errors, requests and responses.
 *
 * @example
 * ```ts
 * const logger = pino({ ...pinoRedaction(), level: 'info' });
 * app.use(pinoHttp({ logger, serializers: pinoRedaction().serializers }));
 * ```
 * @public
 */
export function pinoRedaction(): PinoRedaction {
  return {
    serializers: { req: requestOf, res: responseOf, err: errorOf, error: errorOf },
    hooks: {
      logMethod(values, method) {
        method.apply(this, values.map(logged));
      },
      // Bindings of child loggers were made into text before: nothing else sees them whole.
      streamWrite: redactedLine,
    },
  };
}

/** A line is parsed only where a name or form of a secret is in it, or a letter of an address is encoded. */
const SUSPICIOUS =
  /token|secret|passw|code|state|ticket|binding|cookie|auth|assertion|signature|key|credential|bearer|basic|digest|negotiate|pin|%[4-7]|:\/\/[^/"]*@/i;

function redactedLine(line: string): string {
  if (!SUSPICIOUS.test(line)) {
    return line;
  }
  try {
    return `${JSON.stringify(redact(JSON.parse(line)))}\n`;
  } catch {
    return redactText(line);
  }
}

function requestOf(value: unknown): unknown {
  return redact(typeof value === 'object' && value !== null ? requestFields(value) : value);
}

function responseOf(value: unknown): unknown {
  return redact(typeof value === 'object' && value !== null ? responseFields(value) : value);
}

/** What is logged, with its requests and responses as they are: the serializers of pino read these. */
function logged(value: unknown): unknown {
  const copy = redact(value);
  if (typeof value === 'object' && value !== null && !(value instanceof Error) && !isStream(value)) {
    const streams = Object.entries(value).filter(([, item]) => isStream(item));
    return streams.length === 0 ? copy : { ...(copy as object), ...Object.fromEntries(streams) };
  }
  return copy;
}

function errorOf(value: unknown): unknown {
  if (!(value instanceof Error)) {
    return redact(value);
  }
  const { name, message, stack, cause, ...more } = redact(value) as Error & Record<string, unknown>;
  return {
    type: value.constructor.name || name,
    message,
    stack,
    ...(cause !== undefined && { cause: errorOf(cause) }),
    ...more,
  };
}

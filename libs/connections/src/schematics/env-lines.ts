import { ENVIRONMENT } from '../options/environment/settings.js';
import type { Draft } from './files.js';

/** A variable of an environment file. */
interface Line {
  readonly variable: string;
  readonly value: string;
  readonly meaning: string;
}

/** What `powens-sandbox` answers to; its client application is public, and has no use elsewhere. */
const SANDBOX: Readonly<Record<string, string>> = {
  POWENS_DOMAIN: 'demo-sandbox',
  POWENS_CLIENT_ID: '20000001',
  POWENS_CLIENT_SECRET: 'sandbox-client-secret-not-for-production',
  POWENS_API_URL: 'http://127.0.0.1:4000/2.0',
  POWENS_WEBVIEW_URL: 'http://127.0.0.1:4000',
};

/**
 * Adds the variables of the library to `.env` and `.env.example`, each where it does not stand yet. No secret is made here: the
 * key comes from `npx connections keys generate`.
 *
 * @param settings - the domain at Powens, empty for the sandbox; whether the DataSource reads `DATABASE_URL`; and whether the
 *   application had a database before
 */
export function addEnvironment(
  draft: Draft,
  settings: {
    readonly domain: string;
    readonly readsDatabaseUrl: boolean;
    readonly hasDatabase: boolean;
  },
): void {
  const database: Line = {
    variable: 'DATABASE_URL',
    value: 'postgres://postgres@localhost:5432/banks',
    meaning: 'the PostgreSQL database of the application',
  };
  const lines = linesFor(settings.domain === '' ? namedDomain(draft) : settings.domain);
  const example = settings.readsDatabaseUrl ? [database, ...lines] : lines;
  addLines(draft, '.env.example', example);
  addLines(draft, '.env', settings.hasDatabase ? lines : example);
}

/** The domain that `.env` names already: the addresses of the sandbox do not belong beside it. Empty for that of the sandbox. */
function namedDomain(draft: Draft): string {
  const line = /^[ \t]*(?:export[ \t]+)?POWENS_DOMAIN[ \t]*=[ \t]*["']?([^"'\s#]+)/m;
  const [, domain = ''] = line.exec(draft.find('.env') ?? '') ?? [];
  return domain === SANDBOX['POWENS_DOMAIN'] ? '' : domain;
}

function linesFor(domain: string): Line[] {
  const own: Readonly<Record<string, string>> = {
    ...(domain === '' ? SANDBOX : { POWENS_DOMAIN: domain }),
    PUBLIC_URL: 'http://localhost:3000',
  };
  return ENVIRONMENT.filter(({ variable, required }) => required === true || own[variable] !== undefined).map(
    ({ variable, meaning }) => ({ variable, value: own[variable] ?? '', meaning }),
  );
}

function addLines(draft: Draft, path: string, lines: readonly Line[]): void {
  const text = draft.find(path) ?? '';
  const missing = lines.filter(({ variable }) => !has(text, variable));
  if (missing.length === 0) return;
  const gap = text === '' ? '' : text.endsWith('\n') ? '\n' : '\n\n';
  const added = missing.map(
    ({ variable, value, meaning }) => `# ${meaning.replaceAll('`', '')}\n${variable}=${value}\n`,
  );
  draft.write(path, text + gap + added.join(''));
}

/** A line that is a comment counts: a person has decided on it. */
function has(text: string, variable: string): boolean {
  return new RegExp(`^[ \\t]*(?:#[ \\t]*)?(?:export[ \\t]+)?${variable}[ \\t]*=`, 'm').test(text);
}

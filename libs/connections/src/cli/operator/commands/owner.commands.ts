import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { ConnectionsAdminService } from '../../../flow/administration/connections-admin.service.js';
import type { UserRecord, UserSearch } from '../../../flow/administration/administration.types.js';
import { ConnectionsService } from '../../../flow/connections.service.js';
import { TokenImportService } from '../../../flow/token-import/token-import.service.js';
import type { ImportEntry } from '../../../flow/token-import/token-import.types.js';
import type { OwnerLike } from '../../../options/owner-resolver.interface.js';
import type { CommandContext } from '../../shared/output.js';
import { withProgress } from '../../shared/progress-display.js';
import { UsageError } from '../../shared/usage-error.js';
import {
  DONE,
  INTERRUPTED,
  LEFT,
  textOf,
  type Command,
  type CommandOption,
  type Given,
  type Invocation,
} from '../command.js';
import { PAGE, pageOf, printPage } from './pages.js';

/** The options that name an owner. */
export const OWNER: Readonly<Record<string, CommandOption>> = {
  owner: { value: 'id', meaning: 'id of the owner in the application' },
  tenant: { value: 'name', meaning: 'tenant of the owner, where the application has tenants' },
};

/** What concerns one owner, or brings owners in. */
export const OWNER_COMMANDS: readonly Command[] = [
  {
    words: ['search'],
    summary: 'finds Powens users, their connections and attempts, of all owners',
    options: {
      ...OWNER,
      'powens-user': { value: 'id', meaning: 'id of the user at Powens' },
      connection: { value: 'id', meaning: 'id of a connection here' },
      'powens-connection': { value: 'id', meaning: 'id of a connection at Powens' },
      attempt: { value: 'id', meaning: 'id of an attempt' },
      ...PAGE,
    },
    run: async (invocation: Invocation): Promise<number> => {
      const { given } = invocation;
      const [search, request] = [searchOf(given), pageOf(given)];
      const page = await (await invocation.service(ConnectionsAdminService)).search(search, request);
      return printPage(invocation, page, userLines);
    },
  },
  {
    words: ['sync'],
    operands: ['connection id'],
    summary: "asks Powens to synchronise an owner's connection now",
    options: OWNER,
    run: async (invocation: Invocation): Promise<number> => {
      const [id = ''] = invocation.operands;
      const owner = requiredOwnerOf(invocation.given);
      const connection = await (await invocation.service(ConnectionsService)).sync(owner, id);
      invocation.print(connection, `Powens synchronises it. State: ${connection.state ?? 'well'}.\n`);
      return DONE;
    },
  },
  {
    words: ['import'],
    operands: ['file'],
    summary: 'imports tokens of a file (- is what is piped in): {"owner": "id", "token": "text"}, one a line',
    options: {
      renewable: { meaning: 'no other application uses these Powens users: their tokens may be renewed' },
      'emit-events': { meaning: 'emits connection.created for every imported connection' },
    },
    run: importTokens,
  },
];

/**
 * Reads the options of {@link OWNER}.
 *
 * @throws UsageError when a tenant is given without an owner
 */
export function ownerOf(given: Given): OwnerLike | undefined {
  const [id, tenant] = [textOf(given, 'owner'), textOf(given, 'tenant')];
  if (id === undefined && tenant !== undefined) {
    throw new UsageError('--tenant needs --owner.');
  }
  return id === undefined || tenant === undefined ? id : { id, tenant };
}

function requiredOwnerOf(given: Given): OwnerLike {
  const owner = ownerOf(given);
  if (owner === undefined) {
    throw new UsageError('Name the owner: --owner <id>.');
  }
  return owner;
}

function searchOf(given: Given): UserSearch {
  const found = {
    owner: ownerOf(given),
    powensUserId: textOf(given, 'powens-user'),
    connectionId: textOf(given, 'connection'),
    powensConnectionId: textOf(given, 'powens-connection'),
    attemptId: textOf(given, 'attempt'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

function userLines({ id, owner, powensUserId, status, keyId, connections, attempts }: UserRecord): string {
  const tenant = owner.tenant === '' ? '' : ` of tenant ${owner.tenant}`;
  return [
    `user ${id}  owner ${owner.id}${tenant}  Powens user ${powensUserId ?? 'none'}  ${status}  key ${keyId ?? 'none'}`,
    ...connections.map(
      (one) =>
        `  connection ${one.id}  at Powens ${one.powensConnectionId}  ${one.status}  ${one.state ?? 'well'}  ` +
        (one.connectorName ?? ''),
    ),
    ...attempts.map(
      (one) =>
        `  attempt ${one.id}  ${one.createdAt.toISOString()}  ${one.flow}  ${one.status}  ${one.errorCode ?? ''}`,
    ),
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}

async function importTokens(invocation: Invocation): Promise<number> {
  const { given, context, operands } = invocation;
  const input = await inputOf(operands[0] ?? '', context);
  const imports = await invocation.service(TokenImportService);
  const report = await withProgress(context.stderr, 'read', async (onProgress) =>
    imports.import(entriesOf(input, context), {
      renewable: given['renewable'] === true,
      emitEvents: given['emit-events'] === true,
      onProgress,
    }),
  );
  const failed = report.failed.map(({ index, code }) => `line ${index + 1}: ${code}\n`).join('');
  invocation.print(
    report,
    `${report.imported} imported, ${report.unchanged} unchanged, ${report.failed.length} failed.\n${failed}`,
  );
  if (context.signal.aborted) {
    return INTERRUPTED;
  }
  return report.failed.length === 0 ? DONE : LEFT;
}

/** @throws UsageError for a file that cannot be opened */
async function inputOf(file: string, { stdin }: CommandContext): Promise<Readable> {
  if (file === '-') {
    return Readable.from(stdin);
  }
  try {
    return (await open(file)).createReadStream();
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new UsageError(`The file cannot be read (${code}).`);
  }
}

/** Line by line, so that only a few tokens are in memory. */
async function* entriesOf(input: Readable, { signal }: CommandContext): AsyncGenerator<ImportEntry> {
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    if (signal.aborted) {
      return;
    }
    yield entryOf(line, number);
  }
}

/** The message repeats nothing of the line: it holds a token. */
function entryOf(line: string, number: number): ImportEntry {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry === 'object' && entry !== null && 'owner' in entry && 'token' in entry) {
      return entry as ImportEntry;
    }
  } catch {
    // Reported below.
  }
  throw new UsageError(
    `Line ${number} is not {"owner": "id", "token": "text"}. What is before it was imported.`,
  );
}

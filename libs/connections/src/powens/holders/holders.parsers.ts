import { flag, looseId, looseText, recordsOf, word } from '../bank/bank-values.js';
import { rawOf } from '../bank/plain-json.js';
import { fields, id, isRecord } from '../wire-values.js';
import type { PowensAccountOwnership, PowensIdentity } from './holders.types.js';

/** Reads the holders of an account. */
export function parseOwnership(body: unknown): PowensAccountOwnership {
  const wire = fields(body);
  return {
    accountId: id(wire['id_account'], 'id_account'),
    powensConnectionId: looseId(wire['id_connection']),
    name: looseText(wire['name']),
    bankName: looseText(wire['bank_name']),
    usage: word(wire['usage']),
    hasMultipleHolders: flagOrNull(wire['multiple_holders']),
    identifications: recordsOf(wire['identifications']).map((one) => ({
      scheme: word(one['scheme_name']),
      value: looseText(one['identification']),
    })),
    parties: recordsOf(wire['parties']).map((one) => ({
      role: word(one['role']),
      identity: parseIdentity(one['identity']),
    })),
    raw: rawOf(wire),
  };
}

/** Reads a person; null where Powens names none. */
export function parseIdentity(body: unknown): PowensIdentity | null {
  if (!isRecord(body)) {
    return null;
  }
  const wire = fields(body);
  return {
    fullName: looseText(wire['full_name']),
    firstName: looseText(wire['first_name']),
    lastName: looseText(wire['last_name']),
    civility: word(wire['civility']),
    birthDate: looseText(wire['birth_date']),
    isUser: flagOrNull(wire['is_user']),
    raw: rawOf(wire),
  };
}

/** Reads the person behind a connection: below `identity`, or the answer itself. */
export function parseOwnerIdentity(body: unknown): PowensIdentity | null {
  const wire = fields(body);
  return parseIdentity('identity' in wire ? wire['identity'] : 'full_name' in wire ? wire : null);
}

function flagOrNull(value: unknown): boolean | null {
  return typeof value === 'boolean' || typeof value === 'number' ? flag(value, false) : null;
}

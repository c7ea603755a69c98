import { ValidateBy, type ValidationOptions } from 'class-validator';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const FIELD = /^[A-Za-z][A-Za-z0-9_]{0,39}$/;
// They are put into a URL, so into histories and logs: credentials must not be among them.
const SECRET = /pass|pwd|secret|pin|otp|code|token/i;

/**
 * Checks values to fill in, by connector and field: `{ '338178e6-…': { website: 'par' } }`. Fields that hold a secret are
 * refused.
 */
export function IsConnectorFields(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isConnectorFields',
      validator: {
        validate: isConnectorFields,
        defaultMessage: () =>
          'connectorFields must map connector uuids to fields and their values, without passwords or codes',
      },
    },
    options,
  );
}

function isConnectorFields(value: unknown): boolean {
  return (
    isRecord(value) &&
    Object.keys(value).length <= 10 &&
    Object.entries(value).every(([uuid, fields]) => UUID.test(uuid) && isRecord(fields) && areFields(fields))
  );
}

function areFields(fields: Record<string, unknown>): boolean {
  return Object.entries(fields).every(
    ([name, value]) =>
      FIELD.test(name) && !SECRET.test(name) && typeof value === 'string' && value.length <= 200,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { invalidValue } from './sandbox-api.error.js';

/**
 * Reads a body the way the provider does: JSON or a flat form, by the media type, JSON when there is none.
 * An empty body is an empty object even under `Content-Type: application/json`, which several clients send on `POST`
 * without fields and on `DELETE`.
 *
 * @see protocol notes, section 1, "Request bodies"
 */
export function parseBody(contentType: string | undefined, text: string): unknown {
  if (text === '') {
    return {};
  }
  if (contentType?.toLowerCase().startsWith('application/x-www-form-urlencoded')) {
    return formFields(text);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalidValue('body', 'it is not JSON');
  }
}

/** Repeated fields become a list, as checkboxes of one name do. */
function formFields(text: string): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of new URLSearchParams(text)) {
    const known = fields[name];
    fields[name] = known === undefined ? value : [known, value].flat();
  }
  return fields;
}

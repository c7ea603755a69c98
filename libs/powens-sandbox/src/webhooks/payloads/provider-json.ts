/**
 * JSON as the provider writes it: `", "` and `": "` between things, and letters outside ASCII as they are. A receiver
 * that parses and serialises anew gets other bytes, and its signature check fails, as it would with the provider.
 *
 * @see protocol notes, section 7.4 and 11.4
 */
export function providerJson(value: unknown): string {
  // A line feed inside a string is escaped: the ones found here are those of the indentation.
  return JSON.stringify(value, null, 1).replace(/,\n */g, ', ').replace(/\n */g, '');
}

/** Adds `id_webhook_data` to a body: the last key, as the provider's own samples show it. */
export function withWebhookId(text: string, id: number): string {
  const inside = text.slice(0, -1);
  return `${inside}${inside === '{' ? '' : ', '}"id_webhook_data": ${id}}`;
}

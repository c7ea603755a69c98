/**
 * Bodies of `POST /connect` that lead to a bank as they stand. The first one is what "Try it out" starts with: an
 * example made up from the schema would hold every property at once, and fit no bank.
 */
export const START_EXAMPLES = {
  anyBank: { summary: 'Any bank', value: {} },
  billing: { summary: 'A billing provider', value: { capabilities: ['document'] } },
  returnTo: { summary: 'Back to a page of the application', value: { returnTo: '/' } },
  oneBank: {
    summary: 'One bank, without the picker',
    value: { connectorUuids: ['338178e6-3d01-564f-9a7b-52ca442459bf'] },
  },
  several: { summary: 'Up to three banks, in French', value: { maxConnections: 3, lang: 'fr' } },
};

/** Bodies of `POST /:id/reconnect`. */
export const RECONNECT_EXAMPLES = {
  missing: { summary: 'Ask for what is missing', value: {} },
  credentials: { summary: 'Ask for all credentials anew', value: { resetCredentials: true } },
};

/** Bodies of `POST /manage`. */
export const MANAGE_EXAMPLES = {
  all: { summary: 'All connections', value: {} },
  french: {
    summary: 'In French, and back to a page of the application',
    value: { lang: 'fr', returnTo: '/' },
  },
};

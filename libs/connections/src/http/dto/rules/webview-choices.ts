/** Languages of the webview. */
export const LANGUAGES = ['en', 'fr', 'de', 'nl', 'pt', 'it', 'es'];

/** What a connector can be asked for. */
export const CAPABILITIES = ['bank', 'bankwealth', 'document'];

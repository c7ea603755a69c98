/** What stands above the operations at `/docs`: how to run the whole flow by hand. */
export function guide(sandboxUrl: string | null): string {
  return [
    'A small Nest application whose users connect their banks through Powens.',
    sandboxUrl === null
      ? ''
      : `No account is needed: the provider is played by a **local sandbox** at ${sandboxUrl}, and no bank is real.`,
    '## Run the flow by hand',
    [
      '1. **Sign in.** `POST /session`, *Try it out*, *Execute*. Any name will do. The browser keeps the cookie.',
      '2. **Start.** `POST /connections/connect`, *Try it out*, *Execute*. The empty body is enough; the examples show more.',
      '3. **Go to the bank.** Copy the `url` of the answer into the address bar **of this browser** (the attempt is ' +
        'bound to it by a cookie), accept the terms, pick a bank, log in with the credentials shown on the page.',
      '4. **Come back.** The browser returns by itself to a result: `"status": "connected"`. The code of the webview ' +
        'was exchanged, the access token is sealed in the database.',
      '5. **Look.** `GET /connections` lists the connection, `GET /events` shows that the handlers were told, and ' +
        '`GET /accounts` reads the accounts live with the token.',
    ].join('\n'),
    'Steps 2 and 3 in one, once signed in: [open /connections/connect](connections/connect).',
    'Then try the rest: a second bank (the same Powens user gets it), *cancel* in the webview, the back button after ' +
      'the end, another browser. Errors are `application/problem+json` with a stable `code`.',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

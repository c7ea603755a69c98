/** The introduction of `/docs`: how to run the whole flow by hand. */
export function guide(sandboxUrl: string | null): string {
  return [
    'A small Nest application whose users connect their banks through Powens.',
    sandboxUrl === null
      ? ''
      : `No account is needed: the provider is played by a **local sandbox** at ${sandboxUrl}, and no bank is real.`,
    'The [page of the demo](./) does it with a few clicks; here is every route.',
    '## Run the flow by hand',
    [
      '1. **Sign in.** `POST /session`, *Try it out*, *Execute*. Any name will do. The browser keeps the cookie.',
      '2. **Start.** `POST /connections/connect`, *Try it out*, *Execute*. The empty body is enough; the examples show more.',
      '3. **Go to the bank.** Copy the `url` of the answer into the address bar **of this browser** (the attempt is ' +
        'bound to it by a cookie), accept the terms, pick a bank, log in with the credentials shown on the page.',
      '4. **Come back.** The browser returns by itself to a result: `"status": "connected"`. The code of the webview ' +
        'was exchanged, the access token is sealed in the database.',
      '5. **Look.** `GET /connections` lists the connection, `GET /events` shows the events that the handlers received, and ' +
        '`GET /accounts` reads the accounts live with the token.',
    ].join('\n'),
    'Steps 2 and 3 in one, once signed in: [open /connections/connect](connections/connect).',
    'Then try the rest: a second bank (the same Powens user gets it), *cancel* in the webview, the back button after ' +
      'the end, another browser. Errors are `application/problem+json` with a stable `code`.',
    '## What comes after',
    [
      breakIt(sandboxUrl),
      '- `POST /connections/{id}/sync` looks now, with the `id` of `GET /connections`; `requiredAction` says what to do.',
      '- `POST /connections/{id}/reconnect` answers a `url` again: open it as in step 3, and the connection is repaired.',
      '- `POST /connections/manage` leads to a page to repair, add and delete connections.',
      '- `DELETE /connections/{id}` deletes one, `DELETE /connections/me` everything of yours.',
      pushIt(sandboxUrl),
      '- `GET /events` shows the events that the handlers received.',
    ]
      .filter((line) => line !== '')
      .join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Only the sandbox sends webhooks on request. */
function pushIt(sandboxUrl: string | null): string {
  return sandboxUrl === null
    ? ''
    : '- The sandbox pushes like Powens: a broken consent shows in `GET /events` without anybody asking. ' +
        '`POST /sandbox-webhooks` lets it send one now; close the tab in the middle of step 3 for a second bank, and ' +
        '`connection.unconfirmed` reports it.';
}

/** Only the sandbox can simulate its banks. */
function breakIt(sandboxUrl: string | null): string {
  return sandboxUrl === null
    ? ''
    : '- `POST /sandbox-states` lets the bank ask for something, as after a change of the password. A ' +
        'synchronisation is refused within the first minutes: `curl -X POST ' +
        `${sandboxUrl}/sandbox/clock -H 'content-type: application/json' -d '{"advanceSeconds":180}'\` lets them pass.`;
}

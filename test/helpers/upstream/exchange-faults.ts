import type { PlantedFault } from '../flow/observe.js';

/** What went wrong at the exchange, and what must have become of the attempt when it goes wrong as often as it may. */
export type ExchangeFault = readonly [
  what: string,
  fault: Omit<PlantedFault, 'method' | 'path'>,
  status: string,
  error: string,
];

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): ExchangeFault[1] => ({
  kind: 'status',
  status,
  body,
  headers,
});

const page = (status: number): ExchangeFault[1] =>
  answer(status, '<h1>no</h1>', { 'content-type': 'text/html' });

/** Powens said no to the code: it is not sent again. */
export const REFUSED: readonly ExchangeFault[] = [
  ['400', { kind: 'status', status: 400 }, 'failed', 'code_refused'],
  ['403', { kind: 'status', status: 403 }, 'failed', 'code_refused'],
];

/** The call was refused, for its credentials or its address, or by something in between: the code is as good as before. */
export const TURNED_AWAY: readonly (readonly [what: string, fault: ExchangeFault[1]])[] = [
  ['401', { kind: 'status', status: 401 }],
  ['404', { kind: 'status', status: 404 }],
  ['a page with 400', page(400)],
  ['a page with 401', page(401)],
  ['a page with 403', page(403)],
  ['a page with 404', page(404)],
];

/** Nobody can tell whether Powens processed the code. */
export const LOST: readonly ExchangeFault[] = [
  ['500', { kind: 'status', status: 500 }, 'unknown', 'powens_failed'],
  ['502 without a body', answer(502, ''), 'unknown', 'powens_failed'],
  ['a page of the edge', { kind: 'html503' }, 'unknown', 'powens_failed'],
  ['silence', { kind: 'timeout' }, 'unknown', 'powens_timeout'],
  ['a reset', { kind: 'reset' }, 'unknown', 'powens_timeout'],
  ['a redirect', answer(302, '', { location: 'https://evil.test/' }), 'unknown', 'powens_response_invalid'],
  [
    'HTML with 200',
    answer(200, '<html></html>', { 'content-type': 'text/html' }),
    'unknown',
    'powens_response_invalid',
  ],
  ['half an object', answer(200, '{"access_token": "abc'), 'unknown', 'powens_response_invalid'],
  ['nothing', answer(200, ''), 'unknown', 'powens_response_invalid'],
  ['null', answer(200, 'null'), 'unknown', 'powens_response_invalid'],
  ['an array', answer(200, '[{"access_token":"abcdefgh"}]'), 'unknown', 'powens_response_invalid'],
  ['no token', answer(200, '{"token_type":"Bearer"}'), 'unknown', 'powens_response_invalid'],
  ['a number for a token', answer(200, '{"access_token": 12345678}'), 'unknown', 'powens_response_invalid'],
  ['an empty token', answer(200, '{"access_token": ""}'), 'unknown', 'powens_response_invalid'],
  ['blanks for a token', answer(200, '{"access_token": "   "}'), 'unknown', 'powens_response_invalid'],
  [
    'a token with a line break',
    answer(200, '{"access_token": "a\\r\\nX-Evil: 1"}'),
    'unknown',
    'powens_response_invalid',
  ],
  ['10 kB of token', answer(200, { access_token: 't'.repeat(10_000) }), 'unknown', 'powens_response_invalid'],
  [
    '70 kB of answer',
    answer(200, { access_token: 't', x: 'x'.repeat(70_000) }),
    'unknown',
    'powens_response_invalid',
  ],
  [
    'a mac token',
    answer(200, '{"access_token":"abcdefgh","token_type":"mac"}'),
    'unknown',
    'powens_response_invalid',
  ],
  [
    'a token under __proto__',
    answer(200, '{"__proto__":{"access_token":"abcdefgh"}}'),
    'unknown',
    'powens_response_invalid',
  ],
];

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { redactText, redactUrl } from './redact-text.js';

/** Every one of these holds the same secret. */
const S = 'S3cr3t-Value_0123456789abcdef';

describe(redactText.name, () => {
  it.each([
    `GET /connections/callback?code=${S}&state=${S}&connection_id=7 302`,
    `GET /connections/callback?connection_id=7&%63ode=${S}`,
    `GET /connections/callback?code%5B%5D=${S}&code[]=${S}&CODE=${S}`,
    `com.example.app:/banks?attempt=01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77&ticket=${S}`,
    `{"ticket":"${S}","binding":"${S}"}`,
    `https://webview.powens.com/en/reconnect?domain=acme&code=${S}#x`,
    `https://app.example.com/#access_token=${S}&x=1`,
    `https://app.example.com/login?next=${encodeURIComponent(`/cb?code=${S}&a=b`)}`,
    `https://app.example.com/login?next=${encodeURIComponent(encodeURIComponent(`/cb?state=${S}`))}`,
    `GET /redirect/https%3A%2F%2Fx%2Fcb%3Fa%3D1%26code%3D${S}%26b%3D2 302`,
    `https://user:${S}@db.example.com/app`,
    `postgres://app:${S}@db:5432/app`,
    `refused: code=${S}, state=${S}`,
    `client_secret=${S}&grant_type=authorization_code`,
    `Authorization: Bearer ${S}`,
    `authorization: ${S}`,
    `the header was "Bearer ${S}"`,
    `Cookie: session=${S}; powens-binding=${S}`,
    `set-cookie: powens-binding=${S}; Path=/`,
    `BI-Signature: ${S}`,
    `{"access_token":"${S}","token_type":"Bearer"}`,
    `{"auth_token": "${S}", "id_user": 7}`,
    `{ code: '${S}' }`,
    `{"code":"${S}"}`,
    `{"webviewCode":"${S}\\"more${S}"}`,
    `Error: state ${JSON.stringify({ state: S })}\n    at x`,
    JSON.stringify({ config: { data: JSON.stringify({ client_secret: S, code: S }) } }),
    JSON.stringify({ line: JSON.stringify({ data: JSON.stringify({ client_secret: S }) }) }),
    `{ config: { data: '{"client_secret":"${S}","id_user":7}' } }`,
    `{ data: "{'access_token': '${S}'}" }`,
    `{"lines":["client_secret: ${S}"]}`,
    `{"code":["${S}"]}`,
    `"/connections/callback?connection_id=7\\u0026code=${S}\\u0026state=${S}"`,
    `__Host-powens-binding=${S}; Path=/; HttpOnly`,
    `powens-binding-insurance=${S}`,
    // Spaces, other separators, quotes as of logfmt.
    ...[' = ', ' =', '= ', '\t=\t', ' : ', ' => ', ' -> ', ' := ', ' == '].map(
      (is) => `refused: code${is}${S}`,
    ),
    `level=info token="${S}" secret='${S}'`,
    `query["code"] = ${S}`,
    `invalid token: code: ${S}`,
    `token:\npassword: ${S}`,
    // Lists and objects, however they are printed, and cut.
    `"token":{"value":"${S}"}`,
    `token: { value: ${S} }, token: [ '${S}', { a: "}", b: '${S}' } ]`,
    `token: {it's: "}", b: '${S}'}`,
    JSON.stringify({ a: `x ${JSON.stringify({ token: { value: [S] } })}` }),
    JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ token: [[S], { c: S }] }) }) }),
    inspect({ token: { a: { b: S } }, secret: Object.assign(Object.create(null) as object, { a: S }) }),
    inspect({
      token: new (class Holder {
        readonly held = S;
      })(),
      headers: new Map([
        ['cookie', S],
        ['code', S],
      ]),
    }),
    inspect(new URLSearchParams({ code: S })),
    `{"access_token":"${S}`,
    `{"data":"{\\"token\\":\\"${S}`,
    `token: { value: '${S}`,
    `{"message":"code: \\"${S}\\"", "error": "token=\\"${S}\\""}`,
    // YAML.
    `token:\n  value: ${S}\n  more:\n    - ${S}\nuser: 7`,
    `cookies:\n- ${S}\n- ${S}`,
    `- password: >-\n    ${S}\n\n    ${S}\n  name: x`,
    `code:\n  - ${S}`,
    // Encoded.
    `/cb?data=${encodeURIComponent(JSON.stringify({ token: { value: S } }))}&a=1`,
    `/cb?data=${encodeURIComponent(encodeURIComponent(JSON.stringify({ code: S })))}`,
    `code%20%3D%20${S}`,
    `/x/${encodeURIComponent(`a\nCookie: sid=${S}`)}`,
    `?header=Bearer%20${S}&more=Bearer+${S}`,
    // Headers in lines, and in texts of JSON.
    `Cookie: a=b;\r\n c=${S}\r\nHost: x`,
    `Authorization: Custom\r\n\t${S}`,
    `Set-Cookie:\n        - a=${S}`,
    `cookie = a=1; b=${S}`,
    `cookie=a=1; b=${S}`,
    `cookie="a=1; b=${S}"`,
    `authorization => Custom ${S}`,
    JSON.stringify({ header: `GET / HTTP/1.1\r\nCookie: sid=${S}\r\nHost: x` }),
    JSON.stringify({ message: `refused\ncode=${S}\nauthorization: ${S}` }),
    `[ 'Host', 'x', 'Cookie', 'sid=${S}' ]`,
    `{"name":"Authorization","value":"Custom ${S}"}`,
  ])('should remove the secret of %s [N32]', (text) => {
    const redacted = redactText(text);

    expect(redacted).not.toContain(S);
    expect(redacted).toContain('[redacted]');
    expect(redactText(redacted)).toBe(redacted);
  });

  it.each([
    'GET /connections?limit=50&cursor=abc 200',
    'connection 10001 is in state=SCARequired',
    '{"code":"not_connected","status":409}',
    "{ code: 'ECONNREFUSED', errno: -111 }",
    'failed: code=42P01',
    '{"data":"{\\"code\\":\\"not_connected\\",\\"status\\":409}"}',
    `{ lines: ['state: SCARequired'], code: ["not_connected"] }`,
    'https://app.example.com/path?page=2#part',
    'The token was renewed',
    '100 % of 3 = 3',
    '12:30:45 done',
    'the code was sent, and the token with it: see below',
    'state of the art = none; enter the code',
    'passwordless = true, codes => 3',
    'the connection has state = SCARequired',
    '{"state":{"connections":[{"id":1}]}}',
    'state:\n  phase: 1\n  words: two words',
    'GET /a%20b%3Ac?q=%22x%22%3A1',
    'Error: no token\n    at code (file.js:1:2)',
    '',
  ])('should keep %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('should remove a code from a query even where it looks like a word', () => {
    expect(redactText('/cb?code=abc&state=def')).toBe('/cb?code=[redacted]&state=[redacted]');
  });

  it('should keep everything else of an address', () => {
    expect(redactText(`/cb?a=1&code=${S}&b=%20x#f`)).toBe('/cb?a=1&code=[redacted]&b=%20x#f');
  });

  it('should keep what follows a secret', () => {
    expect(redactText(`token: { a: '${S}' }, user: 7`)).toBe('token: [redacted], user: 7');
    expect(redactText(`token:\n  a: ${S}\nuser: 7`)).toBe('token:\n[redacted]\nuser: 7');
    expect(redactText(`Cookie: a=${S}\n    at x (y.js)`)).toBe('Cookie: [redacted]\n    at x (y.js)');
    expect(redactText(`token="${S}" code = ${S}; level=info`)).toBe(
      'token="[redacted]" code = [redacted]; level=info',
    );
  });

  it.each([
    'a'.repeat(1_000_000),
    '?'.repeat(200_000),
    'a='.repeat(200_000),
    '"a":"'.repeat(200_000),
    '%3D'.repeat(200_000),
    '://'.repeat(200_000),
    `cookie:${' '.repeat(200_000)}"`,
    'a:'.repeat(200_000),
    'token:{'.repeat(50_000),
    `token:{'\\"`.repeat(50_000),
    'token:\n '.repeat(50_000),
    'Cookie: a\n '.repeat(50_000),
    '\\'.repeat(200_000),
    '\\"a:"'.repeat(50_000),
    '%2525'.repeat(50_000),
    'a%20'.repeat(50_000),
    'a = '.repeat(50_000),
    'code=>'.repeat(50_000),
    `code:"${'\\'.repeat(100_000)}x`,
    `code:"${' '.repeat(100_000)}x`,
    `token:\n${' '.repeat(100_000)}x`,
  ])('should be done with a long text of one kind in bounded work', (text) => {
    // A hang is what this would be with one quantifier too many; the text itself is cut.
    expect(redactText(text).length).toBeLessThan(200_000);
  });
});

describe(redactUrl.name, () => {
  it('should take a query without its question mark', () => {
    expect(redactUrl(`code=${S}&a=1`)).toBe('code=[redacted]&a=1');
    expect(redactUrl('code=abc')).toBe('code=[redacted]');
  });

  it('should take whatever is no address as a text', () => {
    expect(redactUrl('http://%zz?code=%zz')).toBe('http://%zz?code=[redacted]');
    expect(redactUrl('')).toBe('');
  });
});

import { describe, expect, it } from 'vitest';
import { ADAPTERS, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { outbound, snapshot } from '../../helpers/flow/observe.js';
import { start } from '../../helpers/flow/person.js';

const NAMES = [
  'connectorUuids',
  'capabilities',
  'accountTypes',
  'country',
  'lang',
  'maxConnections',
  'returnTo',
];

/** Bodies that do not fit, as JSON. */
const BODIES = String.raw`
[]
[1]
"text"
{"state": "x"}
{"ownerId": "ann"}
{"__proto__": {"lang": "fr"}, "x": 1}
{"redirectUri": "https://evil.test"}
{"connectorUuids": "x"}
{"connectorUuids": [1]}
{"connectorUuids": [["a"]]}
{"connectorUuids": {"0": "a"}}
{"capabilities": ["x"]}
{"capabilities": [{"toString": "bank"}]}
{"country": "FRA"}
{"country": ["FR"]}
{"country": {"toString": "x"}}
{"lang": "xx"}
{"lang": "../fr"}
{"lang": ["fr"]}
{"maxConnections": 0}
{"maxConnections": 21}
{"maxConnections": "x"}
{"maxConnections": 1.5}
{"maxConnections": {}}
{"accountTypes": ["a&code=x"]}
{"accountIbans": ["FR76&state=x"]}
{"connectorIds": ["1e3"]}
{"accountUsages": ["x"]}
{"lang":
not JSON`
  .trim()
  .split('\n');

describe.each(ADAPTERS)('a start that does not fit, on %s', (adapter) => {
  let app: FlowApp;

  useFlowApp({ adapter }, (opened) => {
    app = opened;
  });

  it.each([...BODIES, ...NAMES.map((name) => `{"${name}": null}`)])(
    'should refuse %s as a mistake of the client [D17, G02]',
    async (body) => {
      const rows = await snapshot(app);
      const headers = { 'content-type': 'application/json' };
      const answer = await app.browser('ann').send('POST', '/connections/connect', headers, body);
      expect(answer.status).toBe(400);
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(await snapshot(app)).toEqual(rows);
      expect(outbound(app)).toEqual([]);
    },
  );

  it.each([
    ...['lang=xx', 'maxConnections=', 'country=FRA', 'returnTo=//evil.test', 'lang=fr&lang=en'],
    ...[
      'country[]=FR',
      'connectorUuids=a,b',
      'state=x',
      'code=x',
      'redirect_uri=x',
      '__proto__[lang]=fr&x=1',
      'lang=%00',
    ],
  ])('should refuse the query ?%s as a mistake of the client [D17, G02]', async (query) => {
    const rows = await snapshot(app);
    const answer = await app.browser('ann').get(`/connections/connect?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await snapshot(app)).toEqual(rows);
  });

  it('should say which property does not fit, and never what was sent', async () => {
    const answer = await app
      .browser('ann')
      .post('/connections/connect', { country: 'sent-by-mistake', lang: 'sent too' });
    const problem = answer.json<{ code: string; errors: { property: string; problems: string[] }[] }>();
    expect(problem.code).toBe('invalid_request');
    expect(problem.errors.map(({ property }) => property).sort()).toEqual(['country', 'lang']);
    expect(answer.text).not.toContain('sent');
  });

  it.each(['connectorUuids', 'capabilities', 'accountTypes'])(
    'should take an empty list of %s for not asked',
    async (name) => {
      const { url } = await start(app.browser('ann'), { [name]: [] });
      const names = [...new URL(url).searchParams.keys()].sort();
      expect(names).toEqual(['client_id', 'domain', 'redirect_uri', 'state']);
    },
  );

  it('should start without any body at all', async () => {
    expect((await app.browser('ann').send('POST', '/connections/connect', {})).status).toBe(201);
  });

  it('should find the language of the browser, and let a start name another', async () => {
    const browser = app.browser('ann');
    const headers = { 'accept-language': 'sv;q=1, pt-BR;q=0.9, fr;q=0.8' };
    const asked = async (body: Record<string, unknown>): Promise<string> =>
      new URL((await browser.post('/connections/connect', body, headers)).json<{ url: string }>().url)
        .pathname;
    expect(await asked({})).toMatch(/^\/(pt|fr)\/connect$/);
    expect(await asked({ lang: 'de' })).toBe('/de/connect');
  });
});

import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from '../../helpers/browser/chromium.js';
import { connection, type ElementPage, idOf, list, problem } from '../../helpers/browser/element-page.js';
import { useElementPage } from '../../helpers/browser/use-element-page.js';
import { until } from '../../helpers/flow/person.js';

const withoutBrowser = isWithoutBrowser();

describe.skipIf(withoutBrowser)('what a person does with <powens-connections>, in a browser', () => {
  let app: ElementPage;

  useElementPage((opened) => {
    app = opened;
  });

  const focused = async (): Promise<string> =>
    app.page.evaluate('document.activeElement.shadowRoot.activeElement.innerText');

  async function showThree(): Promise<void> {
    app.answer = () => list(connection(1), connection(2), connection(3));
    await app.show();
    await app.says('Bank 3');
  }

  async function remove(name: string): Promise<void> {
    await app.press(`Remove ${name}`);
    await app.says(`Remove ${name}?`);
    await app.press(`Remove ${name}`);
  }

  it.each([
    ['Bank 1', 'Bank 2'],
    ['Bank 3', 'Bank 2'],
  ])('should put the focus beside %s when it is removed', async (name, next) => {
    await showThree();
    app.answer = () => ({ status: 204 });
    await remove(name);
    await app.says(`${name} was removed.`);

    expect(await focused()).toBe(next);
    expect(await app.page.getByRole('listitem').count()).toBe(2);
    expect((await app.events()).at(-1)).toEqual({
      name: 'remove',
      detail: { connectionId: idOf(Number(name.at(-1))) },
    });
  });

  it('should keep what could not be removed, and take away what was removed elsewhere', async () => {
    await showThree();
    app.answer = () =>
      problem(503, { code: 'powens_unreachable', title: 'No answer of Powens', detail: 'Try later.' });
    await remove('Bank 2');
    await app.says('No answer of Powens');
    expect(await app.page.getByRole('listitem').count()).toBe(3);

    app.answer = ({ method }) =>
      method === 'DELETE'
        ? problem(404, { code: 'not_found', title: 'Not found', detail: 'There is no such connection.' })
        : list(connection(1), connection(3));
    await app.press('Try again');
    await app.says('There is no such connection.');
    await until(async () => (await app.page.getByRole('listitem').count()) === 2);
  });

  it('should send nothing when the question is answered with no', async () => {
    await showThree();
    await app.press('Remove Bank 2');
    await app.press('Cancel');
    await app.page.getByText('Remove Bank 2?').waitFor({ state: 'hidden' });

    expect(app.calls.map(({ method }) => method)).toEqual(['GET']);
    expect((await focused()).replace(/\s+/g, ' ')).toBe('Remove Bank 2');
  });

  it('should update a connection, and show why it cannot', async () => {
    await showThree();
    app.answer = () => ({ body: connection(2, { requiredAction: 'reconnect', state: 'wrongpass' }) });
    await app.press('Update now Bank 2');
    await app.says('Bank 2 was updated.');
    await app.says('refuses the login or the password');
    expect((await app.events()).at(-1)).toMatchObject({
      name: 'sync',
      detail: { connection: { id: idOf(2) } },
    });

    app.answer = () =>
      problem(
        409,
        { code: 'sync_refused', title: 'Refused', detail: 'It was just updated.' },
        { 'retry-after': '60' },
      );
    await app.press('Update now Bank 1');
    await app.says('It was just updated. Try again in 60 seconds.');
    // The list that an application reads again in the background does not take it away.
    app.answer = () => list(connection(1));
    await app.page.evaluate("document.querySelector('powens-connections').refresh()");
    expect(await app.text()).toContain('It was just updated.');
  });

  it('should say how the attempt ended from which the browser comes back', async () => {
    const status = ['claimed', 'connected'];
    app.answer = ({ path }) =>
      path.startsWith('/attempts/') ? { body: { id: idOf(9), status: status.shift() } } : list(connection(1));
    await app.show({}, {}, `?attempt=${idOf(9)}`);
    await app.says('The connection is complete.');

    expect(app.calls.map(({ path }) => path)).toEqual([
      '?limit=100',
      `/attempts/${idOf(9)}`,
      `/attempts/${idOf(9)}`,
    ]);
    expect((await app.events()).at(-1)).toMatchObject({
      name: 'attempt',
      detail: { attempt: { status: 'connected' } },
    });
  });

  it.each([`?attempt=${idOf(9)}`, '?attempt=me', '?attempt='])(
    'should say nothing of an attempt that is not of this person: %s',
    async (query) => {
      app.answer = ({ path }) =>
        path.startsWith('/attempts/')
          ? problem(404, { code: 'not_found', title: 'x', detail: 'x' })
          : list(connection(1));
      await app.show({}, {}, query);
      await app.says('Bank 1');
      await until(async () => (await app.page.getByRole('status').innerText()) === '');

      expect(await app.page.getByRole('alert').innerText()).toBe('');
      expect((await app.events()).map(({ name }) => name)).toEqual(['load']);
    },
  );

  it('should be dark only where the page is, and take the colours of the application', async () => {
    await showThree();
    await app.page.emulateMedia({ colorScheme: 'dark' });
    const background = async (style: string): Promise<string> =>
      app.page.evaluate(`(() => {
        const element = document.querySelector('powens-connections');
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(${JSON.stringify(style)});
        document.adoptedStyleSheets = [sheet];
        return getComputedStyle(element).backgroundColor;
      })()`);

    expect(await background('')).toBe('rgb(255, 255, 255)');
    expect(await background(':root { color-scheme: light dark }')).toBe('rgb(20, 23, 27)');
    expect(await background('powens-connections { --powens-background: #123456 }')).toBe('rgb(18, 52, 86)');
  });
});

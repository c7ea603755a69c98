import { beforeEach, describe, expect, it } from 'vitest';
import { isWithoutBrowser } from '../../helpers/browser/chromium.js';
import { connection, type ElementPage, held, list, problem } from '../../helpers/browser/element-page.js';
import { useElementPage } from '../../helpers/browser/use-element-page.js';
import { eventually } from '../../helpers/until.js';

const SIGNED_OUT = problem(401, {
  code: 'unauthenticated',
  title: 'Sign in',
  detail: 'Nobody is signed in.',
});
const ELEMENT = "document.querySelector('powens-connections')";

describe.skipIf(isWithoutBrowser())('<powens-connections> when another person may look, in a browser', () => {
  let app: ElementPage;

  useElementPage((opened) => {
    app = opened;
  });

  beforeEach(async () => {
    app.answer = () => list(connection(1), connection(2));
    await app.show();
    await app.says('Bank 2');
  });

  /** Everything below the shadow root, shown or hidden. */
  const everything = async (): Promise<string> => app.page.evaluate(`${ELEMENT}.shadowRoot.textContent`);

  it('should show nothing of the person before when it is put back on the page, nor where that person was', async () => {
    await app.press('Remove Bank 1');
    await app.says('Remove Bank 1?');
    const later = held(list(connection(3)));
    app.answer = () => later.answer;
    await app.page.evaluate(
      `(() => { const element = ${ELEMENT}; element.remove(); document.body.append(element); })()`,
    );

    expect(await everything()).not.toContain('Bank');
    later.release();
    await app.says('Bank 3');
    app.answer = () => ({ status: 204 });
    await app.press('Remove Bank 3');
    await app.says('Remove Bank 3?');
    await app.press('Remove Bank 3');
    await app.says('Bank 3 was removed.');
  });

  it('should show nothing of the person before when the headers of its calls change', async () => {
    const later = held(list(connection(3)));
    app.answer = () => later.answer;
    await app.page.evaluate(`${ELEMENT}.headers = () => ({ authorization: 'Bearer of-another' })`);
    await eventually(async () => expect(await everything()).not.toContain('Bank'));
    later.release();
    await app.says('Bank 3');
  });

  it('should take an open question away with the session', async () => {
    await app.press('Remove Bank 1');
    await app.says('Remove Bank 1?');
    app.answer = () => SIGNED_OUT;
    await app.page.evaluate(`${ELEMENT}.refresh()`);
    await app.says('Sign in');
    expect(await everything()).not.toContain('Bank');
    expect(app.calls.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  it('should not show what is answered after the session has ended', async () => {
    const synced = held({ body: connection(2) });
    app.answer = ({ method }) => (method === 'POST' ? synced.answer : SIGNED_OUT);
    await app.press('Update now Bank 2');
    await eventually(() => expect(app.calls.map(({ method }) => method)).toEqual(['GET', 'POST']));
    await app.page.evaluate(`${ELEMENT}.refresh()`);
    await app.says('Sign in');
    const answered = app.page.waitForResponse((response) => response.url().endsWith('/sync'));
    synced.release();
    await (await answered).finished();
    // Its promise is resolved by the same answer that the page waits for here.
    await app.page.evaluate("fetch('/nothing')");

    expect(await everything()).not.toContain('Bank');
    expect((await app.events()).map(({ name }) => name)).toEqual(['load', 'sign-in']);
  });

  it('should leave an attempt to the application that has a ticket for it', async () => {
    const attempt = '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77';
    const before = app.calls.length;
    await app.show({}, {}, `?attempt=${attempt}&ticket=cx1.sealed`);
    await app.says('Bank 2');
    await app.page.evaluate(`${ELEMENT}.refresh()`);
    expect(app.calls.slice(before).map(({ path }) => path.split('?')[0])).toEqual(['', '']);
    app.answer = ({ path }) =>
      path.startsWith('/attempts')
        ? { body: { id: attempt, flow: 'connect', status: 'connected', connectionIds: [], error: null } }
        : list(connection(1));
    await app.page.evaluate(`${ELEMENT}.setAttribute('attempt', '${attempt}')`);
    await app.says('The connection is complete.');
  });
});

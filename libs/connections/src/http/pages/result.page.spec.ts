import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { PassedOn } from '../../flow/connect/connect-flow.types.js';
import type { Attempt } from '../../flow/connections.service.js';
import { completedPage, passedPage, RESULT_SCRIPT, RESULT_SCRIPT_DIGEST } from './result.page.js';

const PASSED: PassedOn = {
  attemptId: '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77',
  ticket: `"><script>alert(1)</script>'&`,
  url: 'https://app.example.com/banks?a=1&b=%22',
  display: 'frame',
};

describe('the page that passes a result to another window', () => {
  it('should run its own script and no other', () => {
    const digest = createHash('sha256').update(RESULT_SCRIPT).digest('base64');
    expect(RESULT_SCRIPT_DIGEST).toBe(`sha256-${digest}`);
    const page = passedPage(PASSED);
    expect(page?.headers['content-security-policy']).toContain(`script-src 'sha256-${digest}';`);
    expect(page?.body.match(/<script>[^]*?<\/script>/g)).toEqual([`<script>${RESULT_SCRIPT}</script>`]);
  });

  it('should hold what it posts as text', () => {
    const body = passedPage(PASSED)?.body ?? '';
    expect(body).not.toContain('alert(1)</script>');
    expect(body).toContain('&quot;ticket&quot;:&quot;\\&quot;&gt;&lt;script&gt;');
  });

  it('should be for the origin of the address alone', () => {
    const { body = '', headers } = passedPage(PASSED) ?? {};
    expect(body).toContain('data-origin="https://app.example.com"');
    expect(headers?.['content-security-policy']).toContain('frame-ancestors https://app.example.com;');
    expect(passedPage({ ...PASSED, display: 'popup' })?.headers['content-security-policy']).toContain(
      "frame-ancestors 'none';",
    );
  });

  it('should say that a step is finished only where nothing has to be completed, with a way to continue', () => {
    const passed = passedPage({ ...PASSED, display: 'popup' })?.body ?? '';
    expect(passed).not.toContain('finished');
    expect(passed).toContain('shows no result, start again there, or continue here.');
    const attempt = { id: PASSED.attemptId, status: 'connected', connectionIds: [] } as unknown as Attempt;
    const completed = completedPage({ display: 'popup', url: PASSED.url }, attempt)?.body ?? '';
    expect(completed).toContain('This step is finished.');
    for (const body of [passed, completed]) {
      expect(body).toContain('<a href="https://app.example.com/banks?a=1&amp;b=%22"');
    }
  });

  it('should not exist for a browser that is redirected', () => {
    expect(passedPage({ ...PASSED, display: 'page' })).toBeNull();
  });
});

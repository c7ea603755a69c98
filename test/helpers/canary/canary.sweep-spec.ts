import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** Runs the fixture in a Vitest of its own and returns how it ended. */
function runFixture(leak: string): { status: number | null; output: string } {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'));
  const config = 'test/helpers/canary/fixtures/vitest.fixture.config.ts';
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--config', config],
    { env: { ...Object.fromEntries(inherited), LEAK: leak, NO_COLOR: '1' }, encoding: 'utf8' },
  );
  return { status, output: stdout + stderr };
}

describe('a run whose tests all pass', () => {
  it('should succeed when no secret got out', () => {
    const { status, output } = runFixture('none');
    expect(output).toContain('canary scan: none of 1 secrets');
    expect(status).toBe(0);
  });

  const PLACES = [
    'log',
    'console',
    'stdout',
    'dropped database',
    'database of a crashed test',
    'bytes of a database',
  ];

  it.each(PLACES)('should fail when a secret gets out by: %s', (leak) => {
    const { status, output } = runFixture(leak);
    expect(output).toContain('1 passed');
    expect(output).toMatch(/canary scan: secrets found\s+access token/);
    const report = output.slice(output.indexOf('canary scan'));
    expect(report).not.toMatch(/token-[\w-]{32}/);
    expect(status).toBe(1);
  });
});

import { expect, it } from 'vitest';
import { runDoctorCommand } from './doctor-command.js';

it('should say that the file of variables cannot be read [H30]', async () => {
  let printed = '';
  const output = { write: (text: string) => (printed += text) };
  const code = await runDoctorCommand(['--env-file', '/none/.env'], {
    env: {},
    stdout: output,
    stderr: output,
  });
  expect(code).toBe(2);
  expect(printed).toContain('--env-file cannot be read (ENOENT)');
});

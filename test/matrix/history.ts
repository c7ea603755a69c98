import { run } from './commands.js';

const AUTHOR = ['-c', 'user.name=a person', '-c', 'user.email=person@example.com'];
const IGNORED = ['node_modules', 'dist', '.env', 'package-lock.json'];

/** Puts an application under git as `nest new` does, with what it ignores. */
export async function commitAll(home: string): Promise<void> {
  await run(home, [
    'bash',
    '-ec',
    `printf '%s\\n' ${IGNORED.join(' ')} > .gitignore; git init -q; git add -A`,
  ]);
  await run(home, ['git', ...AUTHOR, 'commit', '-qm', 'nest new']);
}

/** The lines that were added to or taken from each file that was there, package.json included. */
export async function changedLines(home: string): Promise<Record<string, number>> {
  const lines = (await run(home, ['git', 'diff', '--numstat'])).trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => {
      const [added, removed, path = ''] = line.split('\t');
      return [path, Number(added) + Number(removed)];
    }),
  );
}

/** Everything that git sees, changed, new or as it was, by content. */
export async function contents(home: string): Promise<string> {
  await run(home, ['git', 'add', '--intent-to-add', '.']);
  return run(home, [
    'bash',
    '-ec',
    'git ls-files -z | xargs -0 git hash-object; cat .env 2>/dev/null || true',
  ]);
}

/** Prints the counts, and gives their sum. */
export function total(title: string, counts: Record<string, number>): number {
  const sum = Object.values(counts).reduce((all, one) => all + one, 0);
  const parts = Object.entries(counts).map(([path, count]) => `${path} ${count}`);
  process.stdout.write(`changed lines in existing files, ${title}: ${sum} (${parts.join(', ')})\n`);
  return sum;
}

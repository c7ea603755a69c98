/** What the runs of the files of a part found, as a table. */
const NOTICED = ['Killed', 'Timeout'];
const MISSED = ['Survived', 'NoCoverage'];

/** In percent, of the mutants that ran; those that do not compile, or are ignored, do not count. */
export function noticed(mutants) {
  const found = count(mutants, NOTICED);
  const all = found + count(mutants, MISSED);
  return all === 0 ? 100 : (100 * found) / all;
}

export function summaryOf(results) {
  const rows = [...results, ['all', [...results.values()].flat()]].map(([file, mutants]) =>
    [
      count(mutants, [...NOTICED, ...MISSED]),
      `${noticed(mutants).toFixed(1)} %`,
      count(mutants, ['Timeout']),
      count(mutants, MISSED),
      file,
    ].join('\t'),
  );
  return ['mutants\tnoticed\tby time\tmissed\tfile', ...rows, ''].join('\n');
}

function count(mutants, statuses) {
  return mutants.filter(({ status }) => statuses.includes(status)).length;
}

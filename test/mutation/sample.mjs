/** Tries a random part of the mutants: the same ones each time, as long as a file does not change. */
import { createHash } from 'node:crypto';

/**
 * Lets every mutator make only a share of its mutants.
 *
 * @param mutators - those of Stryker, changed in place
 * @param share - from 0 to 1
 * @returns begins a file: call it with the name before each
 */
export function sampleOf(mutators, share) {
  let name = '';
  let count = 0;
  const isChosen = () => {
    const digest = createHash('sha256')
      .update(`${name} ${(count += 1)}`)
      .digest();
    return digest.readUInt32BE(0) / 2 ** 32 < share;
  };
  for (const mutator of mutators) {
    const all = mutator.mutate.bind(mutator);
    mutator.mutate = function* chosen(path) {
      for (const mutant of all(path)) {
        if (isChosen()) yield mutant;
      }
    };
  }
  return (file) => {
    name = file;
    count = 0;
  };
}

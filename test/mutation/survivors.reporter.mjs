/** Prints what no test notices as soon as that is known: a run takes minutes, and may be ended before its end. */
import { relative } from 'node:path';
import { PluginKind, declareClassPlugin } from '@stryker-mutator/api/plugin';

class SurvivorsReporter {
  onMutantTested({ status, fileName, location, mutatorName, replacement }) {
    if (status === 'Survived' || status === 'NoCoverage') {
      const { line, column } = location.start;
      process.stdout.write(
        `${status}: ${relative(process.cwd(), fileName)}:${line}:${column} ${mutatorName}: ${short(replacement)}\n`,
      );
    }
  }
}

function short(text = '') {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'survivors', SurvivorsReporter)];

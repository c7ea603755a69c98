import type { SchematicContext } from './schematic-context.js';

/**
 * Prints what is left to do. It is a schematic of its own, since it runs after the installation.
 *
 * @see nestAdd
 */
export default function nextSteps({ text }: { readonly text: string }) {
  return (tree: unknown, { logger }: Pick<SchematicContext, 'logger'>): unknown => {
    logger.info(text);
    return tree;
  };
}

import { HostTree, type Tree } from '@angular-devkit/schematics';
import { expect } from 'vitest';
import nestAdd from '../nest-add.js';
import type { NestAddOptions } from '../application/project.js';

export const MAIN = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(3000);
}
bootstrap();
`;

export const APP_MODULE = `import { Module } from '@nestjs/common';
import { AppController } from './app.controller.js';

@Module({
  imports: [],
  controllers: [AppController],
})
export class AppModule {}
`;

export const MANIFEST = `{
  "name": "application",
  "type": "module",
  "scripts": {
    "build": "nest build",
    "start:prod": "node dist/main"
  },
  "dependencies": {
    "@nestjs/common": "^12.0.1",
    "@nestjs/core": "^12.0.1",
    "nestjs-powens-connections": "^0.1.0",
    "reflect-metadata": "^0.2.2",
    "rxjs": "^7.8.1"
  }
}
`;

const APPLICATION = {
  'package.json': MANIFEST,
  'nest-cli.json': '{ "sourceRoot": "src" }',
  'src/main.ts': MAIN,
  'src/app.module.ts': APP_MODULE,
};

export function treeOf(files: Record<string, string>): Tree {
  const tree = new HostTree();
  for (const [path, text] of Object.entries({ ...APPLICATION, ...files })) tree.create(path, text);
  return tree;
}

/** Every file, as it would stand on the disk. */
function filesOf(tree: Tree): Record<string, string> {
  const files: Record<string, string> = {};
  tree.visit((path) => (files[path.slice(1)] = tree.readText(path)));
  return files;
}

export interface Added {
  readonly files: Record<string, string>;
  /** What a person is told in the end. */
  readonly text: string;
  /** Names of the tasks that run afterwards. */
  readonly tasks: readonly string[];
  readonly tree: Tree;
}

export function add(tree: Tree, options: NestAddOptions = {}): Added {
  const tasks: { name: string; options: { options?: { text: string } } }[] = [];
  nestAdd(options)(tree, {
    logger: { info: () => undefined },
    addTask: (task) => ({ id: tasks.push(task.toConfiguration() as never) }),
  });
  const text = tasks.at(-1)?.options.options?.text ?? '';
  return { files: filesOf(tree), text, tasks: tasks.map(({ name }) => name), tree };
}

/** Adds to an application that has other files; gives its files and the closing text. */
export function addTo(files: Record<string, string>, options?: NestAddOptions): Added {
  return add(treeOf(files), options);
}

/** What a refusal says. The application must be as it was before. */
export function refusal(files: Record<string, string>, options?: NestAddOptions): string {
  const tree = treeOf(files);
  const before = filesOf(tree);
  let message = '';
  try {
    add(tree, options);
  } catch (error) {
    message = error instanceof Error && error.name === 'RefusedError' ? error.message : String(error);
  }
  expect(filesOf(tree)).toEqual(before);
  return message;
}

/** The lines that were taken away or added. */
export function changedLines(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `-${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`),
  ];
}

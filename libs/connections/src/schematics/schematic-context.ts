/** The part of a `SchematicContext` of `@angular-devkit/schematics` that is used here. */
export interface SchematicContext {
  readonly logger: { info(message: string): void };
  addTask(
    task: { toConfiguration(): { readonly name: string; readonly options: object } },
    dependencies?: TaskId[],
  ): TaskId;
}

interface TaskId {
  readonly id: number;
}

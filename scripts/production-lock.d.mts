export interface ProductionLock {
  readonly name: string;
  readonly version: string;
  readonly packages: Readonly<Record<string, object>>;
}
export function productionLock(root: string, folder: string): ProductionLock;
export function licencesOf(
  root: string,
  lock: ProductionLock,
): { readonly name: string; readonly version: string; readonly licence: string | null }[];

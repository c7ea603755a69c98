import type { Locator, Page } from 'playwright-core';

/** What Swagger UI shows of an answer. */
export interface ShownAnswer {
  readonly status: number;
  /** The body as it stands on the page; empty when the answer has none. */
  readonly text: string;
  json<T>(): T;
}

/** Swagger UI, as a person uses it. */
export class SwaggerUi {
  constructor(private readonly page: Page) {}

  /** Opens an operation, presses "Try it out" and "Execute" as they stand, and reads the answer. */
  async tryItOut(method: 'GET' | 'POST', path: string): Promise<ShownAnswer> {
    const operation = this.operation(method, path);
    const execute = operation.getByRole('button', { name: 'Execute' });
    if (!(await execute.isVisible())) {
      await operation.locator('.opblock-summary-control').click();
      await operation.getByRole('button', { name: 'Try it out' }).click();
    }
    const [answered] = await Promise.all([
      this.page.waitForResponse((response) => new URL(response.url()).pathname === path),
      execute.click(),
    ]);
    const live = operation.locator('.live-responses-table .response');
    const status = live.locator('.response-col_status', { hasText: String(answered.status()) });
    await status.waitFor();
    const body = live.locator('.highlight-code code').first();
    const text = (await body.count()) === 0 ? '' : await body.innerText();
    return { status: answered.status(), text, json: <T>() => JSON.parse(text) as T };
  }

  /** The names of the examples that a person may choose from for the body. */
  async examplesOf(method: 'POST', path: string): Promise<string[]> {
    return this.operation(method, path).locator('.examples-select option').allInnerTexts();
  }

  private operation(method: string, path: string): Locator {
    const summary = this.page.locator(`[data-path="${path}"]`);
    return this.page.locator(`.opblock-${method.toLowerCase()}`, { has: summary });
  }
}

import type { Page } from 'playwright-core';
import { TEST_CREDENTIALS } from 'powens-sandbox';

/** More `Tab`s than any page of the webview has places to stop at. */
const MAX_TABS = 60;

/** A person in the webview who sees the pages and clicks. */
export class WebviewVisitor {
  constructor(private readonly page: Page) {}

  async acceptTerms(): Promise<void> {
    await this.page.getByRole('button', { name: 'I accept' }).click();
  }

  async findBank(search: string, name: string): Promise<void> {
    await this.page.getByLabel('Search by name').fill(search);
    await this.page.getByRole('button', { name: 'Search' }).click();
    await this.page.getByRole('button', { name }).click();
  }

  /** Types the credentials that the page shows. */
  async logIn(): Promise<void> {
    const [login = '', password = ''] = await this.page.locator('.hint code').allInnerTexts();
    await this.page.getByLabel('Login').fill(login);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Continue' }).click();
  }

  async enterOneTimeCode(): Promise<void> {
    await this.page.getByLabel('One-time code').fill(await this.page.locator('.hint code').innerText());
    await this.page.getByRole('button', { name: 'Continue' }).click();
  }

  /** Agrees on the page of the pretended bank. */
  async agreeAtBank(name: string): Promise<void> {
    await this.page.getByRole('link', { name: `Go to ${name}` }).click();
    await this.page.getByRole('button', { name: 'Log in and agree' }).click();
  }

  /** Unticks the last account and shares the others. */
  async shareAllButTheLast(): Promise<void> {
    await this.page.getByRole('checkbox').last().uncheck();
    await this.page.getByRole('button', { name: 'Confirm and share' }).click();
  }
}

/** A person in the webview who has a keyboard only: `Tab`, `Enter`, the space bar and letters. */
export class KeyboardVisitor {
  constructor(private readonly page: Page) {}

  /** Goes to the control of this name and presses `Enter`, which a browser takes as a click or as "send". */
  async press(name: string): Promise<void> {
    await this.reach(name);
    await this.enter();
  }

  async enter(): Promise<void> {
    const before = this.page.url();
    await Promise.all([this.page.waitForEvent('load'), this.page.keyboard.press('Enter')]);
    if (this.page.url() === before) await this.page.waitForLoadState();
  }

  async type(name: string, text: string): Promise<void> {
    await this.reach(name);
    await this.page.keyboard.type(text);
  }

  async logIn(): Promise<void> {
    await this.type('Login', TEST_CREDENTIALS.login);
    await this.type('Password', TEST_CREDENTIALS.password);
    await this.enter();
  }

  /** Presses `Tab` until the control of this name has the focus, and sees that the focus is visible. */
  async reach(name: string): Promise<void> {
    const passed: string[] = [];
    for (let tabs = 0; tabs <= MAX_TABS; tabs += 1) {
      const { label, hasOutline } = await this.focused();
      if (label.includes(name)) {
        if (!hasOutline) throw new Error(`the focus cannot be seen on "${label}"`);
        return;
      }
      passed.push(label);
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`the keyboard does not reach "${name}"; it passed ${passed.join(' | ')}`);
  }

  private async focused(): Promise<{ label: string; hasOutline: boolean }> {
    return this.page.evaluate(DESCRIBE_FOCUS);
  }
}

/** Runs in the page; there are no types of the DOM in this project. */
const DESCRIBE_FOCUS = `(() => {
  let element = document.activeElement ?? document.body;
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  const style = getComputedStyle(element);
  const label = element.labels?.[0]?.innerText ?? (element === document.body ? '' : element.innerText);
  return { label, hasOutline: style.outlineStyle !== 'none' || style.boxShadow !== 'none' };
})()`;
